import { type DBSnapshot, DescribeDBClusterSnapshotsCommand, DescribeDBSnapshotsCommand } from '@aws-sdk/client-rds'
import type { InstanceDetails } from '../../preload/contract/instance-details.ts'
import type { InstanceKey } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import { listed, readAll } from '../aws/pages.ts'
import { type Description, describe } from './description.ts'
import { engineSupport, newerMinor, offeredVersions } from './engine-support.ts'
import { eventsOf } from './events.ts'
import { partOf } from './part.ts'

export interface DetailsDeps {
  readonly aws: Pick<Aws, 'rds'>
}

/** All about one instance. */
export function createDetails({ aws }: DetailsDeps) {
  return {
    /** Asks AWS for all parts at once; a part that is denied is null, with its reason. Fails as AWS does where the instance itself cannot be seen. */
    async details({ key }: { readonly key: InstanceKey }, { signal }: { readonly signal: AbortSignal }): Promise<InstanceDetails> {
      const place = { profile: key.profile, region: key.region }
      const [instance, events, snapshots] = await Promise.all([
        describe(aws, key, signal),
        partOf(eventsOf(aws, key, signal)),
        partOf(snapshotsOf(aws, key, signal)),
      ])
      const engine = instance.Engine ?? ''
      const version = instance.EngineVersion ?? ''
      const [{ support, unseen: supportUnseen }, offered] = await Promise.all([
        engineSupport(aws, place, engine, version, signal),
        partOf(offeredVersions(aws, place, engine, signal)),
      ])
      const newer = newerMinor(engine, version, offered)
      const reasons = [
        ...unsaid(instance),
        ...(supportUnseen === null ? [] : [supportUnseen]),
        ...[newer, events, snapshots].flatMap((part) => (part.known ? [] : [part.reason])),
      ]
      return {
        engineLifecycle: {
          name: `${engineName(engine)} ${version}`,
          supportEndsAt: support.standardEndsAt,
          newerMinor: newer.known ? newer.value : null,
        },
        ...said(instance),
        events: events.known ? events.value.map((event) => ({ ...event, at: event.at.toISOString() })) : null,
        snapshots: snapshots.known ? snapshots.value : null,
        unseen: [...new Set(reasons)],
      }
    },
  }
}

type Said = Omit<InstanceDetails, 'engineLifecycle' | 'events' | 'snapshots' | 'unseen'>

function said(instance: Description): Said {
  const certificate = instance.CertificateDetails?.CAIdentifier ?? instance.CACertificateIdentifier
  return {
    storage: {
      gib: whole(instance.AllocatedStorage) ?? 0,
      type: instance.StorageType ?? 'unknown',
      iops: whole(instance.Iops) ?? null,
      encrypted: instance.StorageEncrypted ?? false,
      maxGib: whole(instance.MaxAllocatedStorage) ?? null,
    },
    network: {
      vpc: instance.DBSubnetGroup?.VpcId ?? null,
      availabilityZone: instance.AvailabilityZone ?? null,
      publiclyAccessible: instance.PubliclyAccessible ?? false,
      securityGroups: (instance.VpcSecurityGroups ?? []).map((group) => ({
        id: group.VpcSecurityGroupId ?? 'unknown',
        status: group.Status ?? 'unknown',
      })),
    },
    masterUser: instance.MasterUsername ?? 'unknown',
    firstDatabase: instance.DBName ?? null,
    backups: {
      retentionDays: whole(instance.BackupRetentionPeriod) ?? 0,
      window: instance.PreferredBackupWindow ?? null,
      latestRestorableAt: instance.LatestRestorableTime?.toISOString() ?? null,
    },
    maintenanceWindow: instance.PreferredMaintenanceWindow ?? null,
    certificate:
      certificate === undefined
        ? null
        : { authority: certificate, validTill: instance.CertificateDetails?.ValidTill?.toISOString() ?? null },
    pending: pendingOf(instance),
    createdAt: instance.InstanceCreateTime?.toISOString() ?? null,
    deletionProtection: instance.DeletionProtection ?? false,
    iamAuthentication: instance.IAMDatabaseAuthenticationEnabled ?? false,
    tags: (instance.TagList ?? []).flatMap((tag) => (tag.Key === undefined ? [] : [{ key: tag.Key, value: tag.Value ?? '' }])),
  }
}

/** What the page shows as off or none because AWS did not say it at all. */
function unsaid(instance: Description): string[] {
  const fields = {
    'the size of the storage': whole(instance.AllocatedStorage) ?? undefined,
    'whether the storage is encrypted': instance.StorageEncrypted,
    'whether it is publicly accessible': instance.PubliclyAccessible,
    'its security groups': instance.VpcSecurityGroups,
    'how long backups are kept': whole(instance.BackupRetentionPeriod) ?? undefined,
    'whether it is protected from deletion': instance.DeletionProtection,
    'whether IAM authentication is on': instance.IAMDatabaseAuthenticationEnabled,
  }
  const missing = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [name] : []))
  return missing.length === 0 ? [] : [`AWS did not say ${missing.join(', ')}.`]
}

/** The master password's place is taken by AWS' own asterisks, and not shown at all. */
function pendingOf(instance: Description): string[] {
  const pending = Object.entries(instance.PendingModifiedValues ?? {})
  return pending.flatMap(([name, value]) => {
    if (value === undefined || value === null) return []
    if (name === 'MasterUserPassword') return [`${name}: a new one`]
    return [`${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`]
  })
}

/** `PostgreSQL` of `postgres`; a name of AWS that is not known is shown as it is. */
export function engineName(engine: string): string {
  const names: Readonly<Record<string, string>> = {
    postgres: 'PostgreSQL',
    'aurora-postgresql': 'Aurora PostgreSQL',
    mysql: 'MySQL',
    'aurora-mysql': 'Aurora MySQL',
    mariadb: 'MariaDB',
  }
  return names[engine] ?? engine
}

async function snapshotsOf(aws: Pick<Aws, 'rds'>, key: InstanceKey, signal: AbortSignal) {
  const place = { profile: key.profile, region: key.region }
  const what = `list the snapshots of ${key.identifier}`
  const found = await readAll(what, async (token) => {
    const page = { MaxRecords: 100, Marker: token }
    if (key.kind === 'cluster') {
      const answer = await aws.rds({ place, what, signal }, (client, options) =>
        client.send(new DescribeDBClusterSnapshotsCommand({ DBClusterIdentifier: key.identifier, ...page }), options),
      )
      const list = listed(answer.DBClusterSnapshots, what)
      return { items: list.map((one) => snapshotOf(one.DBClusterSnapshotIdentifier, one)), next: answer.Marker }
    }
    const answer = await aws.rds({ place, what, signal }, (client, options) =>
      client.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: key.identifier, ...page }), options),
    )
    const list = listed(answer.DBSnapshots, what)
    return { items: list.map((one) => snapshotOf(one.DBSnapshotIdentifier, one)), next: answer.Marker }
  })
  return found.sort((one, other) => (other.at ?? '').localeCompare(one.at ?? ''))
}

function snapshotOf(name: string | undefined, snapshot: Pick<DBSnapshot, 'SnapshotCreateTime' | 'Status' | 'AllocatedStorage'>) {
  return {
    name: name ?? 'unknown',
    at: snapshot.SnapshotCreateTime?.toISOString() ?? null,
    status: snapshot.Status ?? 'unknown',
    gib: whole(snapshot.AllocatedStorage) ?? 0,
  }
}

/** A count as AWS gives it; null for what is none. */
const whole = (count: number | undefined): number | null => (Number.isSafeInteger(count) ? (count ?? null) : null)
