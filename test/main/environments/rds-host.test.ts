import { expect, test } from 'vitest'
import { rdsOf, readRdsHost } from '../../../main/environments/rds-host.ts'
import type { Connection } from '../../../preload/contract/environments.ts'

const hash = 'c9akciq32rkq'

test.each([
  [`cruddur-db-instance.${hash}.ca-central-1.rds.amazonaws.com`, 'instance', 'cruddur-db-instance', 'ca-central-1'],
  [`Cruddur-DB.${hash}.CA-Central-1.rds.amazonaws.com.`, 'instance', 'cruddur-db', 'ca-central-1'],
  [`db.${hash}.us-gov-west-1.rds.amazonaws.com`, 'instance', 'db', 'us-gov-west-1'],
  [`db.${hash}.rds.cn-north-1.amazonaws.com.cn`, 'instance', 'db', 'cn-north-1'],
  [`db.${hash}.cn-northwest-1.rds.amazonaws.com.cn`, 'instance', 'db', 'cn-northwest-1'],
  [`aurora.cluster-${hash}.eu-west-3.rds.amazonaws.com`, 'cluster', 'aurora', 'eu-west-3'],
  [`aurora.cluster-ro-${hash}.eu-west-3.rds.amazonaws.com`, 'cluster', 'aurora', 'eu-west-3'],
  [`reports.cluster-custom-${hash}.eu-west-3.rds.amazonaws.com`, 'proxy', 'reports', 'eu-west-3'],
  [`pooled.proxy-${hash}.eu-west-3.rds.amazonaws.com`, 'proxy', 'pooled', 'eu-west-3'],
])('%s is %s %s in %s', (host, kind, identifier, region) => {
  expect(readRdsHost(host)).toEqual({ kind, identifier, region })
})

test.each([
  'localhost',
  '127.0.0.1',
  'db.example.com',
  'rds.amazonaws.com',
  `db.${hash}.ca-central-1.rds.amazonaws.com.attacker.example`,
  `db.${hash}.ca-central-1.rds.amazonaws.comx`,
  `db.${hash}.nowhere.rds.amazonaws.com`,
  `a.b.${hash}.ca-central-1.rds.amazonaws.com`,
])('%s is no host of RDS', (host) => {
  expect(readRdsHost(host)).toBeNull()
})

test('an environment behind a tunnel is found by the name of its certificate; a proxy is no instance', () => {
  const at = (host: string, servername?: string): Connection => ({
    host,
    port: 5432,
    database: 'cruddur',
    user: 'root',
    tls: 'verify-full',
    ...(servername === undefined ? {} : { servername }),
  })
  const cluster = `aurora.cluster-${hash}.eu-west-3.rds.amazonaws.com`
  expect(rdsOf(at('localhost', `db.${hash}.eu-west-3.rds.amazonaws.com`), 'work')).toEqual({
    profile: 'work',
    region: 'eu-west-3',
    instance: 'db',
    signIn: 'password',
  })
  expect(rdsOf(at(cluster), 'default')).toMatchObject({ instance: 'aurora', kind: 'cluster' })
  expect(rdsOf(at(`pooled.proxy-${hash}.eu-west-3.rds.amazonaws.com`), 'default')).toBeNull()
  expect(rdsOf(at('localhost'), 'default')).toBeNull()
})
