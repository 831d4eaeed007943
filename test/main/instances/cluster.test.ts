import { expect, test } from 'vitest'
import { createDetails } from '../../../main/instances/details.ts'
import { createPosture } from '../../../main/instances/posture/posture.ts'
import { createRemoval } from '../../../main/instances/provision/remove.ts'
import type { InstanceKey } from '../../../preload/contract/instances.ts'
import { queryAnswer } from '../../support/aws-endpoint.ts'
import { call, createChanging, now, place, startCloud, type Tree, xml } from './cloud-fixture.ts'

/** An Aurora cluster: RDS describes it by other calls, and gives it other fields. */
const key: InstanceKey = { ...place, kind: 'cluster', identifier: 'fleet' }
const cluster = {
  DBClusterIdentifier: 'fleet',
  DBClusterArn: 'arn:aws:rds:ca-central-1:123456789012:cluster:fleet',
  Status: 'available',
  Engine: 'aurora-postgresql',
  EngineVersion: '16.11',
  DatabaseName: 'shop',
  MasterUsername: 'shop_owner',
  Endpoint: 'fleet.cluster-abc.ca-central-1.rds.amazonaws.com',
  Port: 5432,
  StorageEncrypted: true,
  DeletionProtection: false,
  IAMDatabaseAuthenticationEnabled: true,
  BackupRetentionPeriod: 1,
  MultiAZ: false,
  VpcSecurityGroups: { VpcSecurityGroupMembership: { VpcSecurityGroupId: 'sg-1', Status: 'active' } },
  DBClusterMembers: {
    DBClusterMember: [{ DBInstanceIdentifier: 'fleet-1', IsClusterWriter: true, DBClusterParameterGroupStatus: 'in-sync' }],
  },
  DBClusterParameterGroup: 'default.aurora-postgresql16',
}

async function start() {
  const { aws, endpoint } = await startCloud()
  const answer = (action: string, tree: Tree) => endpoint.answer('rds', action, queryAnswer(action, xml(tree)))
  answer('DescribeDBClusters', { DBClusters: { DBCluster: cluster } })
  answer('DescribeDBClusterSnapshots', {
    DBClusterSnapshots: { DBClusterSnapshot: { DBClusterSnapshotIdentifier: 'daily', Status: 'available', AllocatedStorage: 1 } },
  })
  answer('DescribeEvents', { Events: '' })
  answer('DescribeDBClusterParameters', { Parameters: { Parameter: { ParameterName: 'rds.force_ssl', ParameterValue: '1' } } })
  return { aws, endpoint }
}

test('the details of a cluster are asked for as of a cluster', async () => {
  const { aws, endpoint } = await start()
  const found = await createDetails({ aws }).details({ key }, call())
  expect(found).toMatchObject({
    engineLifecycle: { name: 'Aurora PostgreSQL 16.11' },
    masterUser: 'shop_owner',
    firstDatabase: 'shop',
    snapshots: [{ name: 'daily', at: null }],
  })
  // What an Aurora cluster has no field for is not shown as off without a word.
  expect(found.unseen.join(' ')).toContain('whether it is publicly accessible')
  expect(endpoint.asked('DescribeEvents')[0]?.params.get('SourceType')).toBe('db-cluster')
})

test('a cluster is judged by its own fields and parameters, and carries no change of an instance', async () => {
  const { aws } = await start()
  const posture = createPosture({ aws, changing: createChanging().changing, now: () => now })
  const { findings } = await posture.posture({ key }, call())
  const verdicts = Object.fromEntries(findings.map(({ rule, verdict }) => [rule, verdict]))
  expect(verdicts).toMatchObject({
    'public-access': 'unknown',
    'deletion-protection': 'bad',
    'multi-az': 'bad',
    'forced-tls': 'good',
    region: 'good',
    certificate: 'unknown',
  })
  expect(findings.flatMap(({ change }) => (change === null ? [] : [change]))).toEqual([])
  const mending = posture.mendPosture({ environment: 'prod', key, change: 'protect_from_deletion', confirm: 'fleet' }, call())
  await expect(mending).rejects.toMatchObject({ code: 'WRONG_STATE' })
})

test('a cluster is not deleted', async () => {
  const { aws, endpoint } = await start()
  const { remove } = createRemoval({ aws, changing: createChanging().changing })
  await expect(
    remove({ environment: 'prod', key, finalSnapshot: null, deleteBackups: false, confirm: 'fleet' }, call()),
  ).rejects.toMatchObject({ code: 'WRONG_STATE' })
  expect(endpoint.requests).toEqual([])
})
