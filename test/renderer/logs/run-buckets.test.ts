import { expect, test } from 'vitest'
import { bucketsOf, sizeWords } from '../../../renderer/logs/run-buckets.ts'

const minute = 60_000
const start = Date.UTC(2026, 10, 20, 10, 0)
const run = (minutes: number, outcome: Parameters<typeof bucketsOf>[0][number]['outcome'] = 'ok') => ({
  startedAt: start + minutes * minute,
  outcome,
})

test('runs are counted by the minute in which they began, without gaps', () => {
  const { sizeMs, buckets } = bucketsOf([run(0.2), run(0.9, 'hidden error'), run(3, 'timed out'), run(3.5, 'failed'), run(3.6)])
  expect(sizeMs).toBe(minute)
  expect(buckets).toEqual([
    { at: start, succeeded: 1, hidden: 1, failed: 0, timedOut: 0 },
    { at: start + minute, succeeded: 0, hidden: 0, failed: 0, timedOut: 0 },
    { at: start + 2 * minute, succeeded: 0, hidden: 0, failed: 0, timedOut: 0 },
    { at: start + 3 * minute, succeeded: 1, hidden: 0, failed: 1, timedOut: 1 },
  ])
})

test('a run that has not ended does not count', () => {
  expect(bucketsOf([run(0, 'open')]).buckets).toEqual([])
})

test.each([
  [100, 'per minute'],
  [400, 'per 5 minutes'],
  [24 * 60, 'per 15 minutes'],
  [4 * 24 * 60, 'per hour'],
  [28 * 24 * 60, 'per 6 hours'],
  [90 * 24 * 60, 'per day'],
  [1000 * 24 * 60, 'per'],
])('%i minutes are told %s, in at most 120 buckets', (minutes, words) => {
  const { sizeMs, buckets } = bucketsOf([run(0), run(minutes - 1)])
  expect(sizeWords(sizeMs)).toMatch(words)
  expect(buckets.length).toBeLessThanOrEqual(120)
  expect(buckets.reduce((sum, { succeeded }) => sum + succeeded, 0)).toBe(2)
})
