import { describe, expect, test } from 'vitest'
import { allowOn, environmentsOn } from '../../../main/access/belongings.ts'
import type { Server } from '../../../main/access/look.ts'
import type { Environments } from '../../../main/environments/environments.ts'
import type { Environment } from '../../../preload/contract/environments.ts'
import { Failure } from '../../../preload/contract/errors.ts'

const region = 'ca-central-1'
const server: Server = {
  key: { profile: 'work', region, kind: 'instance', identifier: 'cruddur-db-instance' },
  status: 'available',
  endpoint: { host: 'db.example.com', port: 5432 },
  publiclyAccessible: true,
  dualStack: false,
  groups: ['sg-1'],
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
  allowOn({ environments, aws: onAmazon, allowUnlock }, caller, server, inView)

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

  test('one that belongs to none follows the environment in view, and on Amazon the flag', () => {
    expect(() => allow(among([local, elsewhere], ['local']), 'local')).toThrow('local is read-only')
    expect(() => allow(among([local], []), 'local', false)).toThrow('--allow-prod-changes')
    expect(allow(among([local], []), 'local')).toBe('local')
    const practice = { environments: among([local], []), aws: { isAmazon: () => false }, allowUnlock: false }
    expect(allowOn(practice, caller, server, 'local')).toBe('local')
  })
})
