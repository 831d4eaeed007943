import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { inEnvironment } from './environments.ts'
import { mend, operation, problem } from './errors.ts'
import { place } from './instances.ts'

/** Milliseconds since 1970, as CloudWatch Logs counts. */
const time = z.int().min(0)
/** For instance `/aws/lambda/cruddur-post-confirmation`. */
export const logGroupName = z.string().min(1).max(512)

/** One event of a log group. */
export const logEvent = z.object({ id: z.string(), stream: z.string(), at: time, ingested: time, message: z.string() })

/** Absent: where the environment's instance stands. */
const inPlace = inEnvironment.extend({ place: place.optional() })
const inGroups = inPlace.extend({ groups: z.array(logGroupName).min(1).max(10) })

/** A log group that can be chosen: one that is there, or one that a function will write to once it runs. */
export const logGroup = z.object({
  name: logGroupName,
  /** False where no event was ever written: CloudWatch makes the group with the first one. */
  exists: z.boolean(),
  /** The Lambda function that writes there; null where none is known to. */
  function: z
    .object({ name: z.string(), runtime: z.string().nullable(), memoryMb: z.int().nullable(), timeoutSeconds: z.int().nullable() })
    .nullable(),
  /** Days after which CloudWatch forgets; null never. */
  retentionDays: z.int().nullable(),
  storedBytes: z.number().nullable(),
  /** INFREQUENT_ACCESS and DELIVERY have no Live Tail. */
  logClass: z.string().nullable(),
  /** The post-confirmation function's, by LAMBDA_LOG_GROUP or by its name. */
  isPostConfirmation: z.boolean(),
})
export type LogGroup = z.infer<typeof logGroup>

export const logGroups = z.object({
  /** Where AWS was asked; null where the environment stands on no AWS account that the console knows, and none was named. */
  place: place.nullable(),
  groups: z.array(logGroup),
  /** Why the list is not whole: the functions may not be listed, though the groups may, or the other way round. */
  problems: z.array(problem),
})

/** How following one group goes. */
export const followState = z.object({
  group: logGroupName,
  /** `missing`: the group does not exist yet; it is looked for again. `catching_up`: after a pause there is more than one look brings. */
  state: z.enum(['starting', 'following', 'catching_up', 'missing', 'trouble']),
  /** Why AWS could not be asked; what was loaded stays. */
  problem: problem.nullable(),
  /** All events up to here are there, also those that CloudWatch was told late, up to `latenessMs`. */
  completeUpTo: time.nullable(),
  lookedAt: time.nullable(),
  /** The median of what lay between an event and its ingestion, of the last hundred; null without events. */
  ingestionDelayMs: z.number().nullable(),
  /** An event that is told later than so much after it happened may be missed. */
  latenessMs: z.number(),
  /** Requests to CloudWatch Logs in the last minute. */
  requestsPerMinute: z.number(),
  /** Null where Live Tail was not asked for. */
  live: z
    .object({
      state: z.enum(['starting', 'on', 'ended', 'refused']),
      /** CloudWatch sent only a part of the events in the last update; the looks bring the others. */
      sampled: z.boolean(),
      /** When CloudWatch ends the session, three hours after its start. */
      endsAt: time.nullable(),
      /** Minutes of Live Tail that this console has used since it started. */
      minutes: z.number(),
      problem: problem.nullable(),
    })
    .nullable(),
})
export type FollowState = z.infer<typeof followState>

/** What following brings. Within one group an event comes once, but for `window`. */
export const tailItem = z.discriminatedUnion('type', [
  /**
   * The first of each group, and again where the page was far too slow for what came: everything from `from` on, in this and the `events` after
   * it, takes the place of what the page has from there on.
   */
  z.object({ type: z.literal('window'), group: logGroupName, from: time, events: z.array(logEvent) }),
  /** New ones, in order; late ones among them belong further up. */
  z.object({ type: z.literal('events'), group: logGroupName, events: z.array(logEvent) }),
  z.object({ type: z.literal('state'), state: followState }),
])
export type TailItem = z.infer<typeof tailItem>

/** One page of the past. */
export const historyItem = z.object({
  group: logGroupName,
  /** The newest first. */
  events: z.array(logEvent),
  /** All of the group's events from here to the end of the range are there now. */
  reachedDownTo: time,
  done: z.boolean(),
})
export type HistoryItem = z.infer<typeof historyItem>

const outcome = z.enum(['ok', 'hidden error', 'failed', 'timed out', 'open'])

