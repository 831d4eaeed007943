import type { Environment, EnvironmentId } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { InstanceKey } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import type { Caller } from './caller.ts'
import { requireTyped } from './changes.ts'
import type { Environments } from './environments.ts'

/** An instance, as far as it is told by it which environments stand on it. */
export interface Instance {
  readonly key: InstanceKey
  /** Null while it has none, or none is known. */
  readonly endpoint: { readonly host: string; readonly port: number } | null
  /** The cluster that it is a member of, or its members: what is done to one is done to the other. */
  readonly kin: readonly string[]
}

/** One of which nothing is known but its name. */
export const unseenInstance = (key: InstanceKey): Instance => ({ key, endpoint: null, kin: [] })

/** RDS and DNS know no case; what is not named is nobody. */
export const sameIdentifier = (one: string | undefined, other: string): boolean => one?.toLowerCase() === other.toLowerCase()

/** Without the dot of the root, which makes no difference. */
const sameHost = (one: string, other: string): boolean => sameIdentifier(one.replace(/\.$/, ''), other.replace(/\.$/, ''))

/** Whether the environment names this instance or cluster. */
export const namesInstance = ({ rds }: Pick<Environment, 'rds'>, key: Pick<InstanceKey, 'identifier' | 'region'>): boolean =>
  rds !== undefined && sameIdentifier(rds.instance, key.identifier) && rds.region === key.region

/**
 * The environments whose database the instance holds, the one in view first: those that name it or its kin, whatever the profile, and those that
 * connect to its endpoint, if through a tunnel by the name that the certificate must hold.
 */
export function environmentsOn(
  environments: Pick<Environments, 'all'>,
  { key, endpoint, kin }: Instance,
  inView?: EnvironmentId,
): readonly Environment[] {
  return environments
    .all()
    .filter((one) => {
      if ([key.identifier, ...kin].some((identifier) => namesInstance(one, { identifier, region: key.region }))) return true
      if (endpoint === null) return false
      const { host, port, servername = '' } = one.connection
      return (sameHost(host, endpoint.host) && port === endpoint.port) || sameHost(servername, endpoint.host)
    })
    .sort((one, other) => Number(other.id === inView) - Number(one.id === inView))
}

export interface InstanceGuardDeps {
  readonly aws: Pick<Aws, 'isAmazon'>
  readonly environments: Pick<Environments, 'all' | 'allowChange'>
  readonly allowUnlock: boolean
}

/**
 * Passes where this window may change the instance or who reaches it, and gives the environment for the record. Every environment that it
 * belongs to must be unlocked. One that belongs to none needs the environment in view, and its typed name for what can hurt (`typed`
 * undefined: it cannot). On Amazon nothing passes without the flag. Fails with LOCKED or UNCONFIRMED.
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
  if (owner === undefined) environments.allowChange(caller, inView)
  requireFlag({ aws, allowUnlock }, instance.key)
  if (owner !== undefined) return owner.id
  if (typed !== undefined) requireTyped(instance.key.identifier, typed)
  return inView
}

/**
 * In browser mode nothing on Amazon is changed without the flag: what is open in the settings, or practice in view, says nothing about Amazon.
 * Fails with LOCKED.
 */
export function requireFlag({ aws, allowUnlock }: Omit<InstanceGuardDeps, 'environments'>, { identifier, profile }: InstanceKey): void {
  if (!aws.isAmazon(profile) || allowUnlock) return
  throw new Failure(
    'LOCKED',
    `${identifier} stands on Amazon, which in browser mode is not changed. Start Basepair with --allow-prod-changes to change it here.`,
  )
}
