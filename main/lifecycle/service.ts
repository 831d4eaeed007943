import { setTimeout as pause } from 'node:timers/promises'
import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import type { Environment, EnvironmentId } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { LifecycleState, lifecycle, Plan, Run } from '../../preload/contract/lifecycle.ts'
import type { Call } from '../environments/caller.ts'
import { makeChange, type Recorder, requireTyped } from '../environments/changes.ts'
import type { Environments } from '../environments/environments.ts'
import { watchLatest } from '../environments/watch.ts'
import type { Driver } from '../postgres/driver.ts'
import { commentOn } from './build.ts'
import { lookAround } from './catalogue.ts'
import { createJournals } from './journal.ts'
import { beside, type ServerDeps } from './maintenance.ts'
import { keptSince, nameProblem, namesAround, protectedMark, withoutMark } from './names.ts'
import { preparePlan } from './plan.ts'
import { checkProject, createScriptReader, findProject, listProjects, projectFacts } from './projects.ts'
import { createRuns, type Runs } from './runs.ts'

type Inputs = InferContractRouterInputs<typeof lifecycle>
type Outputs = InferContractRouterOutputs<typeof lifecycle>

export interface LifecycleDeps {
  readonly driver: Pick<Driver, 'run' | 'connect' | 'end'>
  readonly environments: Environments
  readonly recorder: Recorder
  /** Holds a journal for each environment. */
  readonly stateFolder: string
  readonly clock?: () => Date
}

/** How long the start waits for a server that an interrupted run has to be looked up on. */
const startPatienceMs = 5_000
/** Between two looks at it: a server that was restarted is back within a second. */
const retryMs = [500, 1_000, 2_000, 5_000, 15_000]

