import * as z from 'zod'

/** All about one instance, as AWS says it. A part that AWS does not let this profile see is null, with the reason in `unseen`. */
export const instanceDetails = z.object({
  engineLifecycle: z.object({
    /** For instance `PostgreSQL 18.4`. */
    name: z.string(),
    /** The end of standard support of this major version; null where it is not known. */
    supportEndsAt: z.iso.date().nullable(),
    /** Whether AWS offers a newer minor version. */
    newerMinor: z.string().nullable(),
  }),
  storage: z.object({ gib: z.int(), type: z.string(), iops: z.int().nullable(), encrypted: z.boolean(), maxGib: z.int().nullable() }),
  network: z.object({
    vpc: z.string().nullable(),
    availabilityZone: z.string().nullable(),
    publiclyAccessible: z.boolean(),
    securityGroups: z.array(z.object({ id: z.string(), status: z.string() })),
  }),
  masterUser: z.string(),
  /** DBName: the database it was created with, not a list. */
  firstDatabase: z.string().nullable(),
  backups: z.object({ retentionDays: z.int(), window: z.string().nullable(), latestRestorableAt: z.iso.datetime().nullable() }),
  maintenanceWindow: z.string().nullable(),
  certificate: z.object({ authority: z.string(), validTill: z.iso.datetime().nullable() }).nullable(),
  /** What AWS will change in the next maintenance window or at once, `name: value`. */
  pending: z.array(z.string()),
  createdAt: z.iso.datetime().nullable(),
  deletionProtection: z.boolean(),
  iamAuthentication: z.boolean(),
  tags: z.array(z.object({ key: z.string(), value: z.string() })),
  /** Of the last 14 days, newest first. */
  events: z.array(z.object({ at: z.iso.datetime(), id: z.string().nullable(), message: z.string() })).nullable(),
  snapshots: z.array(z.object({ name: z.string(), at: z.iso.datetime().nullable(), status: z.string(), gib: z.int() })).nullable(),
  unseen: z.array(z.string()),
})
export type InstanceDetails = z.infer<typeof instanceDetails>

/** A measurement over time; null where there was none (stopped). */
export const metricPoint = z.object({ at: z.iso.datetime(), value: z.number().nullable() })
export const metrics = z.object({
  /** Percent. */
  cpu: z.array(metricPoint),
  /** Connections. */
  connections: z.array(metricPoint),
  /** Seconds between two points. */
  period: z.int(),
})
export type Metrics = z.infer<typeof metrics>
