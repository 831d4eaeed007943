import { setTimeout as pause } from 'node:timers/promises'
import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import { Failure } from '../../preload/contract/errors.ts'
import type { Backend, Session, Signalled, sessions } from '../../preload/contract/sessions.ts'
import type { Call } from '../environments/caller.ts'
import { makeChange, type Recorder } from '../environments/changes.ts'
import type { Environments } from '../environments/environments.ts'
import { consoleSql } from '../postgres/console-sql.ts'
import type { Driver, Rows, Value } from '../postgres/driver.ts'
import { isShutOut, maintenanceDatabase } from '../postgres/maintenance-database.ts'
import { describe, isPrivileged, sessionOf } from './session-row.ts'

type Inputs = InferContractRouterInputs<typeof sessions>
type Outputs = InferContractRouterOutputs<typeof sessions>
type Signal = 'cancel' | 'terminate'

/** What the sessions service needs. */
export interface SessionsDeps {
  readonly driver: Pick<Driver, 'run' | 'end'>
  readonly environments: Pick<Environments, 'target' | 'get' | 'allowChange'>
  readonly recorder: Recorder
}

/** Milliseconds for a look at the sessions: they are asked for again and again, and one that hangs must be seen to. */
const timeoutMs = 5_000
/** Milliseconds that backends get to end after SIGTERM before they are told of as they are. */
const patienceMs = 2_000

/** Who is connected, and the signals to them. Failures are the driver's; a refused signal is an outcome, not a failure. */
export function createSessionsService({ driver, environments, recorder }: SessionsDeps) {
  function serverOf(environment: string): string {
    const { host, port } = environments.get(environment).connection
    return `${host}:${port}`
  }

  /** Works without the environment's own database, unless the server has no other that lets this role in. */
  async function run(environment: string, name: string, values: readonly Value[], signal?: AbortSignal): Promise<Rows> {
    const statement = { text: consoleSql(name), values }
    try {
      return await driver.run(environments.target(environment, maintenanceDatabase), statement, { signal, timeoutMs, reserved: true })
    } catch (error) {
      // A signal that the role may not send fails alike, and is refused in the other database as well.
      if (!isShutOut(error)) throw error
      return driver.run(environments.target(environment), statement, { signal, timeoutMs, reserved: true })
    }
  }

  async function read(environment: string, database: string | null, signal?: AbortSignal) {
    const { rows } = await run(environment, 'sessions-list', [database], signal)
    return { sessions: rows.map(sessionOf), privileged: rows.every(isPrivileged) }
  }

  async function signalOne(environment: string, kind: Signal, { pid, backendStart }: Backend): Promise<Signalled> {
    const said = (outcome: Signalled['outcome'], message: string | null = null): Signalled => ({ pid, backendStart, outcome, message })
    try {
      const { rows } = await run(environment, `sessions-${kind}`, [String(pid), backendStart])
      switch (rows[0]?.[0]) {
        case 'signalled':
          return said('signalled')
        case 'self':
          return said('refused', 'This is the connection that carries the signals; it ends with the console.')
        case 'unseen':
          return said('refused', unseen(pid))
        default:
          return said('gone')
      }
    } catch (error) {
      if (error instanceof Failure && error.code === 'FORBIDDEN') return said('refused', refusal(error))
      throw error
    }
  }

  /** Every signal is tried; where one fails for another reason than a refusal, that failure is told after the others are sent. */
  async function signalAll(environment: string, kind: Signal, backends: readonly Backend[]): Promise<Signalled[]> {
    const settled = await Promise.allSettled(backends.map((backend) => signalOne(environment, kind, backend)))
    return settled.map((result) => {
      if (result.status === 'rejected') throw result.reason
      return result.value
    })
  }

  async function signalChosen(kind: Signal, { environment, backends }: Inputs[Signal], call: Call): Promise<Signalled[]> {
    environments.allowChange(call, environment)
    const { sessions } = await read(environment, null, call.signal)
    const chosen = backends.map(({ pid, backendStart }) => {
      const session = sessions.find((one) => one.pid === pid && one.backendStart === backendStart)
      return session ? describe(session) : `pid ${pid}, gone`
    })
    const intent = {
      environment,
      target: `${backends.length === 1 ? `session ${backends[0]?.pid}` : `${backends.length} sessions`} @ ${serverOf(environment)}`,
      action: kind === 'cancel' ? 'Cancel sessions' : 'Terminate sessions',
      before: chosen.join('; '),
    }
    return makeChange({ environments, recorder }, call, intent, async () => {
      const value = await signalAll(environment, kind, backends)
      return { value, after: summary(value) }
    })
  }

  /** The clients that keep a database in use. What the server runs there of its own, it ends by itself when the database is dropped. */
  async function holders(environment: string, database: string): Promise<Session[]> {
    const { sessions } = await read(environment, database)
    return sessions.filter((session) => session.user !== null && (session.hidden || session.backendType === 'client backend'))
  }

  /** Waits until these have left the database, or patience ends. */
  async function untilGone(environment: string, database: string, backends: readonly Backend[]): Promise<void> {
    const deadline = Date.now() + patienceMs
    for (;;) {
      const left = await holders(environment, database)
      if (!left.some((one) => backends.some((backend) => isSame(one, backend))) || Date.now() > deadline) return
      await pause(50)
    }
  }

  return {
    async list({ environment }: Inputs['list'], call: Call): Promise<Outputs['list']> {
      return { ...(await read(environment, null, call.signal)), at: new Date().toISOString() }
    },

    cancel: (input: Inputs['cancel'], call: Call): Promise<Signalled[]> => signalChosen('cancel', input, call),

    terminate: (input: Inputs['terminate'], call: Call): Promise<Signalled[]> => signalChosen('terminate', input, call),

    async holding({ environment }: Inputs['holding'], call: Call): Promise<Outputs['holding']> {
      const { database } = environments.get(environment).connection
      const [{ sessions }, prepared] = await Promise.all([
        read(environment, database, call.signal),
        run(environment, 'sessions-prepared', [database], call.signal),
      ])
      return { database, sessions, preparedTransactions: prepared.rows.map(([gid]) => gid ?? '') }
    },

    async free({ environment }: Inputs['free'], call: Call): Promise<Signalled[]> {
      environments.allowChange(call, environment)
      const { database } = environments.get(environment).connection
      const before = await holders(environment, database)
      const intent = {
        environment,
        target: `${database} @ ${serverOf(environment)}`,
        action: 'Free sessions',
        before: before.map(describe).join('; ') || 'no sessions',
      }
      return makeChange({ environments, recorder }, call, intent, async () => {
        await driver.end(environment, database)
        const own = before.filter((one) => one.own)
        await untilGone(environment, database, own.flatMap(backendOf))
        const left = await holders(environment, database)
        const others = left.filter((one) => !one.own)
        const sent = await signalAll(environment, 'terminate', others.flatMap(backendOf))
        await untilGone(
          environment,
          database,
          sent.filter((one) => one.outcome === 'signalled'),
        )
        const value = [
          ...own.map((one) => closedOrAtWork(one, left)),
          ...sent,
          ...others.filter((one) => one.backendStart === null).map(unnameable),
        ]
        return { value, after: summary(value) }
      })
    },
  }
}

