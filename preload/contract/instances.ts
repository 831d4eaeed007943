import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { environmentId, inEnvironment, profileName, region } from './environments.ts'
import { operation, problem } from './errors.ts'
import { instanceDetails, metrics } from './instance-details.ts'
import { finding, postureChange } from './posture.ts'
import { creation, creationCheck, creationOptions } from './provision.ts'

/** Where AWS is asked: whose credentials, and which region. */
export const place = z.object({ profile: profileName, region })
export type Place = z.infer<typeof place>

/** Names an RDS instance or an Aurora (or Multi-AZ) cluster. */
export const instanceKey = place.extend({ kind: z.enum(['instance', 'cluster']), identifier: z.string().min(1).max(63) })
export type InstanceKey = z.infer<typeof instanceKey>

/** A profile that can be chosen, and what AWS says of its identity. */
export const profile = z.object({
  name: profileName,
  /** How it signs in, in words: `SSO`, `access keys`, `role`, `environment`, `practice`. */
  kind: z.string(),
  /** The region that the profile or the environment names. */
  region: region.nullable(),
})
export type Profile = z.infer<typeof profile>

/** The profiles and regions whose instances are shown. */
export const scope = z.object({ profiles: z.array(profileName).max(50), regions: z.array(region).max(60) })
export type Scope = z.infer<typeof scope>

/** One profile and region, and how asking it goes. */
export const placeState = z.object({
  place,
  account: z.string().nullable(),
  arn: z.string().nullable(),
  /** `loading` until the first answer; `failed` keeps what was shown before. */
  state: z.enum(['loading', 'shown', 'failed']),
  problem: problem.nullable(),
  /** AWS asked to call less often; the next look waits longer. */
  throttled: z.boolean(),
  /** When AWS last answered. */
  answeredAt: z.iso.datetime().nullable(),
})
export type PlaceState = z.infer<typeof placeState>

/** Whether something can be done now; where not, why, as a sentence. */
export const possibility = z.discriminatedUnion('possible', [
  z.object({ possible: z.literal(true) }),
  z.object({ possible: z.literal(false), reason: z.string() }),
])
export type Possibility = z.infer<typeof possibility>

/** A change that AWS was asked for and that has not settled yet. Kept over restarts of the console. */
export const change = z.object({
  action: z.enum(['start', 'stop', 'create', 'delete', 'modify']),
  requestedAt: z.iso.datetime(),
  by: z.enum(['user', 'keep-stopped', 'schedule']),
  /** What is awaited, as a sentence. */
  sentence: z.string(),
})
export type Change = z.infer<typeof change>

/** Weekday 1 is Monday. Times are `HH:MM` in the schedule's zone. */
export const schedule = z.object({
  /** IANA name, for instance `Europe/Berlin`. */
  zone: z.string().min(1).max(64),
  days: z.array(z.int().min(1).max(7)).max(7),
  /** When to start on those days; null: never by the schedule. */
  startAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .nullable(),
  stopAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .nullable(),
})
export type Schedule = z.infer<typeof schedule>

/** What keeping stopped and the schedule did, newest first, and what they will do. */
export const watchkeeping = z.object({
  keepStopped: z.boolean(),
  schedule: schedule.nullable(),
  next: z.object({ action: z.enum(['start', 'stop']), at: z.iso.datetime() }).nullable(),
  done: z.array(z.object({ at: z.iso.datetime(), sentence: z.string(), failed: z.boolean() })),
})
export type Watchkeeping = z.infer<typeof watchkeeping>

/** USD. Null where Pricing does not say. */
export const cost = z.object({
  /** For an hour in which it is available; null where unknown. */
  perHour: z.number().nullable(),
  /** Storage, charged whether it runs or not. */
  storagePerMonth: z.number().nullable(),
  /** Instance hours not charged since it was stopped. */
  saved: z.number().nullable(),
  stoppedSince: z.iso.datetime().nullable(),
})
export type Cost = z.infer<typeof cost>

export const instanceRow = z.object({
  key: instanceKey,
  arn: z.string(),
  /** Exactly as AWS says it: `available`, `backing-up`, or a word that nobody knows yet. */
  status: z.string(),
  engine: z.string(),
  engineVersion: z.string(),
  /** DBInstanceClass; null for a cluster without one. */
  instanceClass: z.string().nullable(),
  multiAz: z.boolean(),
  /** Absent while it is being created. */
  endpoint: z.object({ host: z.string(), port: z.int() }).nullable(),
  memberOf: z.string().nullable(),
  replicaOf: z.string().nullable(),
  replicas: z.array(z.string()),
  /** The environments whose database it holds. */
  environments: z.array(environmentId),
  start: possibility,
  stop: possibility,
  remove: possibility,
  change: change.nullable(),
  /** When AWS will start it by itself. */
  automaticRestartAt: z.iso.datetime().nullable(),
  /** When AWS last started it by itself (RDS-EVENT-0154, 0153). */
  forcedStartAt: z.iso.datetime().nullable(),
  watchkeeping,
  cost: cost.nullable(),
  /** When AWS last said all of this. */
  seenAt: z.iso.datetime(),
})
export type InstanceRow = z.infer<typeof instanceRow>

