import { throttled } from './refusals.ts'

/** Requests a second that one account may send to one region, by action. */
export type Rates = Readonly<Record<string, number>>

/** AWS lets FilterLogEvents through from 5 to 25 times, by region. */
export const usualRates: Rates = { FilterLogEvents: 10, GetLogEvents: 25, DescribeLogStreams: 25, DescribeLogGroups: 10, StartLiveTail: 3 }

/** Counts requests, and refuses what goes beyond the rate in AWS' words. A second's worth may come at once. */
export function createRates(rates: Rates, now: () => number) {
  const left = new Map<string, { tokens: number; since: number }>()
  return (region: string, action: string): void => {
    const rate = rates[action]
    if (rate === undefined) return
    const key = `${region}/${action}`
    const at = now()
    const before = left.get(key) ?? { tokens: rate, since: at }
    const tokens = Math.min(rate, before.tokens + (Math.max(0, at - before.since) / 1_000) * rate)
    left.set(key, { tokens: tokens < 1 ? tokens : tokens - 1, since: at })
    if (tokens < 1) throw throttled()
  }
}
