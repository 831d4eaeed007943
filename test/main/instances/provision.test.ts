import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createPrices } from '../../../main/instances/pricing.ts'
import { createArrivals } from '../../../main/instances/provision/arrivals.ts'
import { createProvision } from '../../../main/instances/provision/provision.ts'
import type { Draft, Environment } from '../../../preload/contract/environments.ts'
import type { Creation } from '../../../preload/contract/provision.ts'
import { ec2Answer, ec2Fault, jsonFault, queryAnswer, queryFault } from '../../support/aws-endpoint.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { type CloudParts, call, createChanging, key, now, place, soundInstance, startCloud, xml } from './cloud-fixture.ts'

const prod: Environment = {
  id: 'prod',
  label: 'prod',
  colour: 'red',
  guard: 'guarded',
  connection: { host: 'db', port: 5432, database: 'cruddur', user: 'root', tls: 'verify-full' },
  origin: 'settings',
  project: 'cruddur',
}

async function start(parts: CloudParts = {}, folder?: string) {
  const stateFolder = folder ?? (await temporaryFolder())
  const told: string[] = []
  const { aws, endpoint } = await startCloud(parts)
  const { changing, followed, lines } = createChanging()
  const saved: Draft[] = []
  const environments = { all: () => [prod], get: () => prod }
  const saveEnvironment = async (draft: Draft) => {
    saved.push(draft)
    return { ...prod, id: draft.id }
  }
  endpoint.answer('pricing', 'GetProducts', jsonFault('AccessDeniedException', 'no'))
  const prices = createPrices({ aws, now: () => now, log: () => {} })
  const arrivals = createArrivals({
    aws,
    environments,
    stateFolder,
    saveEnvironment,
    log: () => {},
    tell: (_, sentence) => void told.push(sentence),
  })
  const provision = createProvision({ aws, environments, changing, prices, arrivals, saveEnvironment, now: () => now })
  return { endpoint, provision, followed, lines, saved, arrivals, told }
}

const creation: Creation = {
  ...place,
  identifier: 'Shop-db-instance',
  instanceClass: 'db.t4g.micro',
  engineVersion: '16.11',
  masterUser: 'shop_owner',
  password: 'correct-horse-battery-staple',
  managePassword: false,
  database: 'shop',
  port: 5433,
  storageGib: 20,
  storageType: 'gp3',
  encrypted: true,
  publiclyAccessible: false,
  multiAz: false,
  securityGroups: ['sg-1', 'sg-2'],
  backupRetentionDays: 7,
  deletionProtection: true,
  iamAuthentication: true,
  performanceInsights: false,
  makeEnvironment: null,
}

test('an instance is asked for as the form says, and the password goes to AWS alone', async () => {
  const { provision, endpoint, lines, followed } = await start()
  endpoint.answer('rds', 'CreateDBInstance', queryAnswer('CreateDBInstance', xml({ DBInstance: { DBInstanceStatus: 'creating' } })))
  const made = await provision.create({ environment: 'prod', creation }, call())
  expect(made).toEqual({ ...place, kind: 'instance', identifier: 'shop-db-instance' })
  const [request] = endpoint.asked('CreateDBInstance')
  expect(Object.fromEntries(request?.params ?? [])).toMatchObject({
    DBInstanceIdentifier: 'Shop-db-instance',
    Engine: 'postgres',
    EngineVersion: '16.11',
    MasterUsername: 'shop_owner',
    MasterUserPassword: 'correct-horse-battery-staple',
    DBName: 'shop',
    Port: '5433',
    AllocatedStorage: '20',
    StorageType: 'gp3',
    StorageEncrypted: 'true',
    PubliclyAccessible: 'false',
    MultiAZ: 'false',
    'VpcSecurityGroupIds.VpcSecurityGroupId.2': 'sg-2',
    BackupRetentionPeriod: '7',
    DeletionProtection: 'true',
    EnableIAMDatabaseAuthentication: 'true',
  })
  expect(followed).toEqual(['create shop-db-instance'])
  expect(lines).toEqual(['prod: Create instance, shop-db-instance, before not there', 'done: creating'])
  expect(endpoint.requests.filter((one) => one.body.includes('correct-horse'))).toHaveLength(1)
})

test('what AWS would refuse is never sent', async () => {
  const { provision, endpoint, lines } = await start()
  await expect(
    provision.create({ environment: 'prod', creation: { ...creation, port: 80, password: 'short' } }, call()),
  ).rejects.toMatchObject({
    code: 'INVALID',
    message: expect.not.stringContaining('short'),
  })
  expect(endpoint.asked('CreateDBInstance')).toEqual([])
  expect(lines).toEqual([])
})

