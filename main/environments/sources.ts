import { type Environment, rds } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import { defaultProfile, practiceProfile } from '../aws/aws.ts'
import { parseConnectionUrl } from './connection-url.ts'
import { rdsOf } from './rds-host.ts'
import type { Kept } from './settings-file.ts'

/** An environment with what connecting needs beside it. Never leaves main. */
export interface Source {
  readonly environment: Environment
  /** Null where none is known: it is then asked for, or kept in the secrets. */
  readonly password: string | null
  /** PEM text of the CA to trust; null means the file of the connection, or Node's own roots. */
  readonly caPem: string | null
}

export interface Variables {
  readonly [name: string]: string | undefined
}

const byVariable = [
  { name: 'CONNECTION_URL', id: 'local', colour: 'teal', guard: 'open' },
  { name: 'PROD_CONNECTION_URL', id: 'prod', colour: 'red', guard: 'guarded' },
] as const

/** Hold no secret, so that they stay in the process too. */
const beside = ['PGSSLROOTCERT', 'AWS_PROFILE', 'DB_SG_ID', 'DB_SG_RULE_ID']

/** The variables that environments are read from, taken out of the process: nothing that it starts inherits their passwords. */
export function takeVariables(variables: NodeJS.ProcessEnv): Variables {
  const taken = Object.fromEntries([...byVariable.map(({ name }) => name), ...beside].map((name) => [name, variables[name]]))
  for (const { name } of byVariable) delete variables[name]
  return taken
}

/** The variable that an environment may come from, whether it is set or not. */
export const variableFor = (id: string): string | undefined => byVariable.find((one) => one.id === id)?.name

/**
 * The environments that the process' variables describe. A variable that is set but cannot be read is an error, never a fallback:
 * otherwise work meant for one server would reach another. Fails with INVALID.
 */
export function variableSources(variables: Variables): Source[] {
  return byVariable.flatMap(({ name, id, colour, guard }) => {
    const text = variables[name]
    if (text === undefined) return []
    const { connection, password } = parseConnectionUrl(text, name, guard === 'guarded')
    const caFile = variables['PGSSLROOTCERT']
    const withCa = caFile !== undefined && connection.tls === 'verify-full' ? { ...connection, caFile } : connection
    return [
      { environment: { id, label: id, colour, guard, connection: withCa, origin: 'variable', project: 'cruddur' }, password, caPem: null },
    ]
  })
}

/** What the variables say of RDS: the profile for every environment whose host name is RDS', group and rule for `prod`. */
export interface RdsHints {
  readonly profile: string
  readonly securityGroup: string | null
  readonly securityGroupRule: string | null
}

export const noHints: RdsHints = { profile: defaultProfile, securityGroup: null, securityGroupRule: null }

/** Reads AWS_PROFILE, DB_SG_ID and DB_SG_RULE_ID; an empty one is as none. Fails with INVALID. */
export function rdsHints(variables: Variables): RdsHints {
  const read = (name: string, form: { safeParse(value: string): { success: boolean } }): string | null => {
    const text = variables[name]?.trim() ?? ''
    if (text === '') return null
    if (!form.safeParse(text).success) throw new Failure('INVALID', `${name} is not what AWS calls so: it is too long.`)
    return text
  }
  const { profile, securityGroup, securityGroupRule } = rds.shape
  return {
    profile: read('AWS_PROFILE', profile) ?? defaultProfile,
    securityGroup: read('DB_SG_ID', securityGroup),
    securityGroupRule: read('DB_SG_RULE_ID', securityGroupRule),
  }
}

const order = ['local', 'prod']

/** The environment with its place on RDS: as the settings name it, else as its host does. Group and rule of the variables come first. */
function withRds(environment: Environment, hints: RdsHints): Environment {
  // The variables tell of a real instance, the practice instance has groups of its own.
  if (environment.origin === 'practice' || environment.origin === 'embedded') return environment
  const known = environment.rds ?? rdsOf(environment.connection, hints.profile)
  const { securityGroup, securityGroupRule } = hints
  const named =
    environment.id === 'prod' ? { ...(securityGroup && { securityGroup }), ...(securityGroupRule && { securityGroupRule }) } : {}
  if (known !== null) return { ...environment, rds: { ...known, ...named } }
  return Object.keys(named).length === 0 ? environment : { ...environment, named }
}

/** Puts the sources together: variables win over the settings file, that over the embedded defaults. */
export function resolveSources(
  variables: readonly Source[],
  settings: readonly Kept[],
  embedded: readonly Source[],
  hints: RdsHints = noHints,
): Source[] {
  const byId = new Map<string, Source>()
  for (const source of embedded) byId.set(source.environment.id, source)
  // One authority vouches for every instance of the practice cloud, also for those that the user made environments of.
  const practiceCa = embedded.find(({ environment }) => environment.rds?.profile === practiceProfile)?.caPem ?? null
  for (const one of settings) {
    const caPem = one.rds?.profile === practiceProfile ? practiceCa : null
    byId.set(one.id, { environment: { ...one, origin: 'settings' }, password: null, caPem })
  }
  for (const source of variables) byId.set(source.environment.id, source)
  const place = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length)
  return [...byId.values()]
    .map((source) => ({ ...source, environment: withRds(source.environment, hints) }))
    .sort((a, b) => place(a.environment.id) - place(b.environment.id))
}
