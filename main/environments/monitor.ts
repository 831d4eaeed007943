import { EventEmitter } from 'node:events'
import type { ConnectionState, Identity } from '../../preload/contract/environments.ts'
import { Failure, type Problem, problemOf } from '../../preload/contract/errors.ts'
import { consoleSql } from '../postgres/console-sql.ts'
import type { Driver, Handshake, Rows, Target } from '../postgres/driver.ts'
import { isShutOut, maintenanceDatabase } from '../postgres/maintenance-database.ts'

const steadyMs = 4_000
const backOffMs = [500, 1_000, 2_000, 5_000, 10_000]
const probeTimeoutMs = 4_000

/** Keeps looking at one environment's connection: who answers, how fast, and whether it came back. Emits `changed`. */
export function createMonitor(
  driver: Pick<Driver, 'run' | 'handshake'>,
  target: (database?: string) => Target,
  explain: (failure: Failure) => Promise<Failure> = async (failure) => failure,
  now: () => Date = () => new Date(),
) {
  const emitter = new EventEmitter()
  let state: ConnectionState = { state: 'connecting' }
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let probing: AbortController | null = null
  let closed = false
  let explained: { readonly of: Failure; readonly problem: Problem } | null = null
  /** The next look asks the database itself. */
  let rechecking = false

  const become = (next: ConnectionState) => {
    state = next
    emitter.emit('changed')
  }

  const plan = (ms: number) => {
    if (closed) return
    clearTimeout(timer)
    timer = setTimeout(() => void probe(), ms)
    timer.unref()
  }

  const failed = (error: unknown) => {
    const failure = error instanceof Failure ? silence(error) : new Failure('INTERNAL', 'The connection could not be checked.')
    // What was explained before is told at once, so that the sentence does not change to and fro with every look.
    const problem = failure.message === explained?.of.message ? explained.problem : problemOf(failure)
    const since = state.state === 'lost' || state.state === 'failed' ? state.since : now().toISOString()
    become({ state: state.state === 'connected' || state.state === 'lost' ? 'lost' : 'failed', problem, since })
    void tellReason(failure)
    plan(backOffMs[Math.min(failures++, backOffMs.length - 1)] ?? steadyMs)
  }

  /** Puts the reason that AWS knows in the place of what the socket said. */
  const tellReason = async (failure: Failure) => {
    // The reason is an addition: whoever asks AWS itself is told why that failed.
    const problem = problemOf(await explain(failure).catch(() => failure))
    explained = { of: failure, problem }
    if (closed || (state.state !== 'lost' && state.state !== 'failed')) return
    if (problem.message !== state.problem.message) become({ ...state, problem })
  }

  const ask = (asked: Target, name: string, values: string[], signal: AbortSignal) =>
    driver.run(asked, { text: consoleSql(name), values }, { signal, timeoutMs: probeTimeoutMs, reserved: true })

  /** Signs in to the database itself and asks who answers. */
  const identifyNow = async (signal: AbortSignal): Promise<Identity> => {
    const asked = target()
    return readIdentity(await ask(asked, 'identity', [], signal), asked, await lookAtTls(driver, asked, signal))
  }

  /**
   * What may have changed since, asked of the maintenance database: null where the database went, or where this role cannot be let
   * in there, so that the database itself has to be asked.
   */
  const pulse = async (known: Identity, signal: AbortSignal): Promise<Identity | null> => {
    try {
      const { rows } = await ask(target(maintenanceDatabase), 'pulse', [known.database], signal)
      const [marked] = rows[0] ?? []
      return marked === undefined ? null : { ...known, protected: marked === 't' }
    } catch (error) {
      if (isShutOut(error) || (error instanceof Failure && error.code === 'SIGN_IN')) return null
      throw error
    }
  }

  /** Looks once. Overlapping calls are one. */
  const probe = async (): Promise<void> => {
    if (closed || probing !== null) return
    const controller = new AbortController()
    const { signal } = controller
    probing = controller
    try {
      const before = state.state === 'connected' && !rechecking ? state : null
      rechecking = false
      let identity = before?.identity ?? (await identifyNow(signal))
      const start = performance.now()
      const beat = await pulse(identity, signal)
      let latencyMs = performance.now() - start
      // The first beat also pays for its connection; only a later one tells the latency.
      if (before === null && beat !== null) {
        const again = performance.now()
        await pulse(identity, signal)
        latencyMs = performance.now() - again
      }
      identity = beat ?? (before === null ? identity : await identifyNow(signal))
      if (closed || signal.aborted) return
      failures = 0
      explained = null
      become({ state: 'connected', identity, latencyMs, since: before?.since ?? now().toISOString() })
      plan(steadyMs)
    } catch (error) {
      if (!closed && !signal.aborted) failed(error)
    } finally {
      probing = null
      if (rechecking) plan(0)
    }
  }

  return {
    emitter,
    state: () => state,
    /** Looks again at once. */
    recheck() {
      failures = 0
      rechecking = true
      // The look may take seconds of silence; the reason can be another at once.
      if (explained !== null) void tellReason(explained.of)
      if (probing === null) plan(0)
    },
    /** A connection ended by itself: say so at once, then look whether the server answers. */
    lost(failure: Error) {
      if (state.state !== 'connected') return
      failed(failure)
    },
    close() {
      closed = true
      clearTimeout(timer)
      probing?.abort()
    },
  }
}
export type Monitor = ReturnType<typeof createMonitor>

function readIdentity(rows: Rows, target: Target, handshake: Handshake | null): Identity {
  const [database, user, superuser, serverAddress, serverPort, version, tls, marked, readOnly] = rows.rows[0] ?? []
  return {
    database: database ?? '',
    user: user ?? '',
    superuser: superuser === 't',
    serverAddress: serverAddress ?? null,
    serverPort: serverPort == null ? null : Number(serverPort),
    version: version ?? '',
    tls: tls == null ? null : { ...handshake, protocol: tls, verified: target.tls?.verify ?? false },
    protected: marked === 't',
    readOnly: readOnly === 't',
  }
}

/** Which root vouches for the server. It decorates what is known already, so that its failure is none. */
async function lookAtTls(driver: Pick<Driver, 'handshake'>, target: Target, signal: AbortSignal | undefined): Promise<Handshake | null> {
  if (target.tls?.verify !== true) return null
  return await driver.handshake(target, { signal, timeoutMs: probeTimeoutMs }).catch((error: unknown) => {
    if (error instanceof Failure && error.code !== 'CANCELLED') return null
    throw error
  })
}

/** A look that ran out of time says something about the server, not about a statement. */
function silence(failure: Failure): Failure {
  if (failure.code !== 'TIMEOUT') return failure
  return new Failure('UNREACHABLE', `The server has not answered for ${probeTimeoutMs / 1000} s. It may hang, or the way to it is cut.`, {
    ...failure.data,
    source: { vendor: 'node', code: 'ETIMEDOUT' },
  })
}

/** Connects once and says who answered. */
export async function identify(driver: Pick<Driver, 'run' | 'handshake'>, target: Target, signal?: AbortSignal): Promise<Identity> {
  const rows = await driver.run(target, { text: consoleSql('identity') }, { signal, timeoutMs: probeTimeoutMs })
  return readIdentity(rows, target, await lookAtTls(driver, target, signal))
}
