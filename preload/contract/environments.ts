import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { environmentIdPattern, regionPattern } from './environments-words.ts'
import { operation, problem } from './errors.ts'

/** Names an environment: `local`, `prod`, or one that the user added. First in every operation's input. */
export const environmentId = z.string().regex(environmentIdPattern, 'a lower-case letter, then letters, digits or hyphens')
export type EnvironmentId = z.infer<typeof environmentId>
export const inEnvironment = z.object({ environment: environmentId })

/** How the server is verified: not at all, encrypted only, or chain and host name (libpq's verify-full). */
export const tlsMode = z.enum(['off', 'unverified', 'verify-full'])
export const colour = z.enum(['teal', 'red', 'orange', 'violet', 'blue', 'green'])
/** `open` may be changed at once; `guarded` is read-only until unlocked. */
export const guard = z.enum(['open', 'guarded'])

/** Where to connect. A password is not part of it. */
export const connection = z.object({
  host: z.string().min(1).max(255),
  port: z.int().min(1).max(65535),
  database: z
    .string()
    .min(1)
    .max(63, 'a name has at most 63 bytes')
    .refine((name) => new TextEncoder().encode(name).length <= 63, 'a name has at most 63 bytes'),
  user: z.string().min(1).max(63),
  tls: tlsMode,
  /** The name that the certificate must hold where it is not `host` (a tunnel, an address). */
  servername: z.string().max(255).optional(),
  /** Absolute path of a PEM file with the CAs to trust instead of the built-in ones. */
  caFile: z.string().max(4096).optional(),
})
export type Connection = z.infer<typeof connection>

/** A project of the console's own (`cruddur`, `friender`) or the absolute path of the user's folder. */
export const projectName = z.string().max(4096)

/** A cloud's sign-in token takes the place of a password, and is longer than one. */
const password = z.string().max(10_000)

/** A profile of the AWS configuration, `default` for the SDK's own chain, or `practice cloud`. */
export const profileName = z.string().min(1).max(128)
/** For instance `ca-central-1`. */
export const region = z.string().regex(regionPattern, 'a region like ca-central-1')

/** Where an environment's database stands on Amazon RDS. */
export const rds = z.object({
  profile: profileName,
  region,
  /** DBInstanceIdentifier, or DBClusterIdentifier where `kind` says so. */
  instance: z.string().min(1).max(63),
  /** Absent: an instance. */
  kind: z.literal('cluster').optional(),
  /** The group that the rule for this machine is kept in; absent: the one group of the instance. */
  securityGroup: z.string().max(64).optional(),
  /** The one rule that is changed for this machine; absent: found by its tag. */
  securityGroupRule: z.string().max(64).optional(),
  /** How to sign in: with the kept password, or with an IAM token made anew for every physical connection. */
  signIn: z.enum(['password', 'iam']),
})
export type Rds = z.infer<typeof rds>

/** An environment as the page sees it: everything but secrets. */
export const environment = z.object({
  id: environmentId,
  label: z.string().min(1).max(40),
  colour,
  guard,
  connection,
  /** Where the values come from; only `settings` can be edited in the page. */
  origin: z.enum(['embedded', 'practice', 'variable', 'settings']),
  project: projectName,
  /** Absent where it is not on RDS, as far as the console knows. */
  rds: rds.optional(),
  /** Group and rule that the variables name, where only its endpoint tells which instance it stands on. */
  named: rds.pick({ securityGroup: true, securityGroupRule: true }).optional(),
})
export type Environment = z.infer<typeof environment>

/** What the TLS handshake gave. */
export const tlsFacts = z.object({
  /** For instance `TLSv1.3`. */
  protocol: z.string(),
  verified: z.boolean(),
  /** The root that the server's chain ends in, and when it ends; absent where nothing was verified. */
  root: z.object({ name: z.string(), validTill: z.iso.datetime() }).optional(),
  /** When the server's own certificate ends; absent where nothing was verified. */
  validTill: z.iso.datetime().optional(),
})
export type TlsFacts = z.infer<typeof tlsFacts>

/** Who answered on connect, as the server itself says. */
export const identity = z.object({
  database: z.string(),
  user: z.string(),
  superuser: z.boolean(),
  /** Null over a Unix socket. */
  serverAddress: z.string().nullable(),
  serverPort: z.int().nullable(),
  /** For instance `18.4`. */
  version: z.string(),
  tls: tlsFacts.nullable(),
  /** Whether the database's comment carries the protection mark. */
  protected: z.boolean(),
  /** True where the server itself refuses writes (a standby, or default_transaction_read_only). */
  readOnly: z.boolean(),
})
export type Identity = z.infer<typeof identity>

/** What is true of an environment's connection now. */
export const connectionState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('connecting') }),
  z.object({ state: z.literal('connected'), identity, latencyMs: z.number(), since: z.iso.datetime() }),
  z.object({ state: z.literal('lost'), problem, since: z.iso.datetime() }),
  z.object({ state: z.literal('failed'), problem, since: z.iso.datetime() }),
])
export type ConnectionState = z.infer<typeof connectionState>

/** The guard as it stands for the window that asks. */
export const guardState = z.object({
  guard,
  /** When the unlocked time of this window ends; null while locked or open. */
  unlockedUntil: z.iso.datetime().nullable(),
  /** Why it cannot be unlocked here (browser mode without its flag); null where it can. */
  refusal: z.string().nullable(),
})
export type GuardState = z.infer<typeof guardState>

export const environmentState = z.object({ environment, connection: connectionState, guard: guardState })
export type EnvironmentState = z.infer<typeof environmentState>

/** What the settings screen edits. `url` is an alternative to `connection`: parsed in main, never kept. */
export const draft = environment.pick({ id: true, label: true, colour: true, guard: true, project: true }).extend({
  connection: connection.optional(),
  url: z.string().max(20_000).optional(),
  /** Absent: as the host's name says. */
  rds: rds.optional(),
  /** Kept by the desktop's safeStorage, in browser mode in memory only. Absent: the one kept so far. */
  password: password.optional(),
})
export type Draft = z.infer<typeof draft>

export const environments = {
  /** Every environment with its connection and guard, at once and after each change. Stream. */
  watch: operation.output(eventIterator(z.array(environmentState))),
  /** Connects once with a draft and says who answered. Changes nothing; sends the password to the server that the draft names. */
  test: operation.input(draft).output(identity),
  /** Adds or replaces an environment in the settings file. Fails with FILE while that file does not parse. */
  save: operation.input(draft).output(environment),
  /** Takes an environment out of the settings file and forgets its password. Its database is not touched. */
  remove: operation.input(inEnvironment).output(z.void()),
  /** Gives the password for this run (desktop: kept by safeStorage). */
  setPassword: operation.input(inEnvironment.extend({ password: password.min(1) })).output(z.void()),
  /** Closes the idle connections and connects anew at once. What is under way goes on for five seconds at most. */
  reconnect: operation.input(inEnvironment).output(z.void()),
  /** Allows changes in a guarded environment for fifteen minutes, for the calling window only. */
  unlock: operation.input(inEnvironment).output(guardState),
  /** Ends the unlocked time at once. */
  lock: operation.input(inEnvironment).output(guardState),
}
