import * as z from 'zod'
import { environmentId, profileName, region } from './environments.ts'

/** What `aws rds create-db-instance` is told. Units: GiB, days, IOPS. */
export const creation = z.object({
  profile: profileName,
  region,
  identifier: z.string().max(200),
  instanceClass: z.string().max(64),
  engineVersion: z.string().max(32),
  masterUser: z.string().max(200),
  /** Absent with `managePassword`. Never kept, never in the command line. */
  password: z.string().max(1000).optional(),
  /** AWS makes the password and keeps it in Secrets Manager. */
  managePassword: z.boolean(),
  database: z.string().max(200),
  port: z.int().min(0).max(100_000),
  storageGib: z.int().min(0).max(100_000),
  storageType: z.enum(['gp2', 'gp3', 'io1', 'io2', 'standard']),
  /** Asked for with io1 and io2; gp3 takes it from 400 GiB on. */
  iops: z.int().min(0).max(1_000_000).optional(),
  encrypted: z.boolean(),
  publiclyAccessible: z.boolean(),
  multiAz: z.boolean(),
  availabilityZone: z.string().max(64).optional(),
  securityGroups: z.array(z.string().max(64)).max(16),
  subnetGroup: z.string().max(255).optional(),
  backupRetentionDays: z.int().min(0).max(1000),
  deletionProtection: z.boolean(),
  iamAuthentication: z.boolean(),
  performanceInsights: z.boolean(),
  /** The environment that is made of it once it is available. */
  makeEnvironment: z.object({ id: environmentId, label: z.string().min(1).max(40) }).nullable(),
})
export type Creation = z.infer<typeof creation>

export const creationOptions = z.object({
  engineVersions: z.array(z.string()),
  instanceClasses: z.array(z.string()),
  availabilityZones: z.array(z.string()),
  securityGroups: z.array(z.object({ id: z.string(), name: z.string(), vpc: z.string().nullable() })),
  /** What the form begins with: safe choices for this region, without a password. */
  defaults: creation,
  /** What could not be asked, and why. */
  unseen: z.array(z.string()),
})
export type CreationOptions = z.infer<typeof creationOptions>

export const creationCheck = z.object({
  /** What AWS would refuse, by field of the form. */
  refusals: z.array(z.object({ field: z.string(), sentence: z.string() })),
  /** What it allows and the user may regret. */
  warnings: z.array(z.object({ field: z.string(), sentence: z.string() })),
  /** The equal command line, without the password. */
  command: z.string(),
  /** USD an hour; null where Pricing does not say. */
  perHour: z.number().nullable(),
  storagePerMonth: z.number().nullable(),
})
export type CreationCheck = z.infer<typeof creationCheck>
