import * as z from 'zod'
import { inEnvironment } from './environments.ts'
import { operation } from './errors.ts'

/** A backend is named by pid and start, because pids are used again. `backendStart` is the server's own text. */
export const backend = z.object({ pid: z.int(), backendStart: z.string().max(100) })
export type Backend = z.infer<typeof backend>

/** One row of pg_stat_activity. Durations in seconds, as the server counted them. Null where the server gives none. */
export const session = z.object({
  pid: z.int(),
  /** The server's own text. Null where hidden: such a session cannot be signalled, since nothing tells it from a later one with its pid. */
  backendStart: z.string().nullable(),
  user: z.string().nullable(),
  database: z.string().nullable(),
  application: z.string().nullable(),
  address: z.string().nullable(),
  state: z.string().nullable(),
  /** Since the state last changed. */
  stateSeconds: z.number().nullable(),
  transactionSeconds: z.number().nullable(),
  /** `Type: Event`, as in `Lock: transactionid`. */
  wait: z.string().nullable(),
  query: z.string().nullable(),
  backendType: z.string().nullable(),
  /** A connection of this console: its application name, from the console's address, with its role. */
  own: z.boolean(),
  /** The role may not see this row's details (needs pg_read_all_stats); it is not idle, it is unknown. */
  hidden: z.boolean(),
  /** Pids that this one waits for, without repeats; 0 stands for a prepared transaction. */
  blockedBy: z.array(z.int()),
})
export type Session = z.infer<typeof session>

/** What became of a signal to one backend. */
export const signalled = backend.extend({
  outcome: z.enum(['signalled', 'gone', 'refused']),
  /** Why it was refused. */
  message: z.string().nullable(),
})
export type Signalled = z.infer<typeof signalled>

const several = inEnvironment.extend({ backends: z.array(backend).min(1).max(500) })

export const sessions = {
  /** All sessions of the server. Query, made to be polled. `privileged` is false where other roles' rows are hidden. */
  list: operation.input(inEnvironment).output(z.object({ sessions: z.array(session), privileged: z.boolean(), at: z.iso.datetime() })),
  /** pg_cancel_backend: stops the statement, keeps the session. Counts as a change. */
  cancel: operation.input(several).output(z.array(signalled)),
  /** pg_terminate_backend: ends the session. Counts as a change. */
  terminate: operation.input(several).output(z.array(signalled)),
  /** Sessions connected to the environment's database, the console's own included. Query. */
  holding: operation
    .input(inEnvironment)
    .output(z.object({ database: z.string(), sessions: z.array(session), preparedTransactions: z.array(z.string()) })),
  /** Closes the console's own and terminates everyone else's sessions on the environment's database. Prepared transactions stay. Counts as a change. */
  free: operation.input(inEnvironment).output(z.array(signalled)),
}
