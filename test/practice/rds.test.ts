import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuthorizeSecurityGroupIngressCommand, EC2Client, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2'
import {
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  DescribeEventsCommand,
  ModifyDBInstanceCommand,
  RebootDBInstanceCommand,
  StartDBInstanceCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'
import { type Cloud, clientOf, describe, signIn, silence, startCloud, until } from './cloud.ts'

const first = { DBInstanceIdentifier: 'cruddur-db-instance' }

const messages = async ({ rds }: Cloud): Promise<(string | undefined)[]> =>
  ((await rds.send(new DescribeEventsCommand({ SourceType: 'db-instance' }))).Events ?? []).map(({ Message }) => Message)

test('a stop passes through stopping, silences the instance, and a start brings back the same data', async () => {
  const cloud = await startCloud(await temporaryFolder())
  const { rds, practice } = cloud
  const before = await signIn(practice.instance)
  await before?.query('CREATE TABLE kept AS SELECT 42 AS answer')
  const ended = new Promise<void>((resolve) => before?.on('end', resolve))

  const stopped = await rds.send(new StopDBInstanceCommand({ ...first, DBSnapshotIdentifier: 'Before-Night' }))
  expect(stopped.DBInstance?.DBInstanceStatus).toBe('stopping')
  // Not idempotent: a second stop is refused at once.
  await expect(rds.send(new StopDBInstanceCommand(first))).rejects.toMatchObject({
    name: 'InvalidDBInstanceStateFault',
    Code: 'InvalidDBInstanceState',
    message: 'Instance cruddur-db-instance is not in available state.',
  })
  expect(await until(rds, 'cruddur-db-instance', 'stopped')).toContain('stopping')
  await ended
  expect(await signIn(practice.instance, silence)).toBeNull()
  const { AutomaticRestartTime, Endpoint } = await describe(rds, 'cruddur-db-instance')
  const days = ((AutomaticRestartTime?.getTime() ?? 0) - Date.now()) / 86_400_000
  expect(days).toBeGreaterThan(6.99)
  expect(days).toBeLessThanOrEqual(7)
  expect(Endpoint).toMatchObject({ Address: '127.0.0.1', Port: practice.instance.port })
  const snapshots = await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: 'before-night' }))
  expect(snapshots.DBSnapshots).toMatchObject([{ Status: 'available', DBInstanceIdentifier: 'cruddur-db-instance' }])

  expect((await rds.send(new StartDBInstanceCommand(first))).DBInstance?.DBInstanceStatus).toBe('starting')
  expect(await until(rds, 'cruddur-db-instance', 'available')).toContain('starting')
  expect((await describe(rds, 'cruddur-db-instance')).AutomaticRestartTime).toBeUndefined()
  const after = await signIn(practice.instance)
  expect((await after?.query('SELECT answer FROM kept'))?.rows).toEqual([{ answer: 42 }])
  expect(await messages(cloud)).toEqual(['DB instance stopped', 'DB instance started'])
  await expect(rds.send(new StartDBInstanceCommand(first))).rejects.toMatchObject({ Code: 'InvalidDBInstanceState' })
})

test('a forced start is told by its event, and clears the time of the restart', async () => {
  const cloud = await startCloud(await temporaryFolder())
  const { rds, practice } = cloud
  await expect(practice.control.forceStart('cruddur-db-instance')).rejects.toMatchObject({ code: 'WRONG_STATE' })
  await rds.send(new StopDBInstanceCommand(first))
  await until(rds, 'cruddur-db-instance', 'stopped')
  await practice.control.forceStart('cruddur-db-instance')
  await until(rds, 'cruddur-db-instance', 'available')
  expect(await messages(cloud)).toEqual([
    'DB instance stopped',
    'DB instance is being started due to it exceeding the maximum allowed time being stopped.',
    'DB instance started',
  ])
})