const isSame = (session: Session, backend: { readonly pid: number; readonly backendStart: string | null }): boolean =>
  session.pid === backend.pid && session.backendStart === backend.backendStart

const backendOf = ({ pid, backendStart }: Session): Backend[] => (backendStart === null ? [] : [{ pid, backendStart }])

/** What became of an own session once the driver let go: one that stays is at work, and its work is not for this to break off. */
function closedOrAtWork(session: Session, left: readonly Session[]): Signalled {
  const { pid } = session
  const backendStart = session.backendStart ?? ''
  if (!left.some((one) => isSame(one, session))) return { pid, backendStart, outcome: 'signalled', message: null }
  return { pid, backendStart, outcome: 'refused', message: `This console is at work on it (${session.application}): cancel that first.` }
}

const unseen = (pid: number): string =>
  `The role may not see when session ${pid} began, so it cannot be told from a later one: grant pg_read_all_stats to it.`

const unnameable = ({ pid }: Session): Signalled => ({ pid, backendStart: '', outcome: 'refused', message: unseen(pid) })

/** Postgres' own words, with its detail where the version gives one. */
function refusal({ message, data }: Failure): string {
  return data?.detail ? `${message} ${data.detail}` : message
}

function summary(results: readonly Signalled[]): string {
  const count = (outcome: Signalled['outcome']) => results.filter((one) => one.outcome === outcome).length
  return `${count('signalled')} signalled, ${count('gone')} gone, ${count('refused')} refused`
}
