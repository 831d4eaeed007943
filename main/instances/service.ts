import { EventEmitter } from 'node:events'
import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import type { Draft, Environment } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { Fleet as FleetView, InstanceKey, InstanceRow, instances, Place, Scope } from '../../preload/contract/instances.ts'
import { type Aws, practiceProfile } from '../aws/aws.ts'
import { awsRegions } from '../aws/regions.ts'
import { type Clock, systemClock } from '../data/clock.ts'
import type { Call } from '../environments/caller.ts'
import type { Recorder } from '../environments/changes.ts'
import type { Environments } from '../environments/environments.ts'
import { allowInstanceChange, environmentsOn, unseenInstance } from '../environments/instance-guard.ts'
import { watchLatest } from '../environments/watch.ts'
import { createActs } from './acts.ts'
import type { Changing } from './changing.ts'
import { createCommands } from './commands.ts'
import { createDetails } from './details.ts'
import { createFleet, type Pace, usualPace } from './fleet.ts'
import { createForcedStarts } from './forced-starts.ts'
import { createKnown, type KnownDeps } from './known.ts'
import { createMemory } from './memory.ts'
import { createMetrics } from './metrics.ts'
import { possibilitiesOf, shapeReason } from './possibilities.ts'
import { createPosture } from './posture/posture.ts'
import { createPrices } from './pricing.ts'
import { createArrivals } from './provision/arrivals.ts'
import { createProvision } from './provision/provision.ts'
import { visibleWithinMs } from './requests.ts'
import { createRows } from './rows.ts'
import { defaultScope, placesOf } from './scope.ts'
import { placeText } from './seen.ts'
import { createWatchkeeper } from './watchkeeper.ts'

type Inputs = InferContractRouterInputs<typeof instances>
type Outputs = InferContractRouterOutputs<typeof instances>

export interface InstancesDeps {
  readonly aws: Aws
  readonly environments: Environments
  readonly recorder: Recorder
  /** What is kept: scope, changes under way, keep-stopped, schedules and what they did. */
  readonly stateFolder: string
  readonly log: (line: string) => void
  /** Makes an environment of an instance. */
  saveEnvironment(draft: Draft, call: Call): Promise<Environment>
  /** Whether guarded things may be changed by this console at all (browser mode needs its flag). */
  readonly allowUnlock: boolean
  /** How long at most an answer of this profile's endpoint may be older than a change, in milliseconds; without it as at Amazon. */
  readonly lagMs?: (profile: string) => number
  readonly clock?: Clock
  readonly pace?: Pace
}

/** Each operation of the contract, as its service serves it. */
export type InstancesService = {
  readonly [Name in Exclude<keyof Inputs, 'watch'>]: (input: Inputs[Name], call: Call) => Promise<Outputs[Name]> | Outputs[Name]
} & {
  watch(input: Inputs['watch'], call: Call): AsyncGenerator<FleetView, void>
}

export interface Instances {
  readonly service: InstancesService
  /** The instance of an environment as AWS says it now; null where the environment names none. Fails as AWS does, GONE where it is not there. */
  instanceOf(environment: Environment, signal: AbortSignal): Promise<InstanceRow | null>
  /** Begins to keep stopped, to follow schedules and changes that were under way. */
  start(): Promise<void>
  /** After sleep: asks again at once. */
  wake(): void
  close(): Promise<void>
}

/** What was answered before this many milliseconds is asked for anew where a decision hangs on it. */
const freshMs = 5_000
/** Another endpoint than Amazon's keeps one truth, or a faster one; a change that it has shown is soon beyond doubt. */
const elsewhereDoubtMs = 10_000

