import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { operation } from './errors.ts'

/** A network that the practice panel can move this machine to. */
export const network = z.object({ id: z.string().max(40), label: z.string(), address: z.string() })

/** What goes wrong in the post-confirmation function, as it did in the journals. */
export const lambdaFailure = z.enum([
  'none',
  'table missing',
  'column missing',
  'syntax error',
  'unbound variable',
  'time-out',
  'duplicate',
  'quote in the name',
])
export type LambdaFailure = z.infer<typeof lambdaFailure>

/** How the practice post-confirmation function is made. */
export const practiceFunction = z.object({
  failure: lambdaFailure,
  /** It catches every exception, prints it and answers as if all were well, as the journals' does. */
  swallows: z.boolean(),
  runtime: z.enum(['python', 'node']),
  /** Lambda's log format. */
  format: z.enum(['text', 'json']),
})
export type PracticeFunction = z.infer<typeof practiceFunction>

/** A user of the practice user pool, and how its last confirmation went. */
export const practiceUser = z.object({
  sub: z.string(),
  name: z.string(),
  email: z.string(),
  handle: z.string(),
  status: z.enum(['UNCONFIRMED', 'CONFIRMED']),
  /** While Cognito waits for the function. */
  confirming: z.boolean(),
  /** What Cognito told the user's page; null where it told of no error. */
  error: z.string().nullable(),
})
export type PracticeUser = z.infer<typeof practiceUser>

const practiceSignUps = z.object({
  function: practiceFunction,
  /** The log group that the function writes to. */
  logGroup: z.string(),
  /** Made-up users that sign up by themselves in a minute; 0 is none. */
  perMinute: z.number(),
  paces: z.array(z.number()),
  /** CloudWatch takes some lines in late, by up to two minutes. */
  lateIngestion: z.boolean(),
  /** Somebody made up, for who has no name at hand; another one after each sign-up. */
  suggested: z.object({ name: z.string(), email: z.string(), handle: z.string() }),
  /** The newest first, twenty at most. */
  users: z.array(practiceUser),
})

/** Cognito's own limit. */
const attribute = z.string().trim().min(1).max(2048)

/** What the practice cloud does at the moment. */
export const practiceState = z.object({
  /** Where other AWS clients reach it. */
  endpoint: z.string(),
  networks: z.array(network),
  network: z.string(),
  /** While it is true, four of five calls are refused as too many. */
  throttling: z.boolean(),
  /** While it is true, every call is refused for its credentials. */
  credentialsExpired: z.boolean(),
  /** How many times faster than at AWS time goes: 1 is real, 60 makes a minute a second. */
  speed: z.number(),
  speeds: z.array(z.number()),
  /** The instances that are stopped, by identifier. */
  stopped: z.array(z.string()),
  signUps: practiceSignUps,
})
export type PracticeState = z.infer<typeof practiceState>

export const practice = {
  /** The practice cloud's state at once and after each change; null where there is none. Stream. */
  watch: operation.output(eventIterator(practiceState.nullable())),
  /** Changes how the practice cloud behaves. Touches nothing real. */
  change: operation
    .input(
      z.object({
        network: z.string().max(40).optional(),
        throttling: z.boolean().optional(),
        credentialsExpired: z.boolean().optional(),
        speed: z.number().min(1).max(10_000).optional(),
        function: practiceFunction.partial().optional(),
        perMinute: z.number().min(0).max(600).optional(),
        lateIngestion: z.boolean().optional(),
      }),
    )
    .output(z.void()),
  /** Lets the practice cloud start a stopped instance as AWS does after seven days. */
  forceStart: operation.input(z.object({ identifier: z.string().max(63) })).output(z.void()),
  /** Signs a user up at the practice user pool; with `confirm` confirms it at once, which calls the function. Ends when Cognito has answered. */
  signUp: operation.input(z.object({ name: attribute, email: attribute, handle: attribute, confirm: z.boolean() })).output(practiceUser),
  /** Confirms a user of the practice user pool with the code of its e-mail. Cognito refuses one that is CONFIRMED already. */
  confirm: operation.input(z.object({ sub: z.string().max(100) })).output(practiceUser),
  /** Confirms a new password for a forgotten one, which calls the same function. */
  resetPassword: operation.input(z.object({ sub: z.string().max(100) })).output(practiceUser),
  /** Deletes a user of the practice user pool; its row stays. */
  removeUser: operation.input(z.object({ sub: z.string().max(100) })).output(z.void()),
}
