import type { Environment } from '../../preload/contract/environments.ts'
import { parseConnectionUrl } from './connection-url.ts'
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

/** The variables that environments are read from, taken out of the process: nothing that it starts inherits their passwords. */
export function takeVariables(variables: NodeJS.ProcessEnv): Variables {
  const taken = Object.fromEntries([...byVariable.map(({ name }) => name), 'PGSSLROOTCERT'].map((name) => [name, variables[name]]))
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

const order = ['local', 'prod']

/** Puts the sources together: variables win over the settings file, that over the embedded defaults. */
export function resolveSources(variables: readonly Source[], settings: readonly Kept[], embedded: readonly Source[]): Source[] {
  const byId = new Map<string, Source>()
  for (const source of embedded) byId.set(source.environment.id, source)
  for (const one of settings) byId.set(one.id, { environment: { ...one, origin: 'settings' }, password: null, caPem: null })
  for (const source of variables) byId.set(source.environment.id, source)
  const place = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length)
  return [...byId.values()].sort((a, b) => place(a.environment.id) - place(b.environment.id))
}
