import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { environmentId } from './environments.ts'
import { operation } from './errors.ts'

/** One change to a database, from before it was made to its outcome. */
export const activityEntry = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  /** Operating-system user that runs the console. */
  who: z.string(),
  environment: z.string(),
  /** `cruddur @ 127.0.0.1:54329`. */
  target: z.string(),
  /** For instance `Reset`, `Terminate session`. */
  action: z.string(),
  /** The statement or what was asked for, without secrets. */
  detail: z.string().nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** `unknown`: the console ended before the outcome was written. */
  result: z.enum(['running', 'done', 'failed', 'cancelled', 'unknown']),
  message: z.string().nullable(),
  ms: z.number().nullable(),
})
export type ActivityEntry = z.infer<typeof activityEntry>

export const activity = {
  /** The newest entries that match, newest first. `sound` is false where the hash chain of the log is broken. */
  list: operation
    .input(z.object({ environment: environmentId.optional(), search: z.string().max(1000).optional(), limit: z.int().min(1).max(1000) }))
    .output(z.object({ entries: z.array(activityEntry), path: z.string(), sound: z.boolean() })),
  /** Each entry as it is opened or closed. Stream. */
  watch: operation.output(eventIterator(activityEntry)),
}