test('only who a rule covers is heard, a rule that comes while a caller waits lets it in, and a move silences what was open', async () => {
  const { practice, rds } = await startCloud(await temporaryFolder())
  const ec2 = clientOf(practice, EC2Client)
  const { instance } = practice
  const open = await signIn(instance)
  expect((await open?.query('SELECT 1 AS one'))?.rows).toEqual([{ one: 1 }])
  const [group] = (await describe(rds, 'cruddur-db-instance')).VpcSecurityGroups ?? []
  const GroupId = group?.VpcSecurityGroupId
  const rule = (CidrIp: string) => ({ GroupId, IpProtocol: 'tcp', FromPort: instance.port, ToPort: instance.port, CidrIp })

  await ec2.send(new RevokeSecurityGroupIngressCommand(rule('203.0.113.24/32')))
  await expect.poll(() => signIn(instance, silence)).toBeNull()
  // What is open stays open when only rules change.
  expect((await open?.query('SELECT 2 AS two'))?.rows).toEqual([{ two: 2 }])

  const waiting = signIn(instance)
  await ec2.send(new AuthorizeSecurityGroupIngressCommand(rule('203.0.113.24/32')))
  expect((await (await waiting)?.query('SELECT 3 AS three'))?.rows).toEqual([{ three: 3 }])

  await practice.control.change({ network: 'cafe' })
  expect(await signIn(instance, silence)).toBeNull()
  const answered = open?.query('SELECT 4').then(
    () => 'answered',
    () => 'ended',
  )
  const waited = new Promise((resolve) => setTimeout(() => resolve('silent'), silence))
  expect(await Promise.race([answered, waited])).toBe('silent')
  await ec2.send(new AuthorizeSecurityGroupIngressCommand(rule('198.51.100.77/32')))
  expect(await signIn(instance)).not.toBeNull()
})

const creation = {
  DBInstanceIdentifier: 'Second-One',
  DBInstanceClass: 'db.t4g.micro',
  Engine: 'postgres',
  MasterUsername: 'app',
  MasterUserPassword: 'a-good-password',
  AllocatedStorage: 20,
  DBName: 'shop',
  Tags: [{ Key: 'owner', Value: '<me> & "you"' }],
}

test('an instance is created with its own user, password and database, modified, and deleted with all that it kept', async () => {
  const folder = await temporaryFolder()
  const cloud = await startCloud(folder)
  const { rds, practice } = cloud
  const { DBInstance } = await rds.send(new CreateDBInstanceCommand(creation))
  expect(DBInstance).toMatchObject({ DBInstanceIdentifier: 'second-one', DBInstanceStatus: 'creating' })
  expect(DBInstance?.Endpoint).toBeUndefined()
  await expect(rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'second-one' }))).rejects.toMatchObject({
    Code: 'InvalidDBInstanceState',
  })
  await expect(rds.send(new CreateDBInstanceCommand(creation))).rejects.toMatchObject({ Code: 'DBInstanceAlreadyExists' })
  expect(await until(rds, 'second-one', 'available')).toContain('backing-up')
  const made = await describe(rds, 'SECOND-ONE')
  expect(made).toMatchObject({ MasterUsername: 'app', DBName: 'shop', StorageType: 'gp3', TagList: creation.Tags })
  const port = made.Endpoint?.Port ?? 0
  const ec2 = clientOf(practice, EC2Client)
  const GroupId = made.VpcSecurityGroups?.[0]?.VpcSecurityGroupId
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({ GroupId, IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIp: '203.0.113.0/24' }),
  )
  const at = { port, user: 'app', password: 'a-good-password', database: 'shop', caPem: practice.instance.caPem }
  expect(await signIn(at)).not.toBeNull()

  const password = 'an0ther-password'
  const modified = await rds.send(
    new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'second-one', MasterUserPassword: password, DeletionProtection: true }),
  )
  expect(modified.DBInstance).toMatchObject({ DBInstanceStatus: 'resetting-master-credentials', DeletionProtection: true })
  await until(rds, 'second-one', 'available')
  await expect(signIn(at)).rejects.toMatchObject({ code: '28P01' })
  expect(await signIn({ ...at, password })).not.toBeNull()

  // What interrupts waits, unless it is asked for at once.
  const later = await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'second-one', DBInstanceClass: 'db.t3.small' }))
  expect(later.DBInstance).toMatchObject({ DBInstanceStatus: 'available', PendingModifiedValues: { DBInstanceClass: 'db.t3.small' } })
  const changed = await rds.send(
    new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'second-one', AllocatedStorage: 30, ApplyImmediately: true }),
  )
  expect(changed.DBInstance).toMatchObject({ DBInstanceStatus: 'modifying' })
  await until(rds, 'second-one', 'available')
  expect(await describe(rds, 'second-one')).toMatchObject({
    AllocatedStorage: 30,
    DBInstanceClass: 'db.t3.small',
    PendingModifiedValues: {},
  })

  const removal = { DBInstanceIdentifier: 'second-one', SkipFinalSnapshot: true }
  await expect(rds.send(new DeleteDBInstanceCommand(removal))).rejects.toMatchObject({
    name: 'InvalidParameterCombination',
    message: 'Cannot delete protected DB Instance, please disable deletion protection and try again.',
  })
  await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'second-one', DeletionProtection: false }))
  await expect(rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'second-one' }))).rejects.toMatchObject({
    name: 'InvalidParameterCombination',
  })
  const folders = await readdir(join(folder, 'instances'))
  const own = folders.find((name) => name !== 'cruddur-db-instance') ?? ''
  await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'second-one', FinalDBSnapshotIdentifier: 'the-end' }))
  await expect.poll(() => describe(rds, 'second-one').catch(({ Code }: { Code: string }) => Code)).toBe('DBInstanceNotFound')
  expect(existsSync(join(folder, 'instances', own))).toBe(false)
  await expect(signIn({ ...at, password }, silence)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  expect(
    (await rds.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: 'second-one', SnapshotType: 'manual' }))).DBSnapshots,
  ).toMatchObject([{ DBSnapshotIdentifier: 'the-end', Status: 'available' }])
  const told = await messages(cloud)
  expect(told).toContain('DB instance created')
  expect(told.at(-1)).toBe('DB instance deleted')
})

