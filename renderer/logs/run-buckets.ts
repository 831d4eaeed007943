import type { Invocation } from '../../cloudwatch/invocation.ts'

const minute = 60_000
/** Sizes that a clock shows. */
const sizes = [minute, 5 * minute, 15 * minute, 60 * minute, 6 * 60 * minute, 24 * 60 * minute]
const most = 120

/** How the runs of one span of time ended; `at` is its beginning in milliseconds since 1970. */
export interface RunBucket extends Record<string, number> {
  readonly at: number
  readonly succeeded: number
  readonly hidden: number
  readonly failed: number
  readonly timedOut: number
}

export interface RunBuckets {
  readonly sizeMs: number
  readonly buckets: RunBucket[]
}

const empty = (at: number): RunBucket => ({ at, succeeded: 0, hidden: 0, failed: 0, timedOut: 0 })

/** The ended runs counted by when they began, without gaps, in the smallest size that needs at most 120 buckets. Those still open do not count. */
export function bucketsOf(invocations: readonly Pick<Invocation, 'startedAt' | 'outcome'>[]): RunBuckets {
  const ended = invocations.filter(({ outcome }) => outcome !== 'open')
  if (ended.length === 0) return { sizeMs: minute, buckets: [] }
  let [from, to] = [Number.POSITIVE_INFINITY, 0]
  for (const { startedAt } of ended) [from, to] = [Math.min(from, startedAt), Math.max(to, startedAt)]
  const fitting = sizes.find((size) => Math.floor(to / size) - Math.floor(from / size) < most)
  const sizeMs = fitting ?? Math.ceil((to - from) / (most - 1) / minute) * minute
  const first = Math.floor(from / sizeMs)
  const buckets = Array.from({ length: Math.floor(to / sizeMs) - first + 1 }, (_, index) => empty((first + index) * sizeMs))
  const names = { ok: 'succeeded', 'hidden error': 'hidden', failed: 'failed', 'timed out': 'timedOut', open: '' } as const
  for (const { startedAt, outcome } of ended) {
    const index = Math.floor(startedAt / sizeMs) - first
    const bucket = buckets[index]
    const name = names[outcome]
    if (bucket && name !== '') buckets[index] = { ...bucket, [name]: bucket[name] + 1 }
  }
  return { sizeMs, buckets }
}

/** `per minute`, `per 5 minutes`, `per hour`. */
export function sizeWords(sizeMs: number): string {
  const minutes = sizeMs / minute
  if (minutes % (24 * 60) === 0) return minutes === 24 * 60 ? 'per day' : `per ${minutes / (24 * 60)} days`
  if (minutes % 60 === 0) return minutes === 60 ? 'per hour' : `per ${minutes / 60} hours`
  return minutes === 1 ? 'per minute' : `per ${minutes} minutes`
}
