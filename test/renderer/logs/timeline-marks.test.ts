import { expect, test } from 'vitest'
import { invocationsOf } from '../../../cloudwatch/invocations.ts'
import { createRows } from '../../../renderer/logs/invocation-rows.ts'
import { timelineOf } from '../../../renderer/logs/timeline-marks.ts'
import { linesOfRun, morning } from './lambda-runs.ts'

const rowsOf = (runs: readonly ReturnType<typeof linesOfRun>[]) => createRows()(new Map([['g', invocationsOf(runs.flat())]]))

test('a bar is as long as the run took, its cold start ahead of it', () => {
  const timeline = timelineOf(rowsOf([linesOfRun(1_000, 'aaaaaaaa-1', { initMs: 400 }), linesOfRun(9_000, 'bbbbbbbb-2')]), morning + 60_000)
  expect(timeline).toMatchObject({ from: morning + 600, to: morning + 9_200, lanes: 1 })
  expect(timeline?.marks.map(({ from, to, initMs }) => [from - morning, to - morning, initMs])).toEqual([
    [600, 1_200, 400],
    [9_000, 9_200, 0],
  ])
})

test('those at the same time stand in lanes', () => {
  const runs = [0, 1, 2].map((one) => linesOfRun(one * 10, `aaaaaaaa-${one}`, { stream: `s${one}`, durationMs: 2_000 }))
  const timeline = timelineOf(rowsOf([...runs, linesOfRun(5_000, 'bbbbbbbb-1')]), morning + 60_000)
  expect(timeline?.marks.map(({ lane }) => lane)).toEqual([0, 1, 2, 0])
  expect(timeline?.lanes).toBe(3)
})

test('thousands become at most 500 marks, none is lost, and a single failure is seen', () => {
  const runs = Array.from({ length: 3_000 }, (_, one) =>
    linesOfRun(
      one * 10_000,
      `aaaaaaaa-${one}`,
      one === 1_700 ? { prints: ['[ERROR] ValueError: no\nTraceback (most recent call last):\n  File "x"'] } : {},
    ),
  )
  const timeline = timelineOf(rowsOf(runs), morning + 60_000)
  const marks = timeline?.marks ?? []
  expect(marks.length).toBeLessThanOrEqual(500)
  expect(marks.reduce((sum, { count }) => sum + count, 0)).toBe(3_000)
  expect(marks.filter(({ troubles }) => troubles > 0)).toEqual([expect.objectContaining({ count: 1, lane: 1 })])
})

test('without a run there is none', () => {
  expect(timelineOf([], 0)).toBe(null)
})
