import type { Metrics } from '../../preload/contract/instance-details.ts'

type Points = Metrics['cpu']

/** A moment in milliseconds and what was measured then; null where nothing was. */
export interface ChartPoint extends Record<string, number | null> {
  readonly at: number
  readonly value: number | null
}

/** The points for a chart, in order, with a gap where the instance did not measure for longer than two periods. */
export function toChart(points: Points, periodSeconds: number): ChartPoint[] {
  const sorted = points.map(({ at, value }) => ({ at: Date.parse(at), value })).toSorted((one, other) => one.at - other.at)
  return sorted.flatMap((point, index): ChartPoint[] => {
    const before = sorted[index - 1]
    const gap = before !== undefined && point.at - before.at > periodSeconds * 2000
    return gap ? [{ at: before.at + periodSeconds * 1000, value: null }, point] : [point]
  })
}

/** The last measurement and the highest; null where there is none. */
export function summaryOf(
  points: readonly ChartPoint[],
): { last: { at: number; value: number }; highest: { at: number; value: number } } | null {
  const measured = points.flatMap(({ at, value }) => (value === null ? [] : [{ at, value }]))
  const last = measured.at(-1)
  if (!last) return null
  return { last, highest: measured.reduce((most, each) => (each.value > most.value ? each : most)) }
}
