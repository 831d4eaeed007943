import { ORPCError, oc } from '@orpc/contract'
import * as z from 'zod'

/** What the page can offer to mend an error: each names a button that the page knows. */
export const mend = z.enum([
  'create_database',
  'load_schema',
  'seed',
  'set_up',
  'unlock',
  'enter_password',
  'free_sessions',
  'remove_protection',
  'open_settings',
  'open_lifecycle',
  'start_instance',
  'allow_address',
  'open_instances',
  'open_access',
  'look_again',
  'open_logs',
  'open_table',
])
export type Mend = z.infer<typeof mend>

/** What travels with every error: where it came from, where it points to, and what mends it. Never a secret or a stack. */
export const errorData = z.object({
  /** The vendor's own name for it: a SQLSTATE, a Node error code, an AWS error code. */
  source: z.object({ vendor: z.enum(['postgres', 'node', 'file', 'aws']), code: z.string() }).optional(),
  /** AWS: the request id that its support asks for. */
  request: z.string().optional(),
  /** AWS: the profile whose credentials were used. */
  profile: z.string().optional(),
  /** A command to run in a terminal, to copy: `aws sso login --profile work`. */
  command: z.string().optional(),
  detail: z.string().optional(),
  hint: z.string().optional(),
  /** Character in the statement as it was sent, counted from 1 as Postgres does. */
  position: z.int().optional(),
  /** Absolute path of the script, with the place in it counted from 1. */
  file: z.string().optional(),
  line: z.int().optional(),
  column: z.int().optional(),
  mend: mend.optional(),
  /** Names the entry in the console's own log that holds the whole of an INTERNAL error. */
  incident: z.string().optional(),
})
export type ErrorData = z.infer<typeof errorData>

const said = <Status extends number>(status: Status) => ({ status, data: errorData.optional() })

/** The closed list of error codes. A vendor's error is mapped to one of them where it enters main. */
export const errors = {
  /** The input does not hold what the operation asks for. */
  INVALID: said(400),
  /** The thing asked for is not there (any more). */
  GONE: said(404),
  /** The caller is not the console's own page. */
  UNTRUSTED: said(401),
  /** The environment is read-only until it is unlocked. */
  LOCKED: said(423),
  /** The name typed to confirm is not the name of the thing. */
  UNCONFIRMED: said(412),
  /** The database carries the protection mark. */
  PROTECTED: said(423),
  /** Something else is under way, or in the way. */
  BUSY: said(409),
  /** The server cannot be reached. */
  UNREACHABLE: said(503),
  /** TLS was refused, or the server's certificate does not hold. */
  TLS: said(525),
  /** The server refuses this user or password. */
  SIGN_IN: said(401),
  /** The database does not exist on this server. */
  NO_DATABASE: said(404),
  /** The role lacks a privilege. */
  FORBIDDEN: said(403),
  /** Postgres refused a statement. */
  SQL: said(422),
  /** The connection was lost while the work was under way. */
  LOST: said(503),
  /** The time limit passed. */
  TIMEOUT: said(504),
  /** The user cancelled. */
  CANCELLED: said(499),
  /** AWS: credentials are missing, expired or wrong. `data.profile` says whose, `data.command` how to sign in. */
  CREDENTIALS: said(401),
  /** AWS asks to call less often; the console's own retries are used up. */
  THROTTLED: said(429),
  /** What answered is not AWS: a portal page, a proxy, or an answer that was cut. */
  NOT_AWS: said(502),
  /** This machine's clock is so wrong that AWS does not accept its signatures. */
  CLOCK: said(401),
  /** The instance, group or rule is in a state that does not allow this now. */
  WRONG_STATE: said(409),
  /** AWS refused a request for a reason of its own: a quota, a capacity, a fault on its side. */
  AWS: said(422),
  /** A file or folder could not be read or written, or does not hold what it should. */
  FILE: said(422),
  /** A defect of the console: logged whole under its incident id. */
  INTERNAL: said(500),
} as const
export type ErrorCode = keyof typeof errors

/** An error that is part of a value: why something cannot be done, or how it ended. */
export const problem = z.object({
  // The keys of an object are typed as any text.
  code: z.literal(Object.keys(errors) as ErrorCode[]),
  message: z.string(),
  data: errorData.optional(),
})

/** Every operation of the contract starts from here, so that each can fail with each code. */
export const operation = oc.errors(errors)

/** An error of the contract. `message` says what happened, to what, and what to do next. */
export class Failure extends ORPCError<ErrorCode, ErrorData | undefined> {
  constructor(code: ErrorCode, message: string, data?: ErrorData) {
    super(code, { defined: true, message, status: errors[code].status, data })
  }
}

export type Problem = z.infer<typeof problem>

/** The failure as a part of a value. */
export const problemOf = ({ code, message, data }: Failure): Problem => ({ code, message, ...(data && { data }) })
