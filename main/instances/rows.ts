import type { Cost, InstanceRow, Place, Watchkeeping } from '../../preload/contract/instances.ts'
import type { Clock } from '../data/clock.ts'
import type { Environments } from '../environments/environments.ts'
import { environmentsOn } from '../environments/instance-guard.ts'
import { costOf } from './cost.ts'
import type { Known, KnownInstances } from './known.ts'
import type { Memory, Remembered } from './memory.ts'
import { possibilitiesOf } from './possibilities.ts'
import type { Prices } from './pricing.ts'
import { nextMoment } from './schedule.ts'
import type { Seen } from './seen.ts'

export interface RowsDeps {
  readonly known: KnownInstances
  readonly memory: Memory
  readonly clock: Clock
  readonly environments: Pick<Environments, 'all'>
  readonly prices: Pick<Prices, 'known' | 'price'>
  changed(): void
}

/** What is known of an instance, as the contract has it. */
export function createRows({ known, memory, clock, environments, prices, changed }: RowsDeps) {
  /** What a price was waited for, so that it is shown when it comes. */
  const awaited = new Set<string>()

  const costFor = (seen: Seen): Cost | null => {
    if (seen.instanceClass === null) return null
    const { profile, region } = seen.key
    const { engine, instanceClass, multiAz, storageType, storageGib } = seen
    const priced = { profile, region, kind: seen.key.kind, engine, instanceClass, multiAz, storageType }
    const price = prices.known(priced)
    const id = JSON.stringify(priced)
    if (!awaited.has(id)) {
      awaited.add(id)
      void prices.price(priced).then(changed)
    }
    const automaticRestartAt = seen.automaticRestartAt === null ? null : new Date(seen.automaticRestartAt)
    return costOf({ status: seen.status, automaticRestartAt, storageGib, events: null }, price, clock.now())
  }

  const row = ({ seen, seenAt }: Known): InstanceRow => {
    const { key } = seen
    const kept = memory.get(key)
    return {
      key,
      arn: seen.arn,
      status: seen.status,
      engine: seen.engine,
      engineVersion: seen.engineVersion,
      instanceClass: seen.instanceClass,
      multiAz: seen.multiAz,
      endpoint: seen.endpoint,
      memberOf: seen.memberOf,
      replicaOf: seen.replicaOf,
      replicas: [...seen.replicas],
      environments: environmentsOn(environments, seen).map(({ id }) => id),
      ...possibilitiesOf(seen, known.hold(key)),
      change: known.changeOf(key),
      automaticRestartAt: seen.automaticRestartAt,
      forcedStartAt: kept?.forcedStartAt ?? null,
      watchkeeping: watchkeepingOf(kept, clock.now()),
      cost: costFor(seen),
      seenAt: new Date(seenAt).toISOString(),
    }
  }

  return {
    row,
    /** The rows of these places, by name. */
    of: (places: readonly Place[]): InstanceRow[] =>
      places
        .flatMap((place) => known.of(place))
        .map(row)
        .sort((one, other) => compare(one.key.identifier, other.key.identifier) || compare(one.key.region, other.key.region)),
  }
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

function watchkeepingOf(kept: Remembered | null, now: number): Watchkeeping {
  const next = kept?.schedule == null ? null : nextMoment(kept.schedule, now)
  return {
    keepStopped: kept?.keepStopped ?? false,
    schedule: kept?.schedule ?? null,
    next: next === null ? null : { action: next.action, at: next.at.toISOString() },
    done: kept?.done ?? [],
  }
}
