import { join } from 'node:path'
import type { KeyPair } from '../certificates.ts'
import { masterPassword, servernameOf } from '../instance.ts'
import { engineVersion } from './catalogue.ts'
import { newResourceId } from './new-instance.ts'
import type { DbInstance } from './state.ts'

/** The instance that the cloud begins with: what the journals made by their one call. */
export const firstInstance = {
  identifier: 'cruddur-db-instance',
  region: 'ca-central-1',
  /** The port is the gate's, where it is free; zero takes any. */
  made: (group: string, now: Date, port: number): DbInstance => ({
    identifier: 'cruddur-db-instance',
    region: 'ca-central-1',
    resourceId: newResourceId(),
    folder: 'cruddur-db-instance',
    status: 'available',
    instanceClass: 'db.t3.micro',
    engineVersion,
    masterUser: 'root',
    database: 'cruddur',
    port,
    allocatedStorage: 20,
    maxAllocatedStorage: null,
    storageType: 'gp2',
    iops: null,
    storageThroughput: null,
    createdAt: now.toISOString(),
    backupWindow: '04:40-05:10',
    backupRetention: 0,
    latestRestorable: null,
    maintenanceWindow: 'thu:09:14-thu:09:44',
    securityGroups: [group],
    parameterGroup: 'default.postgres18',
    availabilityZone: 'ca-central-1a',
    multiAz: false,
    autoMinorUpgrade: true,
    publiclyAccessible: true,
    encrypted: true,
    iamAuthentication: false,
    deletionProtection: false,
    copyTagsToSnapshot: false,
    performanceInsights: true,
    monitoringInterval: 0,
    caCertificate: 'rds-ca-rsa2048-g1',
    lifecycleSupport: 'open-source-rds-extended-support',
    tags: [],
    pending: {},
    automaticRestartAt: null,
    snapshot: null,
  }),
} as const

export const isFirst = ({ identifier, region }: DbInstance): boolean =>
  identifier === firstInstance.identifier && region === firstInstance.region

/** The instance that the cloud begins with, and how its master user signs in. */
export interface PracticeInstance {
  readonly identifier: string
  readonly region: string
  readonly host: string
  readonly port: number
  /** The name that its certificate holds; the host is an address, as behind a tunnel. */
  readonly servername: string
  readonly caPem: string
  readonly user: string
  /** Null once the instance was deleted. */
  readonly password: string | null
  readonly database: string
}

/** How to sign in to the instance; where it was deleted, how it was until then. */
export async function signInOf(
  folder: string,
  authority: KeyPair,
  instance: DbInstance | undefined,
  lastPort: number,
): Promise<PracticeInstance> {
  const { identifier, region } = firstInstance
  return {
    identifier,
    region,
    host: '127.0.0.1',
    port: instance?.port ?? lastPort,
    servername: servernameOf(identifier, region),
    caPem: authority.certificate,
    user: instance?.masterUser ?? 'root',
    password: instance === undefined ? null : await masterPassword(join(folder, 'instances', instance.folder)),
    database: instance?.database ?? 'cruddur',
  }
}