test('a refusal of AWS is written down as such', async () => {
  const { provision, endpoint, lines } = await start()
  endpoint.answer('rds', 'CreateDBInstance', queryFault('DBInstanceAlreadyExists', 'DB instance already exists'))
  await expect(provision.create({ environment: 'prod', creation }, call())).rejects.toMatchObject({
    data: { source: { vendor: 'aws', code: 'DBInstanceAlreadyExists' } },
  })
  expect(lines.at(-1)).toMatch(/^failed: /)
})

test('a price that nobody gives is null, and the check goes on', async () => {
  const { provision } = await start()
  const check = await provision.checkCreation({ creation })
  expect(check.refusals).toEqual([])
  expect(check.perHour).toBeNull()
  expect(check.command).toContain('--endpoint-url http://127.0.0.1:')
})

test('what a region offers is to be chosen from; what is denied is empty, with its reason', async () => {
  const { provision, endpoint } = await start({ versions: ['16.11', '17.7', '18.0.beta', '17.10'] })
  const classes = ['db.m7g.large', 'db.t4g.micro', 'db.t4g.micro'].map((name) => ({ Engine: 'postgres', DBInstanceClass: name }))
  endpoint.answer(
    'rds',
    'DescribeOrderableDBInstanceOptions',
    queryAnswer('DescribeOrderableDBInstanceOptions', xml({ OrderableDBInstanceOptions: '', Marker: 'more' })),
    queryAnswer('DescribeOrderableDBInstanceOptions', xml({ OrderableDBInstanceOptions: { OrderableDBInstanceOption: classes } })),
  )
  const zones = ['ca-central-1b', 'ca-central-1a'].map((zoneName) => ({ zoneName, zoneState: 'available', zoneType: 'availability-zone' }))
  const local = { zoneName: 'ca-central-1-yyc-1a', zoneState: 'available', zoneType: 'local-zone' }
  endpoint.answer(
    'ec2',
    'DescribeAvailabilityZones',
    ec2Answer('DescribeAvailabilityZones', xml({ availabilityZoneInfo: { item: [...zones, local] } })),
  )
  endpoint.answer('ec2', 'DescribeSecurityGroups', ec2Fault('UnauthorizedOperation', 'You are not authorized.', 403))
  const options = await provision.creationOptions({ environment: 'prod', place }, call())
  expect(options).toMatchObject({
    engineVersions: ['18.0.beta', '17.10', '17.7', '16.11'],
    instanceClasses: ['db.m7g.large', 'db.t4g.micro'],
    availabilityZones: ['ca-central-1a', 'ca-central-1b'],
    securityGroups: [],
  })
  expect(options.unseen).toHaveLength(1)
  expect(options.defaults).toMatchObject({
    ...place,
    identifier: 'cruddur-db-instance',
    database: 'cruddur',
    engineVersion: '17.10',
    instanceClass: 'db.t4g.micro',
    encrypted: true,
    publiclyAccessible: false,
    deletionProtection: true,
    backupRetentionDays: 7,
    iamAuthentication: true,
  })
  const check = await provision.checkCreation({ creation: { ...options.defaults, password: 'correct-horse-battery-staple' } })
  expect(check.refusals).toEqual([])
})

test('an environment is made of an instance: its endpoint, first database and master user, verified and guarded', async () => {
  const { provision, saved } = await start()
  await provision.adopt({ environment: 'prod', key, id: 'shop', label: 'Shop' }, call())
  expect(saved).toEqual([
    {
      id: 'shop',
      label: 'Shop',
      colour: 'orange',
      guard: 'guarded',
      project: 'cruddur',
      connection: {
        host: 'orders.abc.ca-central-1.rds.amazonaws.com',
        port: 5433,
        database: 'shop',
        user: 'shop_owner',
        tls: 'verify-full',
      },
      rds: { ...place, instance: 'orders', signIn: 'password' },
    },
  ])
  await expect(provision.adopt({ environment: 'prod', key, id: 'prod', label: 'again' }, call())).rejects.toMatchObject({ code: 'BUSY' })
})

test.each([
  ['WRONG_STATE', { Endpoint: undefined, DBInstanceStatus: 'creating' }],
  ['INVALID', { Engine: 'mysql' }],
] as const)('no environment is made of what it cannot connect to: %s', async (code, instance) => {
  const { provision, saved } = await start({ instance })
  await expect(provision.adopt({ environment: 'prod', key, id: 'shop', label: 'Shop' }, call())).rejects.toMatchObject({ code })
  expect(saved).toEqual([])
})

