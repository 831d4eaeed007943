import type { FollowState } from '../../preload/contract/logs.ts'
import type { Problem } from '../ui/problem.ts'
import { formatDuration } from '../ui/quantities.ts'
import type { Tone } from '../ui/status-pill.tsx'
import type { TailStatus } from './tail.ts'

/** What following is doing, as one state of all groups: what is worst counts. */
export function standingOf({ connection, states, paused }: Pick<TailStatus, 'connection' | 'states' | 'paused'>): {
  tone: Tone
  word: string
} {
  if (connection === 'lost') return { tone: 'bad', word: 'not following' }
  if (paused) return { tone: 'warn', word: 'paused' }
  const some = (state: FollowState['state']) => states.some((each) => each.state === state)
  if (some('trouble')) return { tone: 'bad', word: 'trouble' }
  if (some('catching_up')) return { tone: 'busy', word: 'catching up' }
  if (connection === 'starting' || states.length === 0 || some('starting')) return { tone: 'busy', word: 'starting' }
  if (states.every((each) => each.state === 'missing')) return { tone: 'plain', word: 'waiting for the first line' }
  return { tone: 'ok', word: 'following' }
}

/** Of all groups: everything up to then is there. Null as long as one does not know. */
export function completeUpTo(states: readonly FollowState[]): number | null {
  let least: number | null = null
  for (const { state, completeUpTo } of states) {
    if (state === 'missing') continue
    if (completeUpTo === null) return null
    least = least === null ? completeUpTo : Math.min(least, completeUpTo)
  }
  return least
}

export interface Figure {
  readonly title: string
  readonly words: string
}

/** How late CloudWatch is, how late a line may be without being missed, and what following costs; of all groups together. */
export function figuresOf(states: readonly FollowState[]): readonly Figure[] {
  if (states.length === 0) return []
  const delays = states.flatMap(({ ingestionDelayMs }) => ingestionDelayMs ?? [])
  const requests = Math.round(states.reduce((sum, { requestsPerMinute }) => sum + requestsPerMinute, 0))
  const lateness = Math.min(...states.map(({ latenessMs }) => latenessMs))
  return [
    ...(delays.length === 0 ? [] : [{ title: 'Ingestion delay', words: `${formatDuration(Math.max(0, ...delays))} (median)` }]),
    { title: 'Late lines', words: `looked for up to ${Math.round(lateness / 1000)} s; later ones may be missed` },
    { title: 'Requests', words: `${requests} to CloudWatch Logs in the last minute` },
  ]
}

/** What Live Tail is doing, of all groups together; null where it was not asked for. */
export function liveOf(states: readonly FollowState[]): NonNullable<FollowState['live']> | null {
  const order = { refused: 0, ended: 1, starting: 2, on: 3 }
  const sessions = states.flatMap(({ live }) => live ?? [])
  const [worst] = sessions.toSorted((a, b) => order[a.state] - order[b.state])
  return worst === undefined ? null : { ...worst, sampled: sessions.some(({ sampled }) => sampled) }
}

type Trouble = NonNullable<FollowState['problem']>

/** The same for all groups whose reading AWS refuses for the same reason, though each message names its own. */
export const kindOf = ({ code, data, message }: Problem | Trouble): string =>
  `${code} ${data?.source?.code ?? message} ${data?.profile ?? ''}`

/** One notice for the same trouble of several groups. */
export function troublesOf(states: readonly Pick<FollowState, 'problem' | 'group'>[]): readonly {
  readonly kind: string
  readonly problem: Trouble
  readonly groups: readonly string[]
}[] {
  const found = new Map<string, { kind: string; problem: Trouble; groups: string[] }>()
  for (const { problem, group } of states) {
    if (problem === null) continue
    const kind = kindOf(problem)
    const before = found.get(kind)
    if (before) before.groups.push(group)
    else found.set(kind, { kind, problem, groups: [group] })
  }
  return [...found.values()]
}
