import { expect, test } from 'vitest'
import { rdsHints, resolveSources, type Source, takeVariables, variableSources } from '../../../main/environments/sources.ts'

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

const onRds = 'cruddur-db-instance.c9akciq32rkq.ca-central-1.rds.amazonaws.com'
const rdsOfAll = (variables: Record<string, string>, settings: Parameters<typeof resolveSources>[1] = []) =>
  Object.fromEntries(
    resolveSources(variableSources(variables), settings, embedded, rdsHints(variables)).map(({ environment }) => [
      environment.id,
      environment.rds,
    ]),
  )

test('an RDS host says its instance and region; profile, group and rule come from the variables', () => {
  const variables = {
    PROD_CONNECTION_URL: url(onRds),
    AWS_PROFILE: 'work',
    DB_SG_ID: 'sg-1',
    DB_SG_RULE_ID: 'sgr-1',
  }
  expect(rdsOfAll(variables)).toEqual({
    local: undefined,
    prod: {
      profile: 'work',
      region: 'ca-central-1',
      instance: 'cruddur-db-instance',
      securityGroup: 'sg-1',
      securityGroupRule: 'sgr-1',
      signIn: 'password',
    },
  })
  expect(rdsOfAll({ PROD_CONNECTION_URL: url(onRds) })['prod']).toMatchObject({ profile: 'default' })
  expect(rdsOfAll({ CONNECTION_URL: url(onRds), DB_SG_ID: 'sg-1' })['local']).not.toHaveProperty('securityGroup')
  expect(rdsOfAll({ DB_SG_ID: 'sg-1' })).toEqual({ local: undefined, prod: undefined })
  expect(() => rdsOfAll({ DB_SG_ID: 'x'.repeat(65) })).toThrow(/DB_SG_ID/)
})

test('what the settings name of RDS stays; only group and rule of prod give way to the variables', () => {
  const rds = { profile: 'team', region: 'eu-west-3', instance: 'other', securityGroup: 'sg-own', signIn: 'iam' } as const
  const kept = (id: string) => ({ ...(embedded[0] as Source).environment, id, rds })
  expect(rdsOfAll({ AWS_PROFILE: 'work', DB_SG_ID: 'sg-1' }, [kept('prod'), kept('staging')])).toEqual({
    local: undefined,
    prod: { ...rds, securityGroup: 'sg-1' },
    staging: rds,
  })
})

test('the URLs are taken out of the process, what AWS needs stays', () => {
  const process = { PROD_CONNECTION_URL: url('one'), AWS_PROFILE: 'work', DB_SG_ID: 'sg-1', OTHER: 'x' }
  expect(takeVariables(process)).toMatchObject({ PROD_CONNECTION_URL: url('one'), AWS_PROFILE: 'work', DB_SG_ID: 'sg-1' })
  expect(process).toEqual({ AWS_PROFILE: 'work', DB_SG_ID: 'sg-1', OTHER: 'x' })
})

test('the authority of the practice cloud vouches for its instances, and for no other server', () => {
  const rdsOn = (profile: string) => ({ profile, region: 'ca-central-1', instance: 'second', signIn: 'password' }) as const
  const [local, prod] = embedded as [Source, Source]
  const practice: Source = { ...prod, environment: { ...prod.environment, rds: rdsOn('practice cloud') }, caPem: 'the practice authority' }
  const kept = (id: string, profile: string) => ({ ...local.environment, id, rds: rdsOn(profile) })
  const found = resolveSources([], [kept('second', 'practice cloud'), kept('real', 'work')], [local, practice])
  expect(found.map(({ environment, caPem }) => [environment.id, caPem])).toEqual([
    ['local', null],
    ['prod', 'the practice authority'],
    ['second', 'the practice authority'],
    ['real', null],
  ])
})
