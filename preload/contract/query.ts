import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { inEnvironment } from './environments.ts'
import { operation, problem } from './errors.ts'
import { column, pageAddress } from './packed.ts'

/** What happens to one statement of a run, in order. `statement` counts from 0. Positions count characters of the whole text from 0. */
export const runEvent = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('statement'),
    statement: z.int(),
    from: z.int(),
    to: z.int(),
    text: z.string(),
    kind: z.string(),
    of: z.int(),
  }),
  z.object({ event: z.literal('columns'), statement: z.int(), columns: z.array(column) }),
  z.object({ event: z.literal('page'), statement: z.int(), page: pageAddress }),
  z.object({ event: z.literal('notice'), statement: z.int(), severity: z.string(), message: z.string() }),
  /** `command` is Postgres' tag, as `UPDATE`; `rows` what it counted; `capped` where the row or byte limit ended it. */
  z.object({
    event: z.literal('complete'),
    statement: z.int(),
    command: z.string(),
    rows: z.number().nullable(),
    ms: z.number(),
    capped: z.boolean(),
  }),
  z.object({
    event: z.literal('error'),
    ...problem.shape,
    statement: z.int().nullable(),
    at: z.int().nullable(),
    ms: z.number(),
    /** Where values for named parameters are missing: the names of all of them, in order of appearance. */
    parameters: z.array(z.string()).optional(),
  }),
])
export type RunEvent = z.infer<typeof runEvent>

export const historyEntry = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  text: z.string(),
  ms: z.number(),
  rows: z.number().nullable(),
  error: z.string().nullable(),
})
export type HistoryEntry = z.infer<typeof historyEntry>

export const queryFile = z.object({
  name: z.string(),
  path: z.string(),
  text: z.string(),
  /** Named parameters as `:name` or `%(name)s` in the file, in order of appearance. */
  parameters: z.array(z.string()),
})
export type QueryFile = z.infer<typeof queryFile>

export const query = {
  /**
   * Runs one or several statements one by one on one connection, stopping at the first error. Stream; ending it cancels on the server.
   * In a guarded environment that is locked each runs in a read-only transaction. `parameters` fill `:name` and `%(name)s` as bound values.
   */
  run: operation
    .input(
      inEnvironment.extend({
        text: z.string().max(5_000_000),
        parameters: z.record(z.string().max(1000), z.string().max(5_000_000).nullable()).optional(),
      }),
    )
    .output(eventIterator(runEvent)),
  /** What was run in this environment, the newest first; at most 500 texts, passwords taken out. Query. */
  history: operation.input(inEnvironment.extend({ search: z.string().max(1000).optional() })).output(z.array(historyEntry)),
  /** Forgets what was run in this environment, for good. No database is touched. */
  clearHistory: operation.input(inEnvironment).output(z.void()),
  /** The `queries/*.sql` of the environment's project. */
  files: operation.input(inEnvironment).output(z.object({ folder: z.string(), files: z.array(queryFile) })),
  /** Names for completion: schema → relation → columns. */
  catalogue: operation.input(inEnvironment).output(z.record(z.string(), z.record(z.string(), z.array(z.string())))),
}
