import { type DBCluster, type DBInstance, DescribeDBClustersCommand, DescribeDBInstancesCommand } from '@aws-sdk/client-rds'
import { Failure } from '../../preload/contract/errors.ts'
import type { InstanceKey } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import { sameIdentifier } from '../environments/instance-guard.ts'

/** An instance or cluster in the words of DBInstance; what a cluster does not have is absent, as what AWS did not say. */
export type Description = DBInstance & {
  /** A cluster's parameters stand in another kind of group. */
  readonly clusterParameterGroup?: string
  /** How far the members have it: `in-sync`, or the first other word of AWS. */
  readonly clusterParameterStatus?: string
}

/** Asks AWS for one instance or cluster. Fails as AWS does, with GONE where it is not there. */
export async function describe(aws: Pick<Aws, 'rds'>, key: InstanceKey, signal?: AbortSignal): Promise<Description> {
  const call = { place: { profile: key.profile, region: key.region }, what: `describe ${key.identifier}`, signal }
  const gone = () => new Failure('GONE', `${key.identifier} is not in ${key.region} (any more).`, { mend: 'open_instances' })
  if (key.kind === 'cluster') {
    const answer = await aws.rds(call, (client, options) =>
      client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: key.identifier }), options),
    )
    const cluster = answer.DBClusters?.find((one) => sameIdentifier(one.DBClusterIdentifier, key.identifier))
    if (cluster === undefined) throw gone()
    return ofCluster(cluster)
  }
  const answer = await aws.rds(call, (client, options) =>
    client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: key.identifier }), options),
  )
  const instance = answer.DBInstances?.find((one) => sameIdentifier(one.DBInstanceIdentifier, key.identifier))
  if (instance === undefined) throw gone()
  return instance
}

function ofCluster(cluster: DBCluster): Description {
  const pending = cluster.PendingModifiedValues
  const applied = (cluster.DBClusterMembers ?? []).map((member) => member.DBClusterParameterGroupStatus ?? 'in no state that AWS says')
  const [notInSync] = applied.filter((status) => status !== 'in-sync')
  const [status] = notInSync === undefined ? applied : [notInSync]
  return {
    DBInstanceIdentifier: cluster.DBClusterIdentifier,
    DBInstanceArn: cluster.DBClusterArn,
    DBInstanceStatus: cluster.Status,
    DBInstanceClass: cluster.DBClusterInstanceClass,
    Engine: cluster.Engine,
    EngineVersion: cluster.EngineVersion,
    DBName: cluster.DatabaseName,
    MasterUsername: cluster.MasterUsername,
    Endpoint: cluster.Endpoint === undefined ? undefined : { Address: cluster.Endpoint, Port: cluster.Port },
    AllocatedStorage: cluster.AllocatedStorage,
    StorageType: cluster.StorageType,
    StorageEncrypted: cluster.StorageEncrypted,
    Iops: cluster.Iops,
    MultiAZ: cluster.MultiAZ,
    PubliclyAccessible: cluster.PubliclyAccessible,
    DeletionProtection: cluster.DeletionProtection,
    IAMDatabaseAuthenticationEnabled: cluster.IAMDatabaseAuthenticationEnabled,
    BackupRetentionPeriod: cluster.BackupRetentionPeriod,
    PreferredBackupWindow: cluster.PreferredBackupWindow,
    PreferredMaintenanceWindow: cluster.PreferredMaintenanceWindow,
    LatestRestorableTime: cluster.LatestRestorableTime,
    VpcSecurityGroups: cluster.VpcSecurityGroups,
    CertificateDetails: cluster.CertificateDetails,
    MasterUserSecret: cluster.MasterUserSecret,
    InstanceCreateTime: cluster.ClusterCreateTime,
    AutomaticRestartTime: cluster.AutomaticRestartTime,
    TagList: cluster.TagList,
    ...(pending === undefined
      ? {}
      : { PendingModifiedValues: { EngineVersion: pending.EngineVersion, BackupRetentionPeriod: pending.BackupRetentionPeriod } }),
    ...(cluster.DBClusterParameterGroup === undefined ? {} : { clusterParameterGroup: cluster.DBClusterParameterGroup }),
    ...(status === undefined ? {} : { clusterParameterStatus: status }),
  }
}
