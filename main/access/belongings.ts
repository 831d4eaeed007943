import type { Environment, EnvironmentId } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { InstanceKey } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import type { Caller } from '../environments/caller.ts'
import type { Environments } from '../environments/environments.ts'
import type { Server } from './look.ts'

/** The instance or cluster that the environment names; null where it names none. */
export function keyOf({ rds }: Environment): InstanceKey | null {
  if (rds === undefined) return null
  return { profile: rds.profile, region: rds.region, kind: rds.kind ?? 'instance', identifier: rds.instance }
}

/** Whether the instance is the one that the environment's database stands on: by its name, or by where it connects to. */
function belongs(environment: Environment, server: Server): boolean {
  const { rds, connection } = environment
  if (rds !== undefined && rds.instance === server.key.identifier && rds.region === server.key.region) return true
  return server.endpoint !== null && connection.host === server.endpoint.host && connection.port === server.endpoint.port
}

/** The environments whose database stands on the instance, the one in view first. */
export function environmentsOn(environments: Environments, server: Server, inView: EnvironmentId): readonly Environment[] {
  return environments
    .all()
    .filter((one) => belongs(one, server))
    .sort((a, b) => Number(b.id === inView) - Number(a.id === inView))
}

export interface GuardDeps {
  readonly environments: Environments
  readonly aws: Pick<Aws, 'isAmazon'>
  readonly allowUnlock: boolean
}

/** Passes where this window may change who reaches the instance; gives the environment to write it down under. Fails with LOCKED. */
export function allowOn({ environments, aws, allowUnlock }: GuardDeps, call: Caller, server: Server, inView: EnvironmentId): EnvironmentId {
  const touched = environmentsOn(environments, server, inView)
  for (const { id } of touched) environments.allowChange(call, id)
  const [first] = touched
  if (first !== undefined) return first.id
  environments.allowChange(call, inView)
  if (environments.get(inView).guard === 'open' && aws.isAmazon(server.key.profile) && !allowUnlock)
    throw new Failure(
      'LOCKED',
      `${server.key.identifier} belongs to no environment that could be unlocked. Start Basepair with --allow-prod-changes to change who reaches it.`,
    )
  return inView
}
