import type { FollowState } from '../../preload/contract/logs.ts'
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

/** `ingestion delay 0.4 s`, `58 requests a minute`, `may miss what is told later than 150 s`. */
export function figuresOf(states: readonly FollowState[]): readonly string[] {
  if (states.length === 0) return []
  const delays = states.flatMap(({ ingestionDelayMs }) => ingestionDelayMs ?? [])
  const requests = states.reduce((sum, { requestsPerMinute }) => sum + requestsPerMinute, 0)
  const lateness = Math.min(...states.map(({ latenessMs }) => latenessMs))
  return [
    ...(delays.length === 0 ? [] : [`ingestion delay ${formatDuration(Math.max(0, ...delays))}`]),
    `${Math.round(requests)} ${Math.round(requests) === 1 ? 'request' : 'requests'}/min`,
    `may miss what is told later than ${Math.round(lateness / 1000)} s`,
  ]
}

/** What Live Tail is doing, of all groups together; null where it was not asked for. */
export function liveOf(states: readonly FollowState[]): NonNullable<FollowState['live']> | null {
  const order = { refused: 0, ended: 1, starting: 2, on: 3 }
  const sessions = states.flatMap(({ live }) => live ?? [])
  const [worst] = sessions.toSorted((a, b) => order[a.state] - order[b.state])
  return worst === undefined ? null : { ...worst, sampled: sessions.some(({ sampled }) => sampled) }
}
