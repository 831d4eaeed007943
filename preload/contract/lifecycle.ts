import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { inEnvironment, projectName } from './environments.ts'
import { operation, problem } from './errors.ts'

export const action = z.enum(['create', 'drop', 'load-schema', 'seed', 'set-up', 'reset', 'undo'])
export type Action = z.infer<typeof action>

/** What would be lost or is in the way, told before a run. */
export const plan = z.object({
  action,
  database: z.string(),
  steps: z.array(z.object({ id: z.string(), title: z.string() })),
  /** The name to type; null where nothing is lost. */
  confirm: z.string().nullable(),
  /** Sentences: tables and rows that go, sessions that will be ended, copies that are replaced. */
  losses: z.array(z.string()),
  sessions: z.int(),
  /** Why it cannot run now; null where it can. */
  refusal: problem.nullable(),
  /** Meta-commands left out and other things to know about the scripts. */
  notes: z.array(z.string()),
})
export type Plan = z.infer<typeof plan>

export const step = z.object({
  id: z.string(),
  title: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled', 'skipped']),
  ms: z.number().nullable(),
  /** Statements done and in all, for a script. */
  progress: z.object({ done: z.int(), of: z.int() }).nullable(),
})

/** One run, live or the last one, kept over restarts. */
export const run = z.object({
  id: z.string(),
  action,
  database: z.string(),
  startedAt: z.iso.datetime(),
  /** `interrupted`: the console ended in the middle; `outcome` says what was found at its next start. */
  state: z.enum(['running', 'done', 'failed', 'cancelled', 'interrupted']),
  steps: z.array(step),
  log: z.array(z.object({ at: z.iso.datetime(), line: z.string() })),
  error: problem.nullable(),
  /** One sentence: what the database is now. */
  outcome: z.string().nullable(),
  ms: z.number(),
})
export type Run = z.infer<typeof run>

export const lifecycleState = z.object({
  database: z.string(),
  exists: z.boolean(),
  protected: z.boolean(),
  /** The copy that `undo` brings back. */
  previous: z.object({ name: z.string(), keptSince: z.iso.datetime().nullable() }).nullable(),
  project: z.object({
    name: z.string(),
    folder: z.string(),
    schema: z.string().nullable(),
    seed: z.string().nullable(),
    problem: z.string().nullable(),
  }),
  projects: z.array(z.object({ name: z.string(), folder: z.string() })),
})
export type LifecycleState = z.infer<typeof lifecycleState>

/** What the user typed to confirm; null where nothing was asked. */
const confirm = z.string().max(1000).nullable()

export const lifecycle = {
  /** What the database is now, and the project that builds it. Query; costs a few catalogue reads. */
  state: operation.input(inEnvironment).output(lifecycleState),
  /** What a run would do. Query; reads the scripts, and asks the server what they would meet. */
  plan: operation.input(inEnvironment.extend({ action })).output(plan),
  /**
   * Starts a run; one at a time for each environment. `drop` loses the database for good, `reset` and `undo` replace it and end its sessions.
   * `confirm` is what the user typed, compared in main.
   */
  start: operation.input(inEnvironment.extend({ action, confirm })).output(z.object({ id: z.string() })),
  /** The run under way or the last one, at once and after each change. Stream. */
  watch: operation.input(inEnvironment).output(eventIterator(run.nullable())),
  /** Stops the run under way and cleans up behind it; too late once the swap is made. */
  cancel: operation.input(inEnvironment).output(z.void()),
  /** Sets or takes away the protection mark, a line of the database's comment. Taking it away needs the database's name. */
  protect: operation.input(inEnvironment.extend({ protect: z.boolean(), confirm })).output(z.void()),
  /** Chooses the project of the environment: a name of the console's own or an absolute folder. */
  choose: operation.input(inEnvironment.extend({ project: projectName })).output(lifecycleState),
}
