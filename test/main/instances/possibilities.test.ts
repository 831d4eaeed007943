import { expect, test } from 'vitest'
import { possibilitiesOf } from '../../../main/instances/possibilities.ts'
import type { Seen } from '../../../main/instances/seen.ts'
import { standingOf } from '../../../preload/contract/instances-words.ts'

const key = { profile: 'default', region: 'ca-central-1', kind: 'instance', identifier: 'orders' } as const
const plain: Seen = {
  key,
  arn: '',
  status: 'available',
  engine: 'postgres',
  engineVersion: '18.4',
  engineMode: null,
  instanceClass: 'db.t4g.micro',
  multiAz: false,
  endpoint: null,
  memberOf: null,
  kin: [],
  replicaOf: null,
  replicas: [],
  deletionProtection: false,
  automaticRestartAt: null,
  storageGib: 20,
  storageType: 'gp3',
}
const cluster: Seen = { ...plain, key: { ...key, kind: 'cluster' }, engine: 'aurora-postgresql', engineMode: 'provisioned' }

const offered = (seen: Seen) => {
  const { start, stop, remove } = possibilitiesOf(seen, null)
  return [start.possible && 'start', stop.possible && 'stop', remove.possible && 'remove'].filter((one) => one !== false).join(' ')
}
const reason = (seen: Seen, action: 'start' | 'stop' | 'remove') => {
  const found = possibilitiesOf(seen, null)[action]
  return found.possible ? 'possible' : found.reason
}

// Statuses of instances in the user guide's table, each with what may be asked for in it.
const nothing = [
  'backing-up',
  'configuring-enhanced-monitoring',
  'configuring-iam-database-auth',
  'configuring-log-exports',
  'converting-to-vpc',
  'creating',
  'delete-precheck',
  'deleting',
  'maintenance',
  'modifying',
  'moving-to-vpc',
  'rebooting',
  'renaming',
  'resetting-master-credentials',
  'starting',
  'stopping',
  'storage-config-upgrade',
  'storage-initialization',
  'storage-optimization',
  'upgrading',
]
const removable = [
  'failed',
  'inaccessible-encryption-credentials',
  'inaccessible-encryption-credentials-recoverable',
  'incompatible-create',
  'incompatible-network',
  'incompatible-option-group',
  'incompatible-parameters',
  'incompatible-restore',
  'insufficient-capacity',
  'restore-error',
  'storage-full',
]
const table: readonly (readonly [status: string, offered: string])[] = [
  ['available', 'stop remove'],
  ['stopped', 'start remove'],
  ...removable.map((status) => [status, 'remove'] as const),
  ...nothing.map((status) => [status, ''] as const),
  ['Available', ''],
  ['quantum-rebalancing', ''],
  ['', ''],
]

test.each(table)('in the status %j, offered is %j', (status, expected) => {
  expect(offered({ ...plain, status })).toBe(expected)
  if (status !== 'available') expect(reason({ ...plain, status }, 'stop')).toContain(status === '' ? 'no state' : status)
})

test.each([
  'backtracking',
  'cloning-failed',
  'failing-over',
  'migrating',
  'migration-failed',
  'preparing-data-migration',
  'promoting',
  'scaling-compute',
  'update-iam-db-auth',
  ...nothing,
])('a cluster that is %s is neither stopped nor started', (status) => {
  expect(offered({ ...cluster, status })).toBe('')
  expect(standingOf(status)).not.toBe('unknown')
})

test('an Aurora cluster is stopped and started, its members are not', () => {
  expect(offered(cluster)).toBe('stop')
  expect(offered({ ...cluster, status: 'stopped' })).toBe('start')
  const member: Seen = { ...plain, engine: 'aurora-postgresql', memberOf: 'shop' }
  for (const status of ['available', 'stopped']) expect(offered({ ...member, status })).toBe('')
  expect(reason(member, 'stop')).toBe('orders is a member of the cluster shop: stop and start the cluster.')
})

test.each<readonly [name: string, shape: Partial<Seen>, words: string]>([
  ['a replica', { replicaOf: 'shop' }, 'read replica of shop'],
  ['the source of replicas', { replicas: ['shop-a', 'shop-b'] }, 'source of shop-a, shop-b'],
  ['SQL Server with Multi-AZ', { engine: 'sqlserver-se', multiAz: true }, 'SQL Server with Multi-AZ'],
  ['RDS Custom', { engine: 'custom-oracle-ee' }, 'RDS Custom'],
  ['a member of a Multi-AZ cluster', { memberOf: 'shop' }, 'member of the cluster shop'],
])('%s is neither stopped nor started, and the reason is said', (_name, shape, words) => {
  for (const status of ['available', 'stopped']) {
    const seen = { ...plain, ...shape, status }
    expect(possibilitiesOf(seen, null)).toMatchObject({ start: { possible: false }, stop: { possible: false } })
    expect(reason(seen, 'start')).toContain(words)
    expect(reason(seen, 'stop')).toContain(words)
  }
})

test.each<readonly [name: string, shape: Partial<Seen>, words: string]>([
  ['a Multi-AZ cluster', { engine: 'postgres' }, 'Aurora clusters only'],
  ['a serverless v1 cluster', { engineMode: 'serverless' }, 'mode serverless'],
  ['a replica cluster', { replicaOf: 'arn:shop' }, 'replica of arn:shop'],
  ['the source of replica clusters', { replicas: ['arn:shop'] }, 'source of arn:shop'],
])('%s is neither stopped nor started, and the reason is said', (_name, shape, words) => {
  expect(reason({ ...cluster, ...shape }, 'stop')).toContain(words)
  expect(reason({ ...cluster, ...shape, status: 'stopped' }, 'start')).toContain(words)
})

test('SQL Server without Multi-AZ and a Multi-AZ Postgres are stopped', () => {
  expect(offered({ ...plain, engine: 'sqlserver-ex' })).toBe('stop remove')
  expect(offered({ ...plain, multiAz: true })).toBe('stop remove')
})

test('what is protected from deletion is not offered for it', () => {
  expect(offered({ ...plain, deletionProtection: true })).toBe('stop')
  expect(reason({ ...plain, deletionProtection: true }, 'remove')).toContain('protected from deletion')
})

test('while a change is under way, or the answer may be old, nothing is offered', () => {
  const change = { action: 'stop', requestedAt: '2026-11-21T12:00:00Z', by: 'user', sentence: 'orders was asked to stop.' } as const
  expect(possibilitiesOf(plain, { kind: 'change', change }).stop).toEqual({ possible: false, reason: 'orders was asked to stop.' })
  for (const one of Object.values(possibilitiesOf(plain, { kind: 'doubt', until: '2026-11-21T12:03:00Z' }))) {
    expect(one).toEqual({ possible: false, reason: 'AWS may still show an older state of orders. It is sure from 12:03:00 UTC on.' })
  }
})
