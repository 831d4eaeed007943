import type { Environment, Rds } from '../../preload/contract/environments.ts'
import { namesInstance } from '../environments/instance-guard.ts'
import type { Look } from './look.ts'

/** Group and rule that the environment names, where the instance is its own: by name, or because its database is reached at that endpoint. */
export function namedFor(
  environment: Environment,
  { key, endpoint }: Pick<Look['server'], 'key' | 'endpoint'>,
): Pick<Rds, 'securityGroup' | 'securityGroupRule'> | null {
  if (namesInstance(environment, key)) return environment.rds ?? null
  const { host, port } = environment.connection
  return endpoint !== null && endpoint.host === host && endpoint.port === port ? (environment.named ?? null) : null
}
