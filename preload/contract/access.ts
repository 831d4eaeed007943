import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { inEnvironment } from './environments.ts'
import { operation, problem } from './errors.ts'
import { instanceKey } from './instances.ts'

/** The public address of the machine that Basepair runs on, as two sources say independently. */
export const myAddress = z.discriminatedUnion('state', [
  z.object({ state: z.literal('looking') }),
  z.object({
    state: z.literal('known'),
    address: z.string(),
    family: z.enum(['ipv4', 'ipv6']),
    sources: z.array(z.string()),
    since: z.iso.datetime(),
    /** What it was before, where it changed while Basepair ran. */
    before: z.string().nullable(),
  }),
  z.object({ state: z.literal('unknown'), problem, since: z.iso.datetime() }),
])
export type MyAddress = z.infer<typeof myAddress>

/** One inbound rule of a security group. */
export const rule = z.object({
  id: z.string(),
  group: z.string(),
  /** `tcp`, `udp`, `icmp`, or `all`. */
  protocol: z.string(),
  fromPort: z.int().nullable(),
  toPort: z.int().nullable(),
  /** Who is let in: a CIDR, a prefix list, or another group. */
  source: z.string(),
  sourceKind: z.enum(['ipv4', 'ipv6', 'prefix-list', 'group']),
  description: z.string().nullable(),
  /** Whether it lets anybody to the instance's port. */
  coversPort: z.boolean(),
  /** Whether it lets this machine's address to the instance's port. */
  coversMe: z.boolean(),
  /** Wider than one address, in words: `anyone on the internet`, `256 addresses`; null where it is not. */
  wide: z.string().nullable(),
  /** Ours: by tag, or the configured rule id. `stale` is of this machine, with an address it no longer has; `expired` is past its time. */
  mine: z.enum(['tag', 'configured']).nullable(),
  stale: z.boolean(),
  expiresAt: z.iso.datetime().nullable(),
  /** The machine and user that made it, by its tags. */
  owner: z.string().nullable(),
})
export type Rule = z.infer<typeof rule>

/** The groups of one instance and whom they let in. */
export const reach = z.object({
  /** Null where the environment's database stands on no RDS instance that the console knows. */
  instance: z.object({ key: instanceKey, port: z.int(), publiclyAccessible: z.boolean() }).nullable(),
  address: myAddress,
  groups: z.array(z.object({ id: z.string(), name: z.string(), vpc: z.string().nullable() })),
  rules: z.array(rule),
  /** Whether a rule lets this machine in; null where address or rules are not known. */
  allowed: z.boolean().nullable(),
  /** What `allow` would do now, before and after; null where nothing is to do or it cannot be told. */
  plan: z.object({ before: z.string(), after: z.string(), sentence: z.string() }).nullable(),
  /** Why `allow` would refuse now; null where it would not. */
  refusal: problem.nullable(),
  /** Why AWS could not be asked; what it said before stays. */
  problem: problem.nullable(),
  options: z.object({
    /** Hours until an own rule expires; 0 is never. Swept while Basepair runs. */
    expiresAfterHours: z.int().min(0).max(8_760),
    /** Allows this machine by itself when Basepair starts, and when its address changes. */
    onStart: z.boolean(),
    onChange: z.boolean(),
  }),
  seenAt: z.iso.datetime().nullable(),
})
export type Reach = z.infer<typeof reach>

/** Absent: the instance of the environment. */
const onInstance = inEnvironment.extend({ key: instanceKey.optional() })

export const access = {
  /** My address beside the rules of the instance's groups, at once as known and after each change. Stream; asks AWS every 30 s while watched. */
  watch: operation.input(onInstance).output(eventIterator(reach)),
  /** Asks for the address and the rules again at once. */
  refresh: operation.input(onInstance).output(z.void()),
  /**
   * Makes or changes exactly one rule for this machine: its address as /32 or /128, the instance's port, tcp. Verifies what AWS then says and
   * that the database answers, and goes back where it cannot. `address` is one that the user typed; absent: the one found.
   */
  allow: operation
    .input(onInstance.extend({ address: z.string().max(100).optional() }))
    .output(z.object({ rule: z.string(), sentence: z.string() })),
  /** Takes one inbound rule away. `confirm` is the rule's id where it is not this machine's own. */
  revoke: operation.input(onInstance.extend({ rule: z.string().max(64), confirm: z.string().max(1000).nullable() })).output(z.void()),
  /** Takes away the own rules that are stale or expired. */
  sweep: operation.input(onInstance).output(z.object({ revoked: z.array(z.string()) })),
  /** Keeps how own rules expire, and when they are made by themselves. */
  options: operation.input(inEnvironment.extend({ options: reach.shape.options })).output(z.void()),
}
