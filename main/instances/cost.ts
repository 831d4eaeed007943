import type { Cost } from '../../preload/contract/instances.ts'
import { type InstanceEvent, stoppedAt } from './events.ts'
import type { Price } from './pricing.ts'

const hourMs = 60 * 60_000
/** AWS starts a stopped instance after this time, and says when: AutomaticRestartTime. */
const longestStopMs = 7 * 24 * hourMs

/** What the cost of an instance is reckoned from. */
export interface CostFacts {
  /** DBInstanceStatus, as AWS says it. */
  readonly status: string
  readonly automaticRestartAt: Date | null
  /** GiB; null for Aurora, where it is charged as used. */
  readonly storageGib: number | null
  /** Its events, newest first; null where they are not known. */
  readonly events: readonly InstanceEvent[] | null
}

/**
 * Since when it is stopped; null where it is not, or nobody says. The event of the stop counts (RDS-EVENT-0087, for a cluster 0150);
 * without it, the seven days before AutomaticRestartTime.
 */
export function stoppedSince({ status, automaticRestartAt, events }: CostFacts): Date | null {
  if (status !== 'stopped') return null
  const byEvent = events === null ? null : stoppedAt(events)
  if (byEvent !== null) return byEvent
  return automaticRestartAt === null ? null : new Date(automaticRestartAt.getTime() - longestStopMs)
}

/** Cost in USD. `now` in milliseconds since 1970. While it is stopped no hours are charged, but its storage is. */
export function costOf(facts: CostFacts, price: Price, now: number): Cost {
  const since = stoppedSince(facts)
  const hours = since === null ? null : Math.max(0, (now - since.getTime()) / hourMs)
  return {
    perHour: price.perHour,
    storagePerMonth: price.perGibMonth === null || facts.storageGib === null ? null : price.perGibMonth * facts.storageGib,
    saved: hours === null || price.perHour === null ? null : hours * price.perHour,
    stoppedSince: since?.toISOString() ?? null,
  }
}
