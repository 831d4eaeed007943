import type { EnvironmentId } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { Connection } from '../postgres/driver.ts'
import type { Script } from '../postgres/script.ts'
import { carryOver, createDatabase, markBuilt } from './build.ts'
import { lookAround, takeLock } from './catalogue.ts'
import type { Journal } from './journal.ts'
import { loadScript, prepareConnection } from './load.ts'
import { connectBeside, type ServerDeps } from './maintenance.ts'
import { isBuilt } from './names.ts'
import type { Prepared } from './plan.ts'
import type { StepId } from './steps.ts'
import { bringBack, dropDatabase, putInPlace } from './swap.ts'

/** How long a lock may still be held by the backend of a run that just ended. */
const lockPatienceMs = 10_000

export interface PerformDeps extends ServerDeps {
  readonly clock: () => Date
}

export interface PerformHooks {
  readonly signal: AbortSignal
  log(line: string): void
  progress(step: StepId, done: number, of: number): void
  /** Writes what is known now to the journal, before more is done. */
  save(part: Partial<Pick<Journal, 'oids' | 'transaction' | 'backend'>>): Promise<void>
}

/**
 * Does the steps of a plan, one at a time. It holds the lock around the database from the first step on;
 * disposing closes its connections, whereupon the server rolls back what is open.
 */
export function createPerformer(
  deps: PerformDeps,
  environment: EnvironmentId,
  prepared: Prepared,
  oids: Journal['oids'],
  hooks: PerformHooks,
) {
  const { names, aside, oneTransaction, plan } = prepared
  const { signal, log } = hooks
  const connections: Connection[] = []
  let around = prepared.around
  let known = oids
  let loader: Connection | null = null
  let holder: Connection | null = null

  const held = (): Connection => {
    if (holder === null) throw new Error('a step was begun before the check')
    return holder
  }
  const at = () => deps.clock().toISOString()

  /** Holds the lock, and looks again: what was planned must still be so. */
  async function check(): Promise<void> {
    holder = await connectBeside(deps, environment, signal)
    connections.push(holder)
    await takeLock(holder, names.current, lockPatienceMs, signal)
    const now = await lookAround(holder, names, { signal })
    if (now.current?.oid !== prepared.around.current?.oid || now.previous?.oid !== prepared.around.previous?.oid)
      throw new Failure('BUSY', `${names.current} was changed by someone else since the plan was made. Look at the new plan.`)
    if (now.current?.protected) throw new Failure('PROTECTED', `${names.current} is marked protected.`, { mend: 'remove_protection' })
    around = now
    const left = [
      ...(aside && now.next !== null && isBuilt(now.next.comment) ? [now.next] : []),
      ...((aside || plan.action === 'undo') && now.replaced !== null ? [now.replaced] : []),
    ]
    for (const one of left) {
      log(`Dropping ${one.name}, left by an earlier run.`)
      await dropDatabase(deps, environment, holder, one.name, { signal, log })
    }
  }

  async function create(): Promise<void> {
    const name = aside ? names.next : names.current
    const created = await createDatabase(held(), name, aside ? around.current : null, { signal, log })
    known = { ...known, created }
    await hooks.save({ oids: known })
    if (aside) await markBuilt(held(), name, at())
  }

  async function openLoader(): Promise<Connection> {
    if (loader !== null) return loader
    loader = await deps.driver.connect(deps.environments.target(environment, aside ? names.next : names.current), 'lifecycle', { signal })
    connections.push(loader)
    await prepareConnection(loader)
    // Aside, the whole database goes if it fails: only in place it matters what became of the session and its transaction.
    if (!aside) await hooks.save({ backend: loader.backend })
    if (oneTransaction) {
      const { rows } = await begin(loader)
      if (!aside) await hooks.save({ transaction: rows[0]?.[0] ?? null })
    }
    return loader
  }

  async function begin(connection: Connection) {
    await connection.run({ text: 'BEGIN' }, { signal })
    return connection.run({ text: 'SELECT pg_current_xact_id()' }, { signal })
  }

  async function load(step: 'schema' | 'seed', script: Script): Promise<void> {
    await loadScript(await openLoader(), script, { signal, progress: (done, of) => hooks.progress(step, done, of) })
    log(`${script.path}: ${script.statements.length} ${script.statements.length === 1 ? 'statement' : 'statements'}.`)
    const isLast = prepared.scripts.at(-1)?.step === step
    if (aside && isLast) await finishLoading()
  }

  /** Deferred constraints are checked here, so it can still fail. */
  async function finishLoading(): Promise<void> {
    if (loader === null) return
    signal.throwIfAborted()
    if (oneTransaction) await loader.run({ text: 'COMMIT' }, { timeoutMs: 0 })
    await loader.close()
    loader = null
  }

  async function perform(step: StepId): Promise<void> {
    switch (step) {
      case 'check':
        return check()
      case 'create':
        return create()
      case 'schema':
      case 'seed': {
        const script = prepared.scripts.find((one) => one.step === step)?.script
        if (script !== undefined) await load(step, script)
        return
      }
      case 'commit':
        return finishLoading()
      case 'settings':
        if (around.current !== null) await carryOver(held(), around.current, names.next, { signal, log })
        return
      case 'swap':
        return putInPlace({ deps, environment, connection: held(), names, around, at: at() }, { signal, log })
      case 'undo':
        return bringBack({ deps, environment, connection: held(), names, around, at: at() }, { signal, log })
      case 'drop':
        return dropDatabase(deps, environment, held(), names.current, { signal, log })
      case 'clean':
        // The swap is made: cancelling is too late, and this only tidies up.
        return dropDatabase(deps, environment, held(), names.replaced, { log })
      default:
        return step satisfies never
    }
  }

  return {
    perform,
    async [Symbol.asyncDispose](): Promise<void> {
      // A connection that is lost already has nothing to close.
      await Promise.allSettled(connections.map((one) => one.close()))
    },
  }
}
