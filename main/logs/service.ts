import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import type { Environment, EnvironmentId } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { Place } from '../../preload/contract/instances.ts'
import type { logs, SignUps } from '../../preload/contract/logs.ts'
import type { Aws } from '../aws/aws.ts'
import { type Clock, systemClock } from '../data/clock.ts'
import type { Call } from '../environments/caller.ts'
import type { Recorder } from '../environments/changes.ts'
import type { Environments } from '../environments/environments.ts'
import type { Driver } from '../postgres/driver.ts'
import { readAround } from './around.ts'
import { createHub } from './create-hub.ts'
import { findGroups, findPostConfirmation } from './groups.ts'
import { merge } from './merge.ts'
import { historyInParts, tailInParts } from './parts.ts'
import { createRepair } from './repair.ts'
import { createSignUps } from './sign-ups.ts'
import { createUserPools } from './user-pool.ts'

type Inputs = InferContractRouterInputs<typeof logs>
type Outputs = InferContractRouterOutputs<typeof logs>
type Served<Name extends keyof Inputs> = (
  input: Inputs[Name],
  call: Call,
) => Outputs[Name] extends AsyncIterable<infer Item> ? AsyncGenerator<Item, void> : Promise<Outputs[Name]>

export type LogsService = { readonly [Name in keyof Inputs]: Served<Name> }

export interface LogsDeps {
  readonly aws: Aws
  readonly environments: Environments
  readonly recorder: Recorder
  readonly driver: Driver
  /** LAMBDA_LOG_GROUP; null where it is not set. */
  readonly namedGroup: string | null
  readonly log: (text: string) => void
  readonly clock?: Clock
}

export interface Logs {
  readonly service: LogsService
  /** What is known of an environment's sign-ups, for the overview; null where it stands on no AWS account. */
  signUpsOf(environment: Environment, signal: AbortSignal): Promise<SignUps | null>
  wake(): void
  close(): void
}

export function createLogsService(deps: LogsDeps): Logs {
  const { aws, environments, driver, recorder, namedGroup, log, clock = systemClock } = deps
  const hub = createHub({ aws, clock, log })
  const groupsDeps = { aws, namedGroup, log }
  const groupOf = (place: Place, signal: AbortSignal) => findPostConfirmation(groupsDeps, place, signal)
  const functionOf = async (place: Place, group: string, signal: AbortSignal) => {
    const { groups } = await findGroups(groupsDeps, place, group, signal)
    return groups.find(({ name }) => name === group)?.function?.name ?? null
  }
  const confirmedUsers = createUserPools({ aws, functionOf, now: clock.now })
  const signUps = createSignUps({ hub, environments, driver, groupOf, confirmedUsers, log })
  const repair = createRepair({ driver, environments, recorder, changed: signUps.rowsChanged })

  const placeOf = (environment: EnvironmentId, given: Place | undefined): Place | null => {
    const { rds } = environments.get(environment)
    if (given !== undefined) return given
    return rds === undefined ? null : { profile: rds.profile, region: rds.region }
  }
  const requirePlace = (environment: EnvironmentId, given: Place | undefined): Place => {
    const place = placeOf(environment, given)
    if (place !== null) return place
    const { label } = environments.get(environment)
    throw new Failure('INVALID', `${label} stands on no AWS account that Basepair knows, so it has no logs. Choose a profile and a region.`)
  }
  return {
    service: {
      async groups({ environment, place: given, search }, { signal }) {
        const place = placeOf(environment, given)
        if (place === null) return { place, groups: [], problems: [] }
        return { place, ...(await findGroups(groupsDeps, place, search, signal)) }
      },
      async *tail({ environment, place: given, groups, live }, { signal }) {
        const place = requirePlace(environment, given)
        const follow = (group: string) => (ends: AbortSignal) =>
          tailInParts(group, hub.follow({ place, group }, { live, everyMs: 1_000, signal: ends }))
        yield* merge([...new Set(groups)].map(follow), signal)
      },
      async *history({ environment, place: given, groups, from, to, pattern }, { signal }) {
        const place = requirePlace(environment, given)
        const read = (group: string) => (ends: AbortSignal) =>
          historyInParts(to, hub.history({ place, group }, { from, to, pattern }, ends))
        yield* merge([...new Set(groups)].map(read), signal)
      },
      async around({ environment, place: given, group, stream, at, count }, { signal }) {
        const place = requirePlace(environment, given)
        return await readAround(aws, { place, group }, { stream, at, count }, signal)
      },
      signUps: signUps.watch,
      repair,
    },
    signUpsOf: signUps.of,
    wake: () => hub.wake(),
    close() {
      signUps.close()
      hub.close()
    },
  }
}
