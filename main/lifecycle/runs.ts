import { EventEmitter } from 'node:events'
import type { Environment, EnvironmentId } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { Action, Run } from '../../preload/contract/lifecycle.ts'
import type { OpenRecord, Recorder } from '../environments/changes.ts'
import type { Journal, Journals } from './journal.ts'
import { createLiveRun, type LiveRun } from './live-run.ts'
import { createPerformer, type PerformDeps } from './perform.ts'
import type { Prepared } from './plan.ts'
import { settle } from './settle.ts'

export interface RunsDeps extends PerformDeps {
  readonly recorder: Recorder
  readonly journals: Journals
  /** Told where a run could not be cleaned up, so that it is tried again. */
  readonly retry: (environment: EnvironmentId) => void
}

/** The runs of one environment: at most one under way, and the last one. They belong to main: no window ends them by going away. */
export function createRuns(deps: RunsDeps, environment: EnvironmentId) {
  const { journals, recorder, clock } = deps
  const emitter = new EventEmitter().setMaxListeners(0)
  const changed = () => emitter.emit('changed')
  let live: LiveRun | null = null
  let working: Promise<void> | null = null
  let last: Journal | null = null
  let loading: Promise<string | null> | null = null
  let resolving: Promise<string> | null = null

  /** Reads the last run once; gives a problem to tell of. */
  const load = (): Promise<string | null> =>
    (loading ??= journals.read(environment).then(({ journal, problem }) => {
      last ??= journal
      return problem
    }))

  const keep = async (journal: Journal): Promise<void> => {
    last = journal
    await journals.write(environment, journal)
  }

  /** Does what was planned, to its end. Never fails: what goes wrong is the run's. */
  async function execute(prepared: Prepared, run: LiveRun, record: OpenRecord, begun: Journal): Promise<void> {
    let journal = begun
    const save = (part: Partial<Journal>) => {
      journal = { ...journal, ...part, run: run.view() }
      return keep(journal)
    }
    const { failure, step } = await performAll(prepared, run, journal.oids, save)
    let settled = true
    if (failure === null) run.conclude(outcomeOf(prepared))
    // A run that was stopped before its first change, perhaps by another console's, has nothing to clean up.
    else if (step === 'check') run.conclude('Nothing was done.')
    else {
      try {
        run.conclude(await settle(deps, environment, journal, run.log))
      } catch (error) {
        settled = false
        run.conclude(`What was begun could not be cleaned up yet; it is tried again. ${failureOf(error).message}`)
      }
    }
    const state = failure === null ? 'done' : failure.code === 'CANCELLED' ? 'cancelled' : 'failed'
    try {
      const { outcome } = run.ended(state, failure)
      await keep({ ...journal, settled, run: run.ended(state, failure) })
      if (failure === null) await record.done(outcome ?? undefined)
      else if (failure.code === 'CANCELLED') await record.cancelled(outcome ?? undefined)
      else await record.failed([failure.message, outcome].filter(Boolean).join(' '))
    } catch (error) {
      // The work is done, or undone; that it could not be written down must not hide which.
      run.log(`What became of this run could not be written down: ${failureOf(error).message}`)
    }
    // Shown as ended only now: whoever acts on it finds everything written down.
    run.show(run.ended(state, failure))
    if (!settled) deps.retry(environment)
  }

  async function performAll(prepared: Prepared, run: LiveRun, oids: Journal['oids'], save: (part: Partial<Journal>) => Promise<void>) {
    const { signal } = run.controller
    await using performer = createPerformer(deps, environment, prepared, oids, { signal, log: run.log, progress: run.progress, save })
    for (const { id } of prepared.steps) {
      try {
        // After the swap only tidying up is left, which goes on.
        if (id !== 'clean') signal.throwIfAborted()
        run.begin(id)
        await save({ step: id })
        await performer.perform(id)
        run.done(id)
      } catch (error) {
        const failure = signal.aborted && isAbort(error) ? new Failure('CANCELLED', 'The run was cancelled.') : failureOf(error)
        if (id !== 'clean') return { failure, step: id }
        run.log(`The older copy ${prepared.names.replaced} could not be dropped: ${failure.message} It is tried again by the next reset.`)
      }
    }
    return { failure: null, step: null }
  }

  async function resolve(): Promise<string> {
    if (last === null || last.settled) return ''
    const journal = last
    const doing = journal.run.steps.find((one) => one.state === 'running' || one.id === journal.step)?.title.toLowerCase()
    const record = await recorder.open({
      environment,
      target: targetOf(journal.run.database, journal.server),
      action: `Clean up after ${titles[journal.run.action]}`,
    })
    const log: Run['log'] = []
    try {
      const elsewhere = movedTo(deps.environments.get(environment), journal)
      const found = elsewhere ?? (await settle(deps, environment, journal, (line) => log.push({ at: clock().toISOString(), line })))
      const interrupted = journal.run.state === 'running' || journal.run.state === 'interrupted'
      const outcome = interrupted
        ? `${titles[journal.run.action]} was interrupted${doing === undefined ? '' : ` (${doing})`}. ${found}`
        : found
      await keep({
        ...journal,
        settled: true,
        step: null,
        run: { ...markInterrupted(journal.run), log: [...journal.run.log, ...log], outcome },
      })
      live = null
      await record.done(found)
      changed()
      return outcome
    } catch (error) {
      await record.failed(failureOf(error).message)
      throw error
    }
  }

  return {
    emitter,
    load,
    isWorking: () => live?.view().state === 'running',
    /** Waits until the record of a run that has ended is closed. */
    finish: async (): Promise<void> => {
      await working
    },
    view: (): Run | null => live?.view() ?? last?.run ?? null,

    /** Begins a run; the intent and the journal are on disk when it returns. The caller has checked guard and plan. */
    async start(action: Action, prepared: Prepared, server: Journal['server'], detail: string): Promise<string> {
      const { names, around, aside, oneTransaction, steps } = prepared
      const run = createLiveRun(action, names.current, steps, clock, changed)
      const before = around.current === null ? 'no database' : `OID ${around.current.oid}, ${around.current.size ?? 'size unknown'}`
      const record = await recorder.open({ environment, target: targetOf(names.current, server), action: titles[action], detail, before })
      const journal: Journal = {
        version: 1,
        run: run.view(),
        settled: false,
        server,
        step: null,
        aside,
        oids: {
          current: around.current?.oid ?? null,
          next: around.next?.oid ?? null,
          previous: around.previous?.oid ?? null,
          replaced: around.replaced?.oid ?? null,
          created: null,
        },
        transaction: null,
        backend: null,
        piecemeal: !aside && !oneTransaction && prepared.scripts.length > 0,
      }
      try {
        await keep(journal)
      } catch (error) {
        await record.failed(failureOf(error).message)
        throw error
      }
      live = run
      working = execute(prepared, run, record, journal).finally(() => {
        working = null
        deps.environments.recheck(environment)
        changed()
      })
      changed()
      return run.view().id
    },

    cancel(): void {
      live?.controller.abort()
    },

    /** Ends what is under way, and waits until it has cleaned up. */
    async close(): Promise<void> {
      live?.controller.abort()
      await working
    },

    /** Whether a run that ended in the middle still has to be looked at on the server. */
    unsettled: () => live?.view().state !== 'running' && last !== null && !last.settled,

    /** Looks at what an interrupted run has left, cleans it up, and writes down what was found. Asked twice at once, it looks once. */
    resolve: (): Promise<string> =>
      (resolving ??= resolve().finally(() => {
        resolving = null
      })),

    /** Says that an interrupted run is known, while the server cannot be asked. */
    async postpone(why: string): Promise<string> {
      if (last === null) return ''
      const outcome = `${titles[last.run.action]} of ${last.run.database} was interrupted. What it left is looked at as soon as the server can be reached: ${why}`
      await keep({ ...last, run: { ...markInterrupted(last.run), outcome } })
      changed()
      return outcome
    },
  }
}
export type Runs = ReturnType<typeof createRuns>

