import type { DBCluster, DBInstance } from '@aws-sdk/client-rds'
import type { InstanceKey, Place } from '../../preload/contract/instances.ts'

/** An instance or a cluster as AWS described it, with AWS' own words. */
export interface Seen {
  readonly key: InstanceKey
  readonly arn: string
  readonly status: string
  readonly engine: string
  readonly engineVersion: string
  /** `provisioned`, `serverless` …; null for an instance. */
  readonly engineMode: string | null
  readonly instanceClass: string | null
  readonly multiAz: boolean
  readonly endpoint: { readonly host: string; readonly port: number } | null
  readonly memberOf: string | null
  /** The cluster of a member, the members of a cluster. */
  readonly kin: readonly string[]
  readonly replicaOf: string | null
  readonly replicas: readonly string[]
  readonly deletionProtection: boolean
  readonly automaticRestartAt: string | null
  /** GiB; null for Aurora, which grows by itself. */
  readonly storageGib: number | null
  readonly storageType: string | null
}

/** RDS' calls also list what other services of Amazon run on it. */
const foreign = new Set(['docdb', 'neptune'])

/** RDS' names have 63 characters at most; what has more is none of them, and could not be asked for. */
const isNamed = (id: string | undefined): id is string => id !== undefined && id !== '' && id.length <= 63
/** What AWS' answer holds instead of a port is as none. */
const isPort = (port: number | undefined): port is number => Number.isInteger(port) && port !== undefined && port > 0 && port <= 65_535
const timeOf = (at: Date | undefined) => at?.toISOString() ?? null

/** Names a key in maps and files. Identifiers of RDS know no case. */
export const keyText = (key: InstanceKey): string => [key.kind, key.region, key.profile, key.identifier.toLowerCase()].join(' ')
export const placeText = (place: Place): string => `${place.region} ${place.profile}`

/** Null for an instance of DocumentDB or Neptune, and for one without a name. */
export function seenInstance({ profile, region }: Place, one: DBInstance): Seen | null {
  if (!isNamed(one.DBInstanceIdentifier) || foreign.has(one.Engine ?? '')) return null
  const { Address: host, Port: port } = one.Endpoint ?? {}
  return {
    key: { profile, region, kind: 'instance', identifier: one.DBInstanceIdentifier },
    arn: one.DBInstanceArn ?? '',
    status: one.DBInstanceStatus ?? '',
    engine: one.Engine ?? '',
    engineVersion: one.EngineVersion ?? '',
    engineMode: null,
    instanceClass: one.DBInstanceClass ?? null,
    multiAz: one.MultiAZ ?? false,
    endpoint: host !== undefined && host !== '' && isPort(port) ? { host, port } : null,
    memberOf: one.DBClusterIdentifier ?? null,
    kin: isNamed(one.DBClusterIdentifier) ? [one.DBClusterIdentifier] : [],
    replicaOf: one.ReadReplicaSourceDBInstanceIdentifier ?? one.ReadReplicaSourceDBClusterIdentifier ?? null,
    replicas: [...(one.ReadReplicaDBInstanceIdentifiers ?? []), ...(one.ReadReplicaDBClusterIdentifiers ?? [])],
    deletionProtection: one.DeletionProtection ?? false,
    automaticRestartAt: timeOf(one.AutomaticRestartTime),
    storageGib: one.AllocatedStorage ?? null,
    storageType: one.StorageType ?? null,
  }
}

/** Null for a cluster of DocumentDB or Neptune, and for one without a name. */
export function seenCluster({ profile, region }: Place, one: DBCluster): Seen | null {
  if (!isNamed(one.DBClusterIdentifier) || foreign.has(one.Engine ?? '')) return null
  return {
    key: { profile, region, kind: 'cluster', identifier: one.DBClusterIdentifier },
    arn: one.DBClusterArn ?? '',
    status: one.Status ?? '',
    engine: one.Engine ?? '',
    engineVersion: one.EngineVersion ?? '',
    engineMode: one.EngineMode ?? null,
    instanceClass: one.DBClusterInstanceClass ?? null,
    multiAz: one.MultiAZ ?? false,
    endpoint: one.Endpoint !== undefined && one.Endpoint !== '' && isPort(one.Port) ? { host: one.Endpoint, port: one.Port } : null,
    memberOf: null,
    kin: (one.DBClusterMembers ?? []).map(({ DBInstanceIdentifier }) => DBInstanceIdentifier).filter(isNamed),
    replicaOf: isNamed(one.ReplicationSourceIdentifier) ? one.ReplicationSourceIdentifier : null,
    replicas: one.ReadReplicaIdentifiers ?? [],
    deletionProtection: one.DeletionProtection ?? false,
    automaticRestartAt: timeOf(one.AutomaticRestartTime),
    // Aurora answers 1 here whatever it holds.
    storageGib: (one.Engine ?? '').startsWith('aurora') ? null : (one.AllocatedStorage ?? null),
    storageType: one.StorageType ?? null,
  }
}
