import type { Outcome } from '../../cloudwatch/invocation.ts'
import type { Tone } from '../ui/status-pill.tsx'

/** In the order of the chips: what asks for a look comes first. */
export const outcomes: readonly Outcome[] = ['failed', 'hidden error', 'timed out', 'open', 'ok']

const tones: Record<Outcome, Tone> = { ok: 'ok', 'hidden error': 'bad', failed: 'bad', 'timed out': 'warn', open: 'busy' }

/** Lambda lets no invocation run for longer than 15 minutes. */
const longestMs = 15 * 60_000

/** The pill's look and word. Where no end was seen of what must have ended, it is not said to run. */
export function pillOf(outcome: Outcome, startedAt: number, now: number): { tone: Tone; word: string } {
  if (outcome === 'open' && now - startedAt > longestMs) return { tone: 'plain', word: 'no end seen' }
  return { tone: tones[outcome], word: outcome === 'open' ? 'running' : outcome }
}

/** How many there are of each outcome, for the chips. */
export function countOutcomes(of: Iterable<{ readonly outcome: Outcome }>): Record<Outcome, number> {
  const counts: Record<Outcome, number> = { ok: 0, 'hidden error': 0, failed: 0, 'timed out': 0, open: 0 }
  for (const { outcome } of of) counts[outcome] += 1
  return counts
}

/** Whether it went wrong, as the chips `n failed` mean it. */
export const isTrouble = (outcome: Outcome): boolean => outcome === 'failed' || outcome === 'hidden error' || outcome === 'timed out'
