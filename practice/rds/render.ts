import type { Tree } from '../api.ts'
import { account } from '../cloud.ts'
import type { DbEvent, DbInstance, DbSnapshot, Tag } from './state.ts'
import { instanceArn, snapshotArn } from './wording.ts'

const endpointHost = '127.0.0.1'

const tagList = (tags: readonly Tag[]): Tree => ({ Tag: tags.map(({ key, value }) => ({ Key: key, Value: value })) })
const kmsKey = (region: string): string => `arn:aws:kms:${region}:${account}:key/3f1c2ab0-practice`

/** DBInstance of the API. */
export function renderInstance(instance: DbInstance, certificateEnds: Date, now: Date): Tree {
  const { identifier, region, status, pending } = instance
  const created = status !== 'creating'
  return {
    DBInstanceIdentifier: identifier,
    DBInstanceClass: instance.instanceClass,
    Engine: 'postgres',
    DBInstanceStatus: status,
    AutomaticRestartTime: instance.automaticRestartAt === null ? undefined : new Date(instance.automaticRestartAt),
    MasterUsername: instance.masterUser,
    DBName: instance.database ?? undefined,
    Endpoint: created ? { Address: endpointHost, Port: instance.port, HostedZoneId: 'Z3PRACTICECLOUD' } : undefined,
    AllocatedStorage: instance.allocatedStorage,
    InstanceCreateTime: created ? new Date(instance.createdAt) : undefined,
    PreferredBackupWindow: instance.backupWindow,
    BackupRetentionPeriod: instance.backupRetention,
    DBSecurityGroups: { DBSecurityGroup: [] },
    VpcSecurityGroups: {
      VpcSecurityGroupMembership: instance.securityGroups.map((id) => ({ VpcSecurityGroupId: id, Status: 'active' })),
    },
    DBParameterGroups: { DBParameterGroup: [{ DBParameterGroupName: instance.parameterGroup, ParameterApplyStatus: 'in-sync' }] },
    AvailabilityZone: created ? instance.availabilityZone : undefined,
    PreferredMaintenanceWindow: instance.maintenanceWindow,
    PendingModifiedValues: {
      DBInstanceClass: pending.instanceClass,
      AllocatedStorage: pending.allocatedStorage,
      MasterUserPassword: pending.masterUserPassword,
      Port: pending.port,
      BackupRetentionPeriod: pending.backupRetention,
      MultiAZ: pending.multiAz,
      Iops: pending.iops,
      StorageType: pending.storageType,
      CACertificateIdentifier: pending.caCertificate,
      IAMDatabaseAuthenticationEnabled: pending.iamAuthentication,
      StorageThroughput: pending.storageThroughput,
    },
    LatestRestorableTime: restorable(instance, now),
    MultiAZ: instance.multiAz,
    EngineVersion: instance.engineVersion,
    AutoMinorVersionUpgrade: instance.autoMinorUpgrade,
    ReadReplicaDBInstanceIdentifiers: { ReadReplicaDBInstanceIdentifier: [] },
    LicenseModel: 'postgresql-license',
    Iops: instance.iops ?? undefined,
    StorageThroughput: instance.storageThroughput ?? undefined,
    OptionGroupMemberships: { OptionGroupMembership: [{ OptionGroupName: 'default:postgres-18', Status: 'in-sync' }] },
    SecondaryAvailabilityZone: instance.multiAz && created ? otherZone(instance.availabilityZone) : undefined,
    PubliclyAccessible: instance.publiclyAccessible,
    StorageType: instance.storageType,
    DbInstancePort: 0,
    StorageEncrypted: instance.encrypted,
    KmsKeyId: instance.encrypted ? kmsKey(region) : undefined,
    DbiResourceId: instance.resourceId,
    CACertificateIdentifier: instance.caCertificate,
    DomainMemberships: { DomainMembership: [] },
    CopyTagsToSnapshot: instance.copyTagsToSnapshot,
    MonitoringInterval: instance.monitoringInterval,
    DBInstanceArn: instanceArn(region, identifier),
    IAMDatabaseAuthenticationEnabled: instance.iamAuthentication,
    PerformanceInsightsEnabled: instance.performanceInsights,
    DeletionProtection: instance.deletionProtection,
    AssociatedRoles: { DBInstanceRole: [] },
    MaxAllocatedStorage: instance.maxAllocatedStorage ?? undefined,
    TagList: tagList(instance.tags),
    CustomerOwnedIpEnabled: false,
    BackupTarget: 'region',
    NetworkType: 'IPV4',
    ActivityStreamStatus: 'stopped',
    CertificateDetails: { CAIdentifier: instance.caCertificate, ValidTill: certificateEnds },
    DedicatedLogVolume: false,
    IsStorageConfigUpgradeAvailable: false,
    EngineLifecycleSupport: instance.lifecycleSupport,
  }
}

/** RDS can restore to about five minutes ago, once there is a first backup. */
function restorable({ latestRestorable, backupRetention, status }: DbInstance, now: Date): Date | undefined {
  if (latestRestorable === null || backupRetention === 0) return undefined
  const last = Date.parse(latestRestorable)
  return new Date(status === 'available' ? Math.max(last, now.getTime() - 300_000) : last)
}

function otherZone(zone: string): string {
  return zone.slice(0, -1) + (zone.endsWith('a') ? 'b' : 'a')
}

/** DBSnapshot of the API. */
export function renderSnapshot({ identifier, region, kind, status, createdAt, of }: DbSnapshot): Tree {
  return {
    DBSnapshotIdentifier: identifier,
    DBInstanceIdentifier: of.identifier,
    SnapshotCreateTime: new Date(createdAt),
    OriginalSnapshotCreateTime: new Date(createdAt),
    Engine: 'postgres',
    AllocatedStorage: of.allocatedStorage,
    Status: status,
    Port: of.port,
    AvailabilityZone: of.availabilityZone,
    InstanceCreateTime: new Date(of.createdAt),
    MasterUsername: of.masterUser,
    EngineVersion: of.engineVersion,
    LicenseModel: 'postgresql-license',
    SnapshotType: kind,
    Iops: of.iops ?? undefined,
    OptionGroupName: 'default:postgres-18',
    PercentProgress: status === 'available' ? 100 : 0,
    StorageType: of.storageType,
    Encrypted: of.encrypted,
    KmsKeyId: of.encrypted ? kmsKey(region) : undefined,
    DBSnapshotArn: snapshotArn(region, identifier),
    IAMDatabaseAuthenticationEnabled: of.iamAuthentication,
    DbiResourceId: of.resourceId,
    TagList: tagList(of.copyTagsToSnapshot ? of.tags : []),
    SnapshotTarget: 'region',
  }
}

/** Event of the API. */
export function renderEvent({ source, kind, message, categories, at, arn }: DbEvent): Tree {
  return {
    SourceIdentifier: source,
    SourceType: kind,
    Message: message,
    EventCategories: { EventCategory: categories },
    Date: new Date(at),
    SourceArn: arn,
  }
}

export const renderTags = tagList
