import type { EnvironmentId } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { Aws } from '../aws/aws.ts'
import type { Caller } from '../environments/caller.ts'
import { requireTyped } from '../environments/changes.ts'
import type { Environments } from '../environments/environments.ts'
import type { Seen } from './seen.ts'

type Named = Pick<Seen, 'key' | 'endpoint'>

/** The environments whose database it holds: those that name it, and those that connect to its endpoint. */
export function environmentsOf(environments: Pick<Environments, 'all'>, { key, endpoint }: Named): EnvironmentId[] {
  const identifier = key.identifier.toLowerCase()
  return environments
    .all()
    .filter(({ rds, connection }) => {
      if (rds?.instance.toLowerCase() === identifier && rds.region === key.region) return true
      return endpoint !== null && connection.host.toLowerCase() === endpoint.host.toLowerCase() && connection.port === endpoint.port
    })
    .map(({ id }) => id)
}

export interface AuthoriseDeps {
  readonly aws: Pick<Aws, 'isAmazon'>
  readonly environments: Pick<Environments, 'all' | 'get' | 'allowChange'>
  readonly allowUnlock: boolean
}

/**
 * Passes where this window may change the instance, and gives the environment for the record. Every environment that it belongs to must be
 * unlocked. One that belongs to none needs the environment in view, and its typed name for what can hurt (`typed` undefined: it cannot).
 * Fails with LOCKED or UNCONFIRMED.
 */
export function authorise(
  { aws, environments, allowUnlock }: AuthoriseDeps,
  caller: Caller,
  inView: EnvironmentId,
  instance: Named,
  typed?: string | null,
): EnvironmentId {
  const owners = environmentsOf(environments, instance)
  for (const owner of owners) environments.allowChange(caller, owner)
  const [owner] = owners
  if (owner !== undefined) return owner
  environments.allowChange(caller, inView)
  const { identifier, profile } = instance.key
  if (environments.get(inView).guard === 'open' && aws.isAmazon(profile) && !allowUnlock) {
    throw new Failure(
      'LOCKED',
      `${identifier} stands on Amazon, which in browser mode is not changed. Start Basepair with --allow-prod-changes to change it here.`,
    )
  }
  if (typed !== undefined) requireTyped(identifier, typed)
  return inView
}
