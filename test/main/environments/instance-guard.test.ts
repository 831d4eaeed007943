import { describe, expect, test } from 'vitest'
import type { Environments } from '../../../main/environments/environments.ts'
import { allowInstanceChange, environmentsOn } from '../../../main/environments/instance-guard.ts'
import type { Environment } from '../../../preload/contract/environments.ts'
import { Failure } from '../../../preload/contract/errors.ts'

const region = 'ca-central-1'
const server = {
  key: { profile: 'work', region, kind: 'instance', identifier: 'cruddur-db-instance' } as const,
  endpoint: { host: 'db.example.com', port: 5432 },
  kin: ['sales'],
}
const connection = { host: 'elsewhere.example.com', port: 5432, database: 'cruddur', user: 'root', tls: 'off' } as const
const made = (id: string, more: Partial<Environment> = {}): Environment => ({
  id,
  label: id,
  colour: 'blue',
  guard: 'open',
  origin: 'settings',
  project: 'cruddur',
  connection,
  ...more,
})
const rds = { profile: 'other', region, instance: 'cruddur-db-instance', signIn: 'password' } as const
const local = made('local')
const byName = made('prod', { guard: 'guarded', rds })
const byEndpoint = made('tunnel', { guard: 'guarded', connection: { ...connection, host: 'db.example.com' } })
const elsewhere = made('far', { rds: { ...rds, region: 'eu-west-1' } })

/** Environments of which these are locked. */
function among(all: readonly Environment[], locked: readonly string[]): Environments {
  return {
    get: (id) => all.find((one) => one.id === id) ?? made(id),
    all: () => all,
    target: () => ({ environment: '', host: '', port: 0, database: '', user: '', tls: null }),
    identity: () => null,
    isLocked: (_, id) => locked.includes(id),
    allowChange(_, id) {
      if (locked.includes(id)) throw new Failure('LOCKED', `${id} is read-only.`)
    },
    recheck() {},
    async setProject() {},
  }
}

const caller = { window: 'one' }
const onAmazon = { isAmazon: () => true }
const allow = (environments: Environments, inView: string, allowUnlock = true) =>
  allowInstanceChange({ environments, aws: onAmazon, allowUnlock }, caller, inView, server)

test('an instance belongs to whoever names it or connects to it, in its region', () => {
  const environments = among([local, byName, byEndpoint, elsewhere], [])
  expect(environmentsOn(environments, server, 'local').map(({ id }) => id)).toEqual(['prod', 'tunnel'])
  expect(environmentsOn(environments, server, 'tunnel').map(({ id }) => id)).toEqual(['tunnel', 'prod'])
})

describe('who may change it', () => {
  test('an open environment in view is no way around the locked one that it belongs to', () => {
    expect(() => allow(among([local, byName], ['prod']), 'local')).toThrow('prod is read-only')
    expect(() => allow(among([local, byEndpoint], ['tunnel']), 'local')).toThrow('tunnel is read-only')
    expect(() => allow(among([local, byName, byEndpoint], ['tunnel']), 'prod')).toThrow('tunnel is read-only')
    expect(allow(among([local, byName, byEndpoint], []), 'local')).toBe('prod')
  })

  test('nor is the case of a name or of a host', () => {
    const named = made('prod', { guard: 'guarded', rds: { ...rds, instance: 'Cruddur-DB-Instance' } })
    const connected = made('tunnel', { guard: 'guarded', connection: { ...connection, host: 'DB.example.com' } })
    expect(() => allow(among([local, named], ['prod']), 'local')).toThrow('prod is read-only')
    expect(() => allow(among([local, connected], ['tunnel']), 'local')).toThrow('tunnel is read-only')
  })

  test('nor is its cluster, one of its members, or a tunnel to it', () => {
    const kin = made('prod', { guard: 'guarded', rds: { ...rds, instance: 'Sales', kind: 'cluster' } })
    const tunnel = made('tunnel', { guard: 'guarded', connection: { ...connection, host: '127.0.0.1', servername: 'DB.example.com.' } })
    expect(() => allow(among([local, kin], ['prod']), 'local')).toThrow('prod is read-only')
    expect(() => allow(among([local, tunnel], ['tunnel']), 'local')).toThrow('tunnel is read-only')
  })

  test('what can hurt asks for the name of one that belongs to none', () => {
    const guard = { environments: among([local], []), aws: onAmazon, allowUnlock: true }
    expect(() => allowInstanceChange(guard, caller, 'local', server, 'cruddur')).toThrow('type cruddur-db-instance exactly')
    expect(allowInstanceChange(guard, caller, 'local', server, 'cruddur-db-instance')).toBe('local')
  })

  test('one that belongs to none follows the environment in view, and on Amazon the flag', () => {
    expect(() => allow(among([local, elsewhere], ['local']), 'local')).toThrow('local is read-only')
    expect(() => allow(among([local], []), 'local', false)).toThrow('--allow-prod-changes')
    expect(allow(among([local], []), 'local')).toBe('local')
    expect(() => allow(among([{ ...byName, guard: 'open' }], []), 'prod', false)).toThrow('--allow-prod-changes')
    const practice = { environments: among([local], []), aws: { isAmazon: () => false }, allowUnlock: false }
    expect(allowInstanceChange(practice, caller, 'local', server)).toBe('local')
  })
})
