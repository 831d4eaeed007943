import type { InstanceRow } from '../../preload/contract/instances.ts'

/** What is to be told of a row beside its status, the most pressing first; null where there is nothing. */
export type Standing =
  | { readonly kind: 'change'; readonly sentence: string; readonly since: string; readonly by: 'user' | 'keep-stopped' | 'schedule' }
  | { readonly kind: 'restart'; readonly at: string }
  | { readonly kind: 'next'; readonly action: 'start' | 'stop'; readonly at: string }
  | { readonly kind: 'forced'; readonly at: string }
  | null

/** What is under way, else when AWS starts it by itself, else what the schedule does next, else that AWS started it. */
export function standingOf({ change, automaticRestartAt, forcedStartAt, watchkeeping, status }: InstanceRow): Standing {
  if (change) return { kind: 'change', sentence: change.sentence, since: change.requestedAt, by: change.by }
  const { next } = watchkeeping
  if (automaticRestartAt !== null && !(next?.action === 'start' && next.at < automaticRestartAt))
    return { kind: 'restart', at: automaticRestartAt }
  if (next) return { kind: 'next', action: next.action, at: next.at }
  if (forcedStartAt !== null && status !== 'stopped') return { kind: 'forced', at: forcedStartAt }
  return null
}
