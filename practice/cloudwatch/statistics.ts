export const statistics = ['Average', 'Minimum', 'Maximum', 'Sum', 'SampleCount'] as const
export type Statistic = (typeof statistics)[number]

/** One figure for the measurements of a period, of which there is at least one. */
export function statisticOf(statistic: Statistic, values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0)
  switch (statistic) {
    case 'Average':
      return sum / values.length
    case 'Minimum':
      return Math.min(...values)
    case 'Maximum':
      return Math.max(...values)
    case 'Sum':
      return sum
    case 'SampleCount':
      return values.length
    default:
      return statistic satisfies never
  }
}