test('backups that are switched on begin at once, and end with a snapshot of their own', async () => {
  const cloud = await startCloud(await temporaryFolder())
  const { rds } = cloud
  await rds.send(new ModifyDBInstanceCommand({ ...first, BackupRetentionPeriod: 7 }))
  expect(await describe(rds, 'cruddur-db-instance')).toMatchObject({
    BackupRetentionPeriod: 0,
    PendingModifiedValues: { BackupRetentionPeriod: 7 },
  })
  await rds.send(new ModifyDBInstanceCommand({ ...first, ApplyImmediately: true }))
  expect(await until(rds, 'cruddur-db-instance', 'available')).toEqual(['modifying', 'backing-up', 'available'])
  const backedUp = await describe(rds, 'cruddur-db-instance')
  expect(backedUp).toMatchObject({ BackupRetentionPeriod: 7, PendingModifiedValues: {} })
  expect(backedUp.LatestRestorableTime).toBeInstanceOf(Date)
  const { DBSnapshots } = await rds.send(new DescribeDBSnapshotsCommand({ ...first, SnapshotType: 'automated' }))
  expect(DBSnapshots).toMatchObject([{ DBSnapshotIdentifier: expect.stringMatching(/^rds:cruddur-db-instance-/), Status: 'available' }])
})

test('state, ports, and a transition under way survive a restart of the cloud', async () => {
  const folder = await temporaryFolder()
  const before = await startCloud(folder)
  await before.rds.send(new StopDBInstanceCommand(first))
  await until(before.rds, 'cruddur-db-instance', 'stopped')
  const told = await describe(before.rds, 'cruddur-db-instance')
  await before.practice.close()
  // What a cloud leaves that is killed in the middle of making an instance.
  const half = join(folder, 'instances', `db-${'a'.repeat(26)}`)
  await mkdir(half)

  const slow = await startCloud(folder, { speed: 1 })
  expect(slow.practice.endpoint).toEqual(before.practice.endpoint)
  expect(slow.practice.instance).toEqual(before.practice.instance)
  expect(await describe(slow.rds, 'cruddur-db-instance')).toEqual(told)
  expect(existsSync(half)).toBe(false)
  expect(await signIn(slow.practice.instance, silence)).toBeNull()
  await slow.rds.send(new StartDBInstanceCommand(first))
  await slow.practice.close()

  const after = await startCloud(folder)
  await until(after.rds, 'cruddur-db-instance', 'available')
  expect(await signIn(after.practice.instance)).not.toBeNull()
  expect(await messages(after)).toEqual(['DB instance stopped', 'DB instance started'])
})

test('what was stopped for seven days is started, also when they end while the cloud does not run', async () => {
  const folder = await temporaryFolder()
  const before = await startCloud(folder)
  await before.rds.send(new StopDBInstanceCommand(first))
  await until(before.rds, 'cruddur-db-instance', 'stopped')
  await before.practice.close()
  const path = join(folder, 'state', 'rds.json')
  const yesterday = new Date(Date.now() - 86_400_000).toISOString()
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace(/("automaticRestartAt": )"[^"]+"/, `$1"${yesterday}"`))
  const after = await startCloud(folder)
  await until(after.rds, 'cruddur-db-instance', 'available')
  expect(await messages(after)).toContain('DB instance is being started due to it exceeding the maximum allowed time being stopped.')
})