/** One person's confirmation: what the function did with it, and whether the row is there. */
export const signUp = z.object({
  key: z.string(),
  sub: z.string().nullable(),
  email: z.string().nullable(),
  name: z.string().nullable(),
  handle: z.string().nullable(),
  /** `password_reset`: Cognito calls the same trigger when a forgotten password is confirmed. */
  trigger: z.enum(['sign_up', 'password_reset', 'unknown']),
  /** Each call of the function for it: Cognito tries three times, and waits five seconds. None where only the user pool tells of the user. */
  attempts: z.array(
    z.object({ requestId: z.string().nullable(), stream: z.string(), at: time, outcome, durationMs: z.number().nullable() }),
  ),
  /** Null without attempts. */
  outcome: outcome.nullable(),
  /** Why the row is missing, as the log tells. */
  reason: z.object({ sentence: z.string(), line: z.string(), mend: mend.nullable() }).nullable(),
  /** `unknown`: the table cannot be read, or nothing in the log tells who it was. */
  row: z.enum(['there', 'missing', 'unknown']),
  /** When the row was written, as the server writes it; null without one, or where the table has no such column. */
  rowCreatedAt: z.string().nullable(),
  /** The sub of whoever signed up later with the same e-mail: this user was deleted in Cognito then, and needs no row. */
  supersededBy: z.string().optional(),
  /** When the user pool says that the user was confirmed, or last changed; absent where the log itself names the user. */
  poolAt: time.optional(),
})
export type SignUp = z.infer<typeof signUp>

/** The values of the row that repairs a sign-up; the columns of `users`. */
export const userValues = z.object({
  display_name: z.string().min(1).max(1_000),
  handle: z.string().min(1).max(1_000),
  email: z.string().min(1).max(1_000),
  cognito_user_id: z.string().min(1).max(1_000),
})
export type UserValues = z.infer<typeof userValues>

export const signUps = z.object({
  place: place.nullable(),
  /** The post-confirmation function's group; null where none is found, then `groups` says what to choose from. */
  group: logGroupName.nullable(),
  /** How far back the log was read. */
  from: time,
  /** `reading` until the log is read back to `from`. */
  state: z.enum(['reading', 'read', 'missing', 'trouble']),
  problem: problem.nullable(),
  /** Whether the rows can be looked for; why not, with what mends it. */
  table: z.object({ readable: z.boolean(), problem: problem.nullable() }),
  /** The newest first. */
  signUps: z.array(signUp),
  /** The user pool that was asked who is confirmed, and why it could not be asked, or not wholly; absent before, and where none calls the function. */
  pool: z.object({ name: z.string().nullable(), problem: z.string().nullable() }).optional(),
  /** The statement that repairs one, with its four parameters: display_name, handle, email, cognito_user_id. */
  insert: z.string(),
  checkedAt: time.nullable(),
})
export type SignUps = z.infer<typeof signUps>

export const logs = {
  /** The log groups and functions of a place whose name holds `search` (case counts for nothing). Query; lists both at AWS. */
  groups: operation.input(inPlace.extend({ search: z.string().max(512) })).output(logGroups),
  /**
   * Follows log groups: each look at CloudWatch goes over the last `latenessMs` again, so that late events are not lost, and none is told twice.
   * One look a second and group at most, however many windows follow it. `live` adds a session of Live Tail, which AWS bills by the minute. Stream.
   */
  tail: operation.input(inGroups.extend({ live: z.boolean() })).output(eventIterator(tailItem)),
  /** The past of log groups, page by page from `to` (exclusive) back to `from`; with `pattern` only what CloudWatch's filter finds. Stream; each page is a request. */
  history: operation
    .input(inGroups.extend({ from: time, to: time, pattern: z.string().max(1024).nullable() }))
    .output(eventIterator(historyItem)),
  /** The lines of one stream around an event, `count` on each side at most. Query. */
  around: operation
    .input(inPlace.extend({ group: logGroupName, stream: z.string().max(512), at: time, count: z.int().min(1).max(1_000) }))
    .output(z.object({ events: z.array(logEvent), moreBefore: z.boolean(), moreAfter: z.boolean() })),
  /** The sign-ups that the post-confirmation function's log tells of, each with whether its row is in `users`. At once and after each change. Stream. */
  signUps: operation
    .input(
      inPlace.extend({
        group: logGroupName.nullable(),
        hours: z
          .int()
          .min(1)
          .max(24 * 30),
      }),
    )
    .output(eventIterator(signUps)),
  /** Inserts the missing row of one sign-up; does nothing where a row with its cognito_user_id is there already. A change: guarded, and written to the activity log. */
  repair: operation.input(inEnvironment.extend({ values: userValues })).output(z.object({ inserted: z.boolean(), sentence: z.string() })),
}