/** Creates, fills, rebuilds and drops the databases of environments. */
export function createLifecycleService({ driver, environments, recorder, stateFolder, clock = () => new Date() }: LifecycleDeps) {
  const server: ServerDeps = { driver, environments }
  const readScript = createScriptReader()
  const journals = createJournals(stateFolder)
  const kept = new Map<EnvironmentId, Runs>()
  const starting = new Set<EnvironmentId>()
  const closing = new AbortController()

  const runsOf = (id: EnvironmentId): Runs => {
    environments.get(id)
    const known = kept.get(id)
    if (known !== undefined) return known
    const made = createRuns({ ...server, recorder, journals, clock, retry: (one) => void settleLater(one) }, id)
    kept.set(id, made)
    return made
  }

  async function state({ environment }: Inputs['state'], call: Call): Promise<LifecycleState> {
    const { connection, project: chosen } = environments.get(environment)
    const names = namesAround(connection.database)
    const [around, project, projects] = await Promise.all([
      lookAround(beside(server, environment), names, { signal: call.signal }),
      findProject(chosen),
      listProjects(),
    ])
    const since = keptSince(around.previous?.comment ?? null)
    return {
      database: connection.database,
      exists: around.current !== null,
      protected: around.current?.protected ?? false,
      previous: around.previous === null || since === null ? null : { name: names.previous, keptSince: isTime(since) ? since : null },
      project,
      projects: [...projects],
    }
  }

  async function plan({ environment, action }: Inputs['plan'], call: Call): Promise<Plan> {
    const { plan } = await preparePlan({ ...server, readScript }, environment, action, call.signal)
    if (!isBusy(environment)) return plan
    return { ...plan, refusal: { code: 'BUSY', message: 'Another run is under way here. Wait for it, or cancel it.' } }
  }

  const isBusy = (environment: EnvironmentId) => starting.has(environment) || runsOf(environment).isWorking()

  async function start({ environment, action, confirm }: Inputs['start'], call: Call): Promise<Outputs['start']> {
    environments.allowChange(call, environment)
    if (isBusy(environment)) throw new Failure('BUSY', 'Another run is under way here. Wait for it, or cancel it.')
    // From here to the run's first step nothing else may begin: two clicks are one run.
    starting.add(environment)
    try {
      const runs = runsOf(environment)
      await Promise.all([runs.load(), runs.finish()])
      if (runs.unsettled()) await runs.resolve()
      const prepared = await preparePlan({ ...server, readScript }, environment, action, call.signal)
      const { refusal, confirm: wanted } = prepared.plan
      if (refusal !== null) throw new Failure(refusal.code, refusal.message, refusal.data)
      if (wanted !== null) requireTyped(wanted, confirm)
      call.signal.throwIfAborted()
      const { host, port } = environments.get(environment).connection
      const detail = [...prepared.scripts.map(({ script }) => script.path), ...prepared.plan.losses].join('; ')
      return { id: await runs.start(action, prepared, { host, port }, detail) }
    } finally {
      starting.delete(environment)
    }
  }

  async function* watch({ environment }: Inputs['watch'], call: Call): AsyncGenerator<Run | null, void> {
    const runs = runsOf(environment)
    await runs.load()
    yield* watchLatest(runs.emitter, runs.view, call.signal)
  }

  async function cancel({ environment }: Inputs['cancel']): Promise<void> {
    runsOf(environment).cancel()
  }

  async function protect({ environment, protect: on, confirm }: Inputs['protect'], call: Call): Promise<void> {
    environments.allowChange(call, environment)
    const { database, host, port } = environments.get(environment).connection
    const problem = nameProblem(database)
    if (problem !== null) throw new Failure('INVALID', problem)
    if (!on) requireTyped(database, confirm)
    const runner = beside(server, environment)
    const { current } = await lookAround(runner, namesAround(database), { signal: call.signal })
    if (current === null) throw new Failure('NO_DATABASE', `There is no database ${database} on this server.`, { mend: 'create_database' })
    const intent = {
      environment,
      target: `${database} @ ${host}:${port}`,
      action: on ? 'Protect' : 'Take protection away',
      before: current.protected ? 'protected' : 'not protected',
    }
    await makeChange({ environments, recorder }, call, intent, async () => {
      const text = on ? protectedMark(current.comment) : withoutMark(current.comment)
      await runner.run({ text: commentOn(database, text) })
      return { value: undefined, after: on ? 'protected' : 'not protected' }
    })
    environments.recheck(environment)
  }

  async function choose({ environment, project }: Inputs['choose'], call: Call): Promise<LifecycleState> {
    environments.get(environment)
    await checkProject(project)
    await environments.setProject(environment, project)
    return state({ environment }, call)
  }

  /** Looks at an interrupted run until its server can be reached. */
  async function settleLater(environment: EnvironmentId): Promise<void> {
    for (let tries = 0; !closing.signal.aborted; tries += 1) {
      // Closing cuts the wait short, and is seen right below.
      await pause(retryMs[tries] ?? retryMs.at(-1), undefined, { signal: closing.signal, ref: false }).catch(() => {})
      const runs = kept.get(environment)
      if (closing.signal.aborted || runs === undefined || !runs.unsettled() || starting.has(environment)) return
      try {
        await runs.resolve()
        environments.recheck(environment)
        return
      } catch (error) {
        if (!(error instanceof Failure)) throw error
      }
    }
  }

  /** What an interrupted run of one environment has left, in a sentence; null where there was none. */
  async function recover(environment: EnvironmentId): Promise<readonly string[]> {
    const runs = runsOf(environment)
    const problem = await runs.load()
    if (!runs.unsettled()) return problem === null ? [] : [problem]
    const { label } = environments.get(environment)
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(new Failure('TIMEOUT', 'it has not answered yet.')), startPatienceMs)
    try {
      return [`${label}: ${await Promise.race([runs.resolve(), late.promise])}`]
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      void settleLater(environment)
      return [`${label}: ${await runs.postpone(error.message)}`]
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    service: { state, plan, start, watch, cancel, protect, choose },
    /** Which tables the project of an environment makes. Fails with FILE or SQL. */
    project: (environment: Environment) => projectFacts(readScript, environment),
    /** At the start: what became of runs that the last console did not see end, in sentences to show. */
    async recoverRuns(): Promise<readonly string[]> {
      return (await Promise.all(environments.all().map(({ id }) => recover(id)))).flat()
    },
    /** Cancels what is under way, and waits until it has cleaned up. */
    async close(): Promise<void> {
      closing.abort()
      await Promise.all([...kept.values()].map((runs) => runs.close()))
    },
  }
}
export type LifecycleService = ReturnType<typeof createLifecycleService>['service']

const isTime = (text: string) => !Number.isNaN(Date.parse(text)) && text.endsWith('Z')