/** What there is on RDS, and what may be done with it. */
export function createInstancesService(deps: InstancesDeps): Instances {
  const { aws, environments, recorder, log } = deps
  const clock = deps.clock ?? systemClock
  const emitter = new EventEmitter().setMaxListeners(0)
  const changed = () => emitter.emit('changed')
  const memory = createMemory(deps.stateFolder, clock.now, log)
  let watchers = 0
  let scope: Scope = { profiles: [], regions: [] }
  let practice = false

  /** The connections of environments end or come back with their instance, and forced starts are found out. */
  const turned: KnownDeps['turned'] = (key, before, after) => {
    const seen = known.get(key)?.seen ?? null
    const owners = environmentsOn(environments, seen ?? unseenInstance(key))
    if (before !== null && (before === 'available') !== (after === 'available')) for (const { id } of owners) environments.recheck(id)
    const kept = memory.get(key)
    if (after === 'stopped' && kept?.mayRun === true) void keep(memory.update(key, { mayRun: false }))
    const own = memory.get(key)?.request?.action === 'start'
    if (before === 'stopped' && after !== null && !own) forcedStarts.ask(key, true)
    else if (before === null && after !== 'stopped' && (owners.length > 0 || kept?.keepStopped === true)) forcedStarts.ask(key, false)
    watchkeeper.consider(key)
    arrivals.turned(key, after)
  }
  const keep = (written: Promise<void>) => written.catch((error: unknown) => log(`instances: what is kept could not be written: ${error}`))

  const doubtMs = (profile: string) => (aws.isAmazon(profile) ? visibleWithinMs : elsewhereDoubtMs)
  const lagMs = deps.lagMs ?? (() => visibleWithinMs)
  const known = createKnown({ memory, clock, log, doubtMs, lagMs, turned })
  const isShown = (place: Place) => scope.profiles.includes(place.profile) && scope.regions.includes(place.region)
  const fleet = createFleet({
    aws,
    clock,
    known,
    pace: deps.pace ?? usualPace,
    log,
    changed: () => {
      changed()
      for (const { key, keepStopped } of memory.all()) if (keepStopped) watchkeeper.consider(key)
    },
    isWatched: (place) => watchers > 0 && isShown(place),
    isKept: (place) => memory.all().some(({ key, keepStopped }) => keepStopped && placeText(key) === placeText(place)),
  })
  const acts = createActs({ aws, known, fleet, log, changed })
  const forcedStarts = createForcedStarts({ aws, memory, clock, log, changed })
  const watchkeeper = createWatchkeeper({ memory, known, fleet, acts, environments, recorder, clock, log, changed })
  const prices = createPrices({ aws, now: clock.now, log })
  const arrivals = createArrivals({
    aws,
    environments,
    stateFolder: deps.stateFolder,
    saveEnvironment: deps.saveEnvironment,
    log,
    tell(key, sentence, failed) {
      void keep(memory.note(key, { at: new Date(clock.now()).toISOString(), sentence, failed }))
      changed()
    },
  })
  const rows = createRows({ known, memory, clock, environments, prices, changed })

  const allow: Changing['allow'] = (call, { environment, key, as = known.get(key)?.seen ?? unseenInstance(key) }, confirm) =>
    allowInstanceChange(deps, call, environment, as, confirm)
  const changing: Changing = {
    environments,
    recorder,
    allow,
    async follow(key, action, send) {
      const before = known.get(key)
      const { remove: reason } = before === null ? { remove: null } : possibilitiesOf(before.seen, known.hold(key))
      if (known.hold(key) !== null && reason?.possible === false) throw new Failure('BUSY', `Nothing was done. ${reason.reason}`)
      return await acts.request(key, { action, by: 'user' }, async () => ({ value: await send(), seen: null }))
    },
  }

  /** Takes the scope anew: environments and profiles may have come or gone. */
  const rescope = async (): Promise<void> => {
    const profiles = await aws.profiles()
    practice = profiles.some(({ name }) => name === practiceProfile)
    scope = memory.scope() ?? (await defaultScope(aws, profiles, environments))
    changed()
  }

  /** The row as far as it is known freshly enough; otherwise AWS is asked. Null where AWS has none of this name. */
  const fresh = async (key: InstanceKey, signal: AbortSignal): Promise<InstanceRow | null> => {
    const before = known.get(key)
    if (before === null || before.doubtUntil !== null || clock.now() - before.seenAt > freshMs) await fleet.describe(key, signal)
    const after = known.get(key)
    return after === null ? null : rows.row(after)
  }
  const gone = ({ identifier, region, profile }: InstanceKey) =>
    new Failure(
      'GONE',
      `AWS knows no ${identifier} in ${region} (profile ${profile}). It may have been deleted, or stand in another region or account.`,
      {
        mend: 'open_instances',
      },
    )
  const current = async (key: InstanceKey, signal: AbortSignal): Promise<InstanceRow> => {
    const row = await fresh(key, signal)
    if (row === null) throw gone(key)
    return row
  }

  const instanceOf = async ({ id, rds }: Environment, signal: AbortSignal): Promise<InstanceRow | null> => {
    if (rds === undefined) {
      const found = placesOf(scope)
        .flatMap((place) => known.of(place))
        .find(({ seen }) => environmentsOn(environments, seen).some((one) => one.id === id))
      return found === undefined ? null : await current(found.seen.key, signal)
    }
    const key = { profile: rds.profile, region: rds.region, kind: 'instance', identifier: rds.instance } as const
    const row = (await fresh(key, signal)) ?? (await fresh({ ...key, kind: 'cluster' }, signal))
    if (row === null) throw gone(key)
    return row
  }

  const commands = createCommands({
    environments,
    recorder,
    memory,
    acts,
    watchkeeper,
    allow,
    current,
    instanceOf: (environment, signal) => instanceOf(environments.get(environment), signal),
    neverStops(key) {
      const seen = known.get(key)?.seen
      return seen === undefined ? null : shapeReason(seen)
    },
    looked: (key) => fleet.look(key, freshMs),
    changed,
    now: clock.now,
  })

  const view = (): FleetView => {
    const places = placesOf(scope)
    return { scope, places: places.map((place) => fleet.state(place)), instances: rows.of(places), practice }
  }

  /** At what was asked for and is awaited, and at what is to stay stopped. */
  const lookAtKept = () => {
    for (const { key, request, keepStopped } of memory.all()) {
      if ((request !== null && !request.settled) || keepStopped) fleet.look(key, 0)
    }
  }
  const lookEverywhere = (olderThan: number) => {
    for (const place of placesOf(scope)) fleet.look(place, olderThan)
  }

  async function* watch(_input: unknown, call: Call): AsyncGenerator<FleetView, void> {
    watchers += 1
    try {
      await rescope()
      lookEverywhere(freshMs)
      yield* watchLatest(emitter, view, call.signal)
    } finally {
      watchers -= 1
      fleet.replan()
    }
  }

  const service: InstancesService = {
    watch,
    async refresh(): Promise<void> {
      await rescope()
      await Promise.all(placesOf(scope).map((place) => fleet.again(place)))
    },
    profiles: async () => ({ profiles: [...(await aws.profiles())], regions: [...awsRegions] }),
    async choose({ scope: chosen }): Promise<void> {
      await memory.choose({ profiles: [...new Set(chosen.profiles)], regions: [...new Set(chosen.regions)] })
      await rescope()
      lookEverywhere(freshMs)
      fleet.replan()
    },
    ...commands,
    ...createDetails({ aws }),
    ...createMetrics({ aws, now: clock.now }),
    ...createPosture({ aws, changing, now: clock.now }),
    ...createProvision({ aws, environments, changing, prices, arrivals, saveEnvironment: deps.saveEnvironment, now: clock.now }),
  }

  return {
    service,
    instanceOf,
    async start(): Promise<void> {
      await memory.load()
      // The console ended while AWS was being asked: it may have taken it.
      for (const { key, request } of memory.all()) {
        if (request?.sentAt === null) await memory.update(key, { request: { ...request, sentAt: clock.now() } })
      }
      await arrivals.load()
      // A configuration that cannot be read is told where AWS is looked at; it does not keep the console from starting.
      await rescope().catch((error: unknown) => log(`instances: the profiles of AWS could not be read: ${error}`))
      for (const key of arrivals.keys()) fleet.look(key, 0)
      lookAtKept()
      await watchkeeper.followAll()
    },
    wake(): void {
      lookAtKept()
      if (watchers > 0) lookEverywhere(0)
      void watchkeeper.followAll().catch((error: unknown) => log(`instances: the schedules could not be followed: ${error}`))
    },
    async close(): Promise<void> {
      await watchkeeper.close()
      await Promise.all([fleet.close(), forcedStarts.close()])
      await arrivals.close()
      await memory.close()
    },
  }
}