test('the environment of a new instance is made once it is available, also by the next console, and the password is not kept', async () => {
  const folder = await temporaryFolder()
  const first = await start({}, folder)
  first.endpoint.answer('rds', 'CreateDBInstance', queryAnswer('CreateDBInstance', xml({ DBInstance: { DBInstanceStatus: 'creating' } })))
  const wanted = { ...creation, identifier: 'orders', makeEnvironment: { id: 'shop', label: 'Shop' } }
  await first.provision.create({ environment: 'prod', creation: wanted }, call())
  first.arrivals.turned(key, 'creating')
  await first.arrivals.close()
  expect(first.saved).toEqual([])
  for (const name of await readdir(folder)) expect(await readFile(join(folder, name), 'utf8')).not.toContain('correct-horse')

  const second = await start({}, folder)
  await second.arrivals.load()
  expect(second.arrivals.keys()).toEqual([key])
  second.arrivals.turned(key, 'available')
  second.arrivals.turned(key, 'available')
  await second.arrivals.close()
  expect(second.saved).toMatchObject([
    { id: 'shop', label: 'Shop', connection: { database: 'shop', user: 'shop_owner', tls: 'verify-full' } },
  ])
  expect(second.saved[0]).not.toHaveProperty('password')
  expect(second.told).toEqual(['It is available, and the environment Shop was made of it.'])

  const third = await start({}, folder)
  await third.arrivals.load()
  expect(third.arrivals.keys()).toEqual([])
})

test('where no environment can be made of a new instance, that is told; where it is gone, nothing is', async () => {
  const { arrivals, saved, told } = await start({ instance: { Engine: 'mysql' } })
  await arrivals.expect(key, { id: 'shop', label: 'Shop', project: 'cruddur' })
  arrivals.turned(key, 'available')
  await arrivals.close()
  expect(told).toEqual([expect.stringContaining('no environment was made of it')])
  await arrivals.expect(key, { id: 'shop', label: 'Shop', project: 'cruddur' })
  arrivals.turned(key, null)
  await arrivals.close()
  expect(arrivals.keys()).toEqual([])
  expect(saved).toEqual([])
  expect(told).toHaveLength(1)
})

const removal = { environment: 'prod', key, finalSnapshot: 'orders-final', deleteBackups: false, confirm: 'orders' }
const unprotected = { instance: { DeletionProtection: false } }

test('an instance is deleted with a final snapshot, by its typed name', async () => {
  const { provision, endpoint, lines, followed } = await start(unprotected)
  endpoint.answer(
    'rds',
    'DeleteDBInstance',
    queryAnswer('DeleteDBInstance', xml({ DBInstance: { ...soundInstance, DBInstanceStatus: 'deleting' } })),
  )
  await provision.remove(removal, call())
  expect(Object.fromEntries(endpoint.asked('DeleteDBInstance')[0]?.params ?? [])).toMatchObject({
    DBInstanceIdentifier: 'orders',
    SkipFinalSnapshot: 'false',
    FinalDBSnapshotIdentifier: 'orders-final',
    DeleteAutomatedBackups: 'false',
  })
  expect(followed).toEqual(['delete orders'])
  expect(lines.at(-1)).toBe('done: deleting')
  await provision.remove({ ...removal, finalSnapshot: null, deleteBackups: true }, call())
  const last = Object.fromEntries(endpoint.asked('DeleteDBInstance')[1]?.params ?? [])
  expect(last).toMatchObject({ SkipFinalSnapshot: 'true', DeleteAutomatedBackups: 'true' })
  expect(last).not.toHaveProperty('FinalDBSnapshotIdentifier')
})

test.each<[string, CloudParts, Partial<typeof removal> | { finalSnapshot: null }]>([
  ['UNCONFIRMED', unprotected, { confirm: 'Orders' }],
  ['INVALID', unprotected, { finalSnapshot: '1-wrong' }],
  ['INVALID', unprotected, { finalSnapshot: 'two--hyphens' }],
  ['WRONG_STATE', {}, {}],
  ['WRONG_STATE', { instance: { DeletionProtection: false, DBInstanceStatus: 'deleting' } }, {}],
  ['WRONG_STATE', { instance: { DeletionProtection: false, DBInstanceStatus: 'failed' } }, {}],
  ['WRONG_STATE', { instance: { DeletionProtection: false, ReadReplicaSourceDBInstanceIdentifier: 'main' } }, {}],
  ['WRONG_STATE', { instance: { DeletionProtection: false, DBClusterIdentifier: 'fleet' } }, { finalSnapshot: null }],
])('nothing is deleted: %s, %o %o', async (code, parts, change) => {
  const { provision, endpoint } = await start(parts)
  await expect(provision.remove({ ...removal, ...change } as typeof removal, call())).rejects.toMatchObject({ code })
  expect(endpoint.asked('DeleteDBInstance')).toEqual([])
})

test('a protected instance says how to take its protection off', async () => {
  const { provision } = await start()
  await expect(provision.remove(removal, call())).rejects.toMatchObject({
    message: expect.stringContaining('protected from deletion'),
    data: { command: expect.stringMatching(/^aws rds modify-db-instance .*--db-instance-identifier orders --no-deletion-protection/) },
  })
})
