import type { Environment, EnvironmentId } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { InstanceKey } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import type { Caller } from './caller.ts'
import { requireTyped } from './changes.ts'
import type { Environments } from './environments.ts'

/** An instance, as far as it is told by it which environments stand on it. */
interface Instance {
  readonly key: InstanceKey
  /** Null while it has none, or none is known. */
  readonly endpoint: { readonly host: string; readonly port: number } | null
}

/** RDS and DNS know no case. */
const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

/** Whether the environment names this instance or cluster. */
export const namesInstance = ({ rds }: Pick<Environment, 'rds'>, key: Pick<InstanceKey, 'identifier' | 'region'>): boolean =>
  rds !== undefined && same(rds.instance, key.identifier) && rds.region === key.region

/** The environments whose database the instance holds, the one in view first: those that name it, and those that connect to its endpoint. */
export function environmentsOn(
  environments: Pick<Environments, 'all'>,
  { key, endpoint }: Instance,
  inView?: EnvironmentId,
): readonly Environment[] {
  return environments
    .all()
    .filter((one) => {
      if (namesInstance(one, key)) return true
      return endpoint !== null && same(one.connection.host, endpoint.host) && one.connection.port === endpoint.port
    })
    .sort((one, other) => Number(other.id === inView) - Number(one.id === inView))
}

export interface InstanceGuardDeps {
  readonly aws: Pick<Aws, 'isAmazon'>
  readonly environments: Pick<Environments, 'all' | 'get' | 'allowChange'>
  readonly allowUnlock: boolean
}

/**
 * Passes where this window may change the instance or who reaches it, and gives the environment for the record. Every environment that it
 * belongs to must be unlocked. One that belongs to none needs the environment in view, and its typed name for what can hurt (`typed`
 * undefined: it cannot). Fails with LOCKED or UNCONFIRMED.
 */
export function allowInstanceChange(
  { aws, environments, allowUnlock }: InstanceGuardDeps,
  caller: Caller,
  inView: EnvironmentId,
  instance: Instance,
  typed?: string | null,
): EnvironmentId {
  const owners = environmentsOn(environments, instance, inView)
  for (const { id } of owners) environments.allowChange(caller, id)
  const [owner] = owners
  if (owner !== undefined) return owner.id
  environments.allowChange(caller, inView)
  const { identifier, profile } = instance.key
  if (environments.get(inView).guard === 'open' && aws.isAmazon(profile) && !allowUnlock)
    throw new Failure(
      'LOCKED',
      `${identifier} stands on Amazon and belongs to no environment that could be unlocked. Start Basepair with --allow-prod-changes to change it here.`,
    )
  if (typed !== undefined) requireTyped(identifier, typed)
  return inView
}
