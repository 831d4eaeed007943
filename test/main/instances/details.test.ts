import { expect, test } from 'vitest'
import { createDetails } from '../../../main/instances/details.ts'
import { instanceDetails } from '../../../preload/contract/instance-details.ts'
import { queryAnswer, queryFault } from '../../support/aws-endpoint.ts'
import { type CloudParts, call, key, startCloud, type Tree, xml } from './cloud-fixture.ts'

async function start(parts: CloudParts = {}) {
  const { aws, endpoint } = await startCloud(parts)
  const answers = (action: string, ...pages: readonly [Tree, ...Tree[]]) => {
    const [first, ...rest] = pages
    endpoint.answer('rds', action, queryAnswer(action, xml(first)), ...rest.map((page) => queryAnswer(action, xml(page))))
  }
  answers('DescribeEvents', { Events: '' })
  answers('DescribeDBSnapshots', { DBSnapshots: '' })
  const details = () => createDetails({ aws }).details({ key }, call())
  return { endpoint, answers, details }
}

test('all about an instance, as AWS says it', async () => {
  const { endpoint, answers, details } = await start({
    versions: ['16.11', '16.13'],
    instance: { PendingModifiedValues: { MultiAZ: true, MasterUserPassword: '****' }, MaxAllocatedStorage: 100 },
  })
  const event = (date: string, message: string) => ({ SourceIdentifier: 'orders', SourceType: 'db-instance', Message: message, Date: date })
  answers(
    'DescribeEvents',
    { Events: { Event: event('2026-11-14T08:00:00Z', 'DB instance stopped') }, Marker: 'second' },
    { Events: '', Marker: 'third' },
    {
      Events: {
        Event: event('2026-11-21T08:05:00Z', 'DB instance is being started due to it exceeding the maximum allowed time being stopped.'),
      },
    },
  )
  const snapshot = (name: string, at: string) => ({
    DBSnapshotIdentifier: name,
    SnapshotCreateTime: at,
    Status: 'available',
    AllocatedStorage: 20,
  })
  answers('DescribeDBSnapshots', {
    DBSnapshots: { DBSnapshot: [snapshot('older', '2026-01-01T00:00:00Z'), snapshot('newer', '2026-02-01T00:00:00Z')] },
  })
  const found = await details()
  expect(instanceDetails.parse(found)).toEqual(found)
  expect(found).toMatchObject({
    engineLifecycle: { name: 'PostgreSQL 16.11', supportEndsAt: '2029-02-28', newerMinor: '16.13' },
    storage: { gib: 20, type: 'gp3', iops: null, encrypted: true, maxGib: 100 },
    network: { publiclyAccessible: false, securityGroups: [{ id: 'sg-1', status: 'active' }] },
    masterUser: 'shop_owner',
    firstDatabase: 'shop',
    certificate: { authority: 'rds-ca-rsa2048-g1', validTill: '2027-11-20T00:00:00.000Z' },
    pending: ['MasterUserPassword: a new one', 'MultiAZ: true'],
    tags: [{ key: 'team', value: 'shop' }],
    unseen: [],
  })
  expect(found.events?.map(({ id }) => id)).toEqual(['RDS-EVENT-0154', 'RDS-EVENT-0087'])
  expect(found.snapshots?.map(({ name }) => name)).toEqual(['newer', 'older'])
  const [first] = endpoint.asked('DescribeEvents')
  expect(first?.params.get('Duration')).toBe('20160')
  expect(endpoint.asked('DescribeEvents').map(({ params }) => params.get('Marker'))).toEqual([null, 'second', 'third'])
})

test('a part that is denied is null with its reason, never an empty list', async () => {
  const { endpoint, details } = await start()
  for (const action of ['DescribeEvents', 'DescribeDBSnapshots', 'DescribeDBEngineVersions', 'DescribeDBMajorEngineVersions'])
    endpoint.answer('rds', action, queryFault('AccessDenied', `User is not authorized to perform: rds:${action}`, 403))
  const found = await details()
  expect(found.events).toBeNull()
  expect(found.snapshots).toBeNull()
  expect(found.engineLifecycle).toEqual({ name: 'PostgreSQL 16.11', supportEndsAt: '2029-02-28', newerMinor: null })
  expect(found.unseen).toHaveLength(4)
})

test('an answer that holds no list is not an empty one', async () => {
  const { answers, details } = await start()
  answers('DescribeEvents', { Marker: '' })
  expect((await details()).events).toBeNull()
})

test('a support date that nobody has is not made up', async () => {
  const { details } = await start({ supportEnds: null, instance: { Engine: 'mysql', EngineVersion: '8.4.3' } })
  expect((await details()).engineLifecycle).toMatchObject({ name: 'MySQL 8.4.3', supportEndsAt: null })
})

test('what AWS did not say is told beside what is shown instead', async () => {
  const { details } = await start({ instance: { PubliclyAccessible: undefined, DeletionProtection: undefined } })
  expect((await details()).unseen).toEqual(['AWS did not say whether it is publicly accessible, whether it is protected from deletion.'])
})

test('an instance that is not there is gone', async () => {
  const { endpoint, details } = await start()
  endpoint.answer('rds', 'DescribeDBInstances', queryFault('DBInstanceNotFound', 'DBInstance orders not found.', 404))
  await expect(details()).rejects.toMatchObject({ code: 'GONE' })
})