test('a state that cannot be read is put aside and told, and the cloud begins anew on the data that is there', async () => {
  const folder = await temporaryFolder()
  const before = await startCloud(folder)
  await (await signIn(before.practice.instance))?.query('CREATE TABLE kept AS SELECT 42 AS answer')
  await before.practice.close()
  const path = join(folder, 'state', 'rds.json')
  await writeFile(path, '{"instances": 1')
  const told: string[] = []
  const after = await startCloud(folder, { report: (text) => void told.push(text) })
  expect(told).toEqual([expect.stringContaining(`It is kept as ${path}.damaged`)])
  expect(await readFile(`${path}.damaged`, 'utf8')).toBe('{"instances": 1')
  expect(after.practice.instance).toEqual(before.practice.instance)
  const { rows } = (await (await signIn(after.practice.instance))?.query('SELECT answer FROM kept')) ?? {}
  expect(rows).toEqual([{ answer: 42 }])
})

test('a change of the speed holds for what is under way', async () => {
  const { rds, practice } = await startCloud(await temporaryFolder(), { speed: 1 })
  await rds.send(new RebootDBInstanceCommand(first))
  expect(await until(rds, 'cruddur-db-instance', 'rebooting')).toContain('rebooting')
  await practice.control.change({ speed: 6000 })
  await until(rds, 'cruddur-db-instance', 'available')
})

test('what RDS tells lags behind what is so', async () => {
  const { rds } = await startCloud(await temporaryFolder(), { speed: 1, lagSeconds: 1_000_000 })
  await rds.send(new CreateDBSnapshotCommand({ ...first, DBSnapshotIdentifier: 'one' }))
  // It is backing up by now, which describe does not say yet but a stop hears of.
  const told = await describe(rds, 'cruddur-db-instance')
  await expect(rds.send(new StopDBInstanceCommand(first))).rejects.toMatchObject({ Code: 'InvalidDBInstanceState' })
  expect(told.DBInstanceStatus).toBe('available')
})

const refused: readonly (readonly [string, object, string])[] = [
  ['a name that ends in a hyphen', { DBInstanceIdentifier: 'second-' }, 'InvalidParameterValue'],
  ['a name of 64 letters', { DBInstanceIdentifier: 'a'.repeat(64) }, 'InvalidParameterValue'],
  ['an @ in the password', { MasterUserPassword: 'good@password' }, 'InvalidParameterValue'],
  ['a password of seven characters', { MasterUserPassword: 'seven77' }, 'InvalidParameterValue'],
  ['a reserved user', { MasterUsername: 'rdsadmin' }, 'InvalidParameterValue'],
  ['a port below 1150', { Port: 80 }, 'InvalidParameterValue'],
  ['36 days of backups', { BackupRetentionPeriod: 36 }, 'InvalidParameterValue'],
  ['too little storage', { AllocatedStorage: 5 }, 'InvalidParameterCombination'],
  ['io1 without its IOPS', { StorageType: 'io1', AllocatedStorage: 100 }, 'InvalidParameterCombination'],
  ['another engine', { Engine: 'mysql' }, 'InvalidParameterValue'],
  ['a version that there is not', { EngineVersion: '14.6' }, 'InvalidParameterCombination'],
  ['a class that there is not', { DBInstanceClass: 'db.x99.huge' }, 'InvalidParameterCombination'],
  ['a zone with Multi-AZ', { MultiAZ: true, AvailabilityZone: 'ca-central-1a' }, 'InvalidParameterCombination'],
  ['a group that there is not', { VpcSecurityGroupIds: ['sg-0123456789abcdef0'] }, 'InvalidParameterValue'],
  ['a database with a space', { DBName: 'my shop' }, 'InvalidParameterValue'],
]

test('what RDS would refuse of a new instance is refused in its codes, and nothing is made', async () => {
  const folder = await temporaryFolder()
  const { rds } = await startCloud(folder)
  for (const [what, change, code] of refused) {
    const sent = rds.send(new CreateDBInstanceCommand({ ...creation, ...change }))
    await expect(sent, what).rejects.toMatchObject({ Code: code })
  }
  expect((await rds.send(new DescribeDBInstancesCommand({}))).DBInstances).toHaveLength(1)
  expect(await readdir(join(folder, 'instances'))).toEqual(['cruddur-db-instance'])
  // A password never reaches the state.
  expect(await readFile(join(folder, 'state', 'rds.json'), 'utf8')).not.toContain('password')
})
