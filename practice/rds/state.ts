import * as z from 'zod'

const time = z.iso.datetime()

/** What ModifyDBInstance may change later than at once. */
export const pendingValues = z.object({
  instanceClass: z.string().exactOptional(),
  allocatedStorage: z.int().exactOptional(),
  storageType: z.string().exactOptional(),
  iops: z.int().exactOptional(),
  storageThroughput: z.int().exactOptional(),
  multiAz: z.boolean().exactOptional(),
  port: z.int().exactOptional(),
  backupRetention: z.int().exactOptional(),
  caCertificate: z.string().exactOptional(),
  iamAuthentication: z.boolean().exactOptional(),
  /** The password itself stands in a file of its own until it is set. */
  masterUserPassword: z.literal('****').exactOptional(),
})
export type PendingValues = z.infer<typeof pendingValues>

export const tag = z.object({ key: z.string(), value: z.string() })
export type Tag = z.infer<typeof tag>

/** The words of AWS for the states that the practice cloud knows. */
export const status = z.enum([
  'creating',
  'configuring-enhanced-monitoring',
  'backing-up',
  'available',
  'modifying',
  'resetting-master-credentials',
  'rebooting',
  'stopping',
  'stopped',
  'starting',
  'deleting',
  'failed',
])
export type Status = z.infer<typeof status>

export const dbInstance = z.object({
  identifier: z.string(),
  region: z.string(),
  resourceId: z.string(),
  /** The name of its folder among the instances' folders. */
  folder: z.string(),
  status,
  instanceClass: z.string(),
  engineVersion: z.string(),
  masterUser: z.string(),
  database: z.string().nullable(),
  /** The gate's. */
  port: z.int(),
  allocatedStorage: z.int(),
  maxAllocatedStorage: z.int().nullable(),
  storageType: z.string(),
  iops: z.int().nullable(),
  storageThroughput: z.int().nullable(),
  createdAt: time,
  backupWindow: z.string(),
  backupRetention: z.int(),
  latestRestorable: time.nullable(),
  maintenanceWindow: z.string(),
  securityGroups: z.array(z.string()),
  parameterGroup: z.string(),
  availabilityZone: z.string(),
  multiAz: z.boolean(),
  autoMinorUpgrade: z.boolean(),
  publiclyAccessible: z.boolean(),
  encrypted: z.boolean(),
  iamAuthentication: z.boolean(),
  deletionProtection: z.boolean(),
  copyTagsToSnapshot: z.boolean(),
  performanceInsights: z.boolean(),
  monitoringInterval: z.int(),
  caCertificate: z.string(),
  lifecycleSupport: z.string(),
  tags: z.array(tag),
  pending: pendingValues,
  automaticRestartAt: time.nullable(),
  /** The snapshot that the transition under way ends with. */
  snapshot: z.string().nullable(),
})
export type DbInstance = z.infer<typeof dbInstance>

export const dbSnapshot = z.object({
  identifier: z.string(),
  region: z.string(),
  kind: z.enum(['manual', 'automated']),
  status: z.enum(['creating', 'available']),
  createdAt: time,
  /** Of what it is a snapshot, as it was then. */
  of: dbInstance,
})
export type DbSnapshot = z.infer<typeof dbSnapshot>

export const dbEvent = z.object({
  region: z.string(),
  source: z.string(),
  kind: z.enum(['db-instance', 'db-snapshot']),
  arn: z.string(),
  message: z.string(),
  categories: z.array(z.string()),
  at: time,
})
export type DbEvent = z.infer<typeof dbEvent>

export const rdsState = z.object({
  /** False until the instance was made that the cloud begins with. */
  begun: z.boolean(),
  instances: z.array(dbInstance),
  snapshots: z.array(dbSnapshot),
  events: z.array(dbEvent),
})
export type RdsState = z.infer<typeof rdsState>

/** While it is in one of these, the database answers. */
const answering: ReadonlySet<Status> = new Set([
  'configuring-enhanced-monitoring',
  'backing-up',
  'available',
  'modifying',
  'resetting-master-credentials',
])
export const answers = ({ status }: DbInstance): boolean => answering.has(status)
