import { expect, test } from 'vitest'
import { resolveSources, type Source, variableSources } from '../../../main/environments/sources.ts'

const embedded: Source[] = (['local', 'prod'] as const).map((id) => ({
  environment: {
    id,
    label: id,
    colour: 'teal',
    guard: id === 'local' ? 'open' : 'guarded',
    connection: { host: '127.0.0.1', port: 1, database: 'cruddur', user: 'embedded', tls: 'off' },
    origin: 'embedded',
    project: 'cruddur',
  },
  password: null,
  caPem: null,
}))
const url = (host: string) => `postgres://u:pw@${host}/db`
const hosts = (variables: Record<string, string>) =>
  Object.fromEntries(
    resolveSources(variableSources(variables), [], embedded).map(({ environment }) => [environment.id, environment.connection.host]),
  )

test('each variable moves its own environment and no other', () => {
  expect(hosts({})).toEqual({ local: '127.0.0.1', prod: '127.0.0.1' })
  expect(hosts({ CONNECTION_URL: url('one') })).toEqual({ local: 'one', prod: '127.0.0.1' })
  expect(hosts({ PROD_CONNECTION_URL: url('two') })).toEqual({ local: '127.0.0.1', prod: 'two' })
  expect(hosts({ CONNECTION_URL: url('one'), PROD_CONNECTION_URL: url('two') })).toEqual({ local: 'one', prod: 'two' })
  expect(hosts({ CONNECTION_URL: url('same'), PROD_CONNECTION_URL: url('same') })).toEqual({ local: 'same', prod: 'same' })
})

test('a variable that cannot be read is an error, never the default in its place', () => {
  expect(() => hosts({ PROD_CONNECTION_URL: '' })).toThrow(/PROD_CONNECTION_URL is empty/)
  expect(() => hosts({ CONNECTION_URL: 'u:pw@host/db' })).toThrow(/no scheme/)
})

test('the settings file wins over the default, a variable over both; local and prod come first', () => {
  const kept = (id: string) => ({
    ...(embedded[0] as Source).environment,
    id,
    connection: { host: 'kept', port: 5432, database: 'd', user: 'u', tls: 'off' } as const,
  })
  const sources = resolveSources(variableSources({ CONNECTION_URL: url('one') }), [kept('staging'), kept('prod'), kept('local')], embedded)
  expect(sources.map(({ environment }) => [environment.id, environment.connection.host, environment.origin])).toEqual([
    ['local', 'one', 'variable'],
    ['prod', 'kept', 'settings'],
    ['staging', 'kept', 'settings'],
  ])
})