/** What the list knows now. */
export const fleet = z.object({
  scope,
  places: z.array(placeState),
  instances: z.array(instanceRow),
  /** Whether Basepair's practice cloud is among the profiles. */
  practice: z.boolean(),
})
export type Fleet = z.infer<typeof fleet>

const onInstance = inEnvironment.extend({ key: instanceKey })
/** What the user typed to confirm; null where nothing was asked. */
const confirm = z.string().max(1000).nullable()

export const instances = {
  /** Every instance and cluster of the chosen profiles and regions, at once as known and after each change. Stream; asks AWS about each region every 15 s, oftener while something changes. */
  watch: operation.input(inEnvironment).output(eventIterator(fleet)),
  /** Asks every chosen region again at once. */
  refresh: operation.input(inEnvironment).output(z.void()),
  /** The profiles of this machine, and the regions of AWS. Query; reads the AWS configuration files, calls nothing. */
  profiles: operation.input(inEnvironment).output(z.object({ profiles: z.array(profile), regions: z.array(region) })),
  /** Chooses the profiles and regions that are shown; kept in the settings. */
  choose: operation.input(inEnvironment.extend({ scope })).output(z.void()),
  /**
   * Asks AWS to stop an instance or cluster, with a snapshot before if one is named. Connections to it end. AWS starts it again after seven days.
   * `confirm` is its typed name where it belongs to no environment.
   */
  stop: operation.input(onInstance.extend({ snapshot: z.string().min(1).max(255).nullable(), confirm })).output(z.void()),
  /** Asks AWS to start a stopped instance or cluster; its hours are charged from then on. */
  start: operation.input(onInstance).output(z.void()),
  /** Starts the instance that the environment's database stands on. */
  startNeeded: operation.input(inEnvironment).output(z.void()),
  /** While on, Basepair stops the instance again whenever AWS has started it. Runs while Basepair runs. */
  keepStopped: operation.input(onInstance.extend({ on: z.boolean() })).output(z.void()),
  /** Sets or takes away the hours at which Basepair starts and stops it. Runs while Basepair runs. */
  schedule: operation.input(onInstance.extend({ schedule: schedule.nullable() })).output(z.void()),
  /** All about one instance. Query; costs about five calls of AWS. */
  details: operation.input(onInstance).output(instanceDetails),
  /** CPU and connections over the last hours, from CloudWatch. Query; costs a call. */
  metrics: operation.input(onInstance.extend({ hours: z.int().min(1).max(168) })).output(metrics),
  /** What is good, bad or not known of the instance's security. Query; costs about six calls of AWS. */
  posture: operation.input(onInstance).output(z.object({ findings: z.array(finding), checkedAt: z.iso.datetime() })),
  /** Makes the change that a finding carries, by ModifyDBInstance. `confirm` is the typed name where it interrupts the database. */
  mendPosture: operation.input(onInstance.extend({ change: postureChange, confirm })).output(z.void()),
  /** What can be chosen for a new instance in a region. Query; costs several calls of AWS. */
  creationOptions: operation.input(inEnvironment.extend({ place })).output(creationOptions),
  /** What AWS would refuse or the user may regret, the price, and the equal AWS command line. Query; asks Pricing at most. */
  checkCreation: operation.input(inEnvironment.extend({ creation })).output(creationCheck),
  /** Asks AWS to create the instance; it costs money from then on. With `environment.id`, an environment is made of it once it is available. */
  create: operation.input(inEnvironment.extend({ creation })).output(instanceKey),
  /** Makes an environment of an instance that is there: its endpoint, first database and master user. The password is asked for when connecting. */
  adopt: operation
    .input(onInstance.extend({ id: environmentId, label: z.string().min(1).max(40), password: z.string().max(10_000).optional() }))
    .output(z.void()),
  /** Deletes the instance for good; its data is lost but for the final snapshot. `confirm` is its typed name. */
  remove: operation
    .input(
      onInstance.extend({
        finalSnapshot: z.string().min(1).max(255).nullable(),
        deleteBackups: z.boolean(),
        confirm: z.string().max(1000),
      }),
    )
    .output(z.void()),
}
