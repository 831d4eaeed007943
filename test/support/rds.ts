import type { Reach } from '../../preload/contract/access.ts'
import type { InstanceRow } from '../../preload/contract/instances.ts'

const at = '2026-11-21T12:00:00.000Z'
const possible = { possible: true } as const

/** An instance as the Instances feature tells of it: available, unless changed. */
export const instanceRow = (change: Partial<InstanceRow> = {}): InstanceRow => ({
  key: { profile: 'work', region: 'ca-central-1', kind: 'instance', identifier: 'cruddur-db-instance' },
  arn: 'arn:aws:rds:ca-central-1:123456789012:db:cruddur-db-instance',
  status: 'available',
  engine: 'postgres',
  engineVersion: '18.1',
  instanceClass: 'db.t3.micro',
  multiAz: false,
  endpoint: null,
  memberOf: null,
  replicaOf: null,
  replicas: [],
  environments: ['prod'],
  start: possible,
  stop: possible,
  remove: possible,
  change: null,
  automaticRestartAt: null,
  forcedStartAt: null,
  watchkeeping: { keepStopped: false, schedule: null, next: null, done: [] },
  cost: null,
  seenAt: at,
  ...change,
})

/** The way to that instance as the Access feature tells of it: one rule lets this machine in, unless changed. */
export const reach = (change: Partial<Reach> = {}): Reach => ({
  instance: { key: instanceRow().key, port: 5432, publiclyAccessible: true },
  address: { state: 'known', address: '203.0.113.7', family: 'ipv4', sources: ['one', 'two'], since: at, before: null },
  groups: [{ id: 'sg-1', name: 'default', vpc: 'vpc-1' }],
  rules: [
    {
      id: 'sgr-1',
      group: 'sg-1',
      protocol: 'tcp',
      fromPort: 5432,
      toPort: 5432,
      source: '203.0.113.7/32',
      sourceKind: 'ipv4',
      description: null,
      coversPort: true,
      coversMe: true,
      wide: null,
      mine: 'tag',
      stale: false,
      expiresAt: null,
      owner: null,
    },
  ],
  allowed: true,
  plan: null,
  refusal: null,
  problem: null,
  options: { expiresAfterHours: 0, onStart: false, onChange: false },
  seenAt: at,
  ...change,
})
