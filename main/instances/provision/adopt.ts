import type { Draft, Environment, EnvironmentId } from '../../../preload/contract/environments.ts'
import { Failure } from '../../../preload/contract/errors.ts'
import type { InstanceKey } from '../../../preload/contract/instances.ts'
import { type Aws, practiceProfile } from '../../aws/aws.ts'
import type { Call } from '../../environments/caller.ts'
import type { Environments } from '../../environments/environments.ts'
import { environmentsOn } from '../../environments/instance-guard.ts'
import { type Description, describe } from '../description.ts'
import { seenInstance } from '../seen.ts'

export interface AdoptDeps {
  readonly aws: Pick<Aws, 'rds'>
  readonly environments: Pick<Environments, 'all' | 'get'>
  saveEnvironment(draft: Draft, call: Call): Promise<Environment>
}

/** What the user says of the new environment. */
interface Naming {
  readonly id: EnvironmentId
  readonly label: string
  /** Kept as every password of an environment is; absent: asked for when connecting. */
  readonly password?: string | undefined
}

const colours = ['orange', 'violet', 'blue', 'green', 'red', 'teal'] as const

/**
 * The environment of an instance: its endpoint, first database and master user, with a verified certificate. It is guarded, but for one on the
 * practice cloud, which holds nothing that anyone could lose and could not be unlocked in browser mode.
 * Fails with WRONG_STATE while it has no endpoint, and with INVALID for another engine than PostgreSQL.
 */
export function draftOf(
  instance: Description,
  key: InstanceKey,
  naming: Naming,
  around: { readonly project: string; readonly environments: readonly Environment[] },
): Draft {
  const { id, label, password } = naming
  const engine = instance.Engine ?? ''
  if (!engine.includes('postgres'))
    throw new Failure(
      'INVALID',
      `${key.identifier} runs ${engine || 'an engine that AWS does not say'}. Basepair connects to PostgreSQL only.`,
    )
  const { Address: host, Port: port } = instance.Endpoint ?? {}
  if (host === undefined || port === undefined)
    throw new Failure('WRONG_STATE', `${key.identifier} has no endpoint yet. Make the environment once it is available.`)
  const seen = seenInstance(key, instance)
  // A second environment of a guarded instance would be a way around its guard.
  const isGuarded = seen !== null && environmentsOn({ all: () => around.environments }, seen).some(({ guard }) => guard === 'guarded')
  const taken = new Set(around.environments.map((one) => one.colour))
  return {
    id,
    label,
    colour: colours.find((one) => !taken.has(one)) ?? 'orange',
    guard: key.profile === practiceProfile && !isGuarded ? 'open' : 'guarded',
    project: around.project,
    connection: { host, port, database: instance.DBName ?? 'postgres', user: instance.MasterUsername ?? 'postgres', tls: 'verify-full' },
    rds: { profile: key.profile, region: key.region, instance: key.identifier, signIn: 'password' },
    ...(password === undefined ? {} : { password }),
  }
}

/** Makes environments of instances that are there. */
export function createAdoption({ aws, environments, saveEnvironment }: AdoptDeps) {
  return {
    /** Writes the environment into the settings; changes nothing at AWS. Fails with BUSY where there is one of this name. */
    async adopt(input: Naming & { readonly environment: EnvironmentId; readonly key: InstanceKey }, call: Call): Promise<void> {
      const all = environments.all()
      if (all.some(({ id }) => id === input.id))
        throw new Failure('BUSY', `There is an environment ${input.id} already. Choose another name for it.`)
      const instance = await describe(aws, input.key, call.signal)
      const { project } = environments.get(input.environment)
      await saveEnvironment(draftOf(instance, input.key, input, { project, environments: all }), call)
    },
  }
}