const targetOf = (database: string, { host, port }: Journal['server']) => `${database} @ ${host}:${port}`

const titles: Readonly<Record<Action, string>> = {
  create: 'Create',
  drop: 'Drop',
  'load-schema': 'Load schema',
  seed: 'Seed',
  'set-up': 'Set up',
  reset: 'Reset',
  undo: 'Undo',
}

function markInterrupted(run: Run): Run {
  if (run.state !== 'running') return run
  const steps = run.steps.map((one) => {
    if (one.state === 'running') return { ...one, state: 'failed' as const }
    return one.state === 'waiting' ? { ...one, state: 'skipped' as const } : one
  })
  return { ...run, state: 'interrupted', steps }
}

function outcomeOf({ plan, names, around, aside }: Prepared): string {
  const name = names.current
  if (aside) return around.current === null ? `${name} was set up.` : `${name} is new; the one before is kept as ${names.previous}.`
  switch (plan.action) {
    case 'create':
      return `${name} was created; it is empty.`
    case 'drop':
      return `${name} was dropped.`
    case 'load-schema':
      return `The schema was loaded into ${name}.`
    case 'seed':
      return `${name} was seeded.`
    case 'set-up':
    case 'reset':
      return `Schema and seed were loaded into ${name}.`
    case 'undo':
      return around.current === null
        ? `${name} is the previous one again.`
        : `${name} is the previous one again; what it took the place of is kept as ${names.previous}.`
    default:
      return plan.action satisfies never
  }
}

/** Where the environment was pointed to another server since, what the run left is not there. The console's own servers change ports. */
function movedTo({ origin, connection }: Environment, { server, run }: Journal): string | null {
  const same = server.host === connection.host && server.port === connection.port
  if ((same || origin === 'embedded' || origin === 'practice') && connection.database === run.database) return null
  return `It was at work on ${run.database} at ${server.host}:${server.port}; the environment has another server or database now, so look there.`
}

const isAbort = (error: unknown) =>
  error instanceof Failure ? error.code === 'CANCELLED' : error instanceof Error && error.name === 'AbortError'

function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error
  return new Failure('INTERNAL', `A defect of the console stopped the work: ${error instanceof Error ? error.message : String(error)}`)
}
