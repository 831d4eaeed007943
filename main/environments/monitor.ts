import { EventEmitter } from 'node:events'
import type { ConnectionState, Identity } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import { consoleSql } from '../postgres/console-sql.ts'
import type { Driver, Rows, Target } from '../postgres/driver.ts'

const steadyMs = 5_000
const backOffMs = [500, 1_000, 2_000, 5_000, 10_000]
const probeTimeoutMs = 5_000

/** Keeps looking at one environment's connection: who answers, how fast, and whether it came back. Emits `changed`. */
export function createMonitor(driver: Pick<Driver, 'run'>, target: () => Target, now: () => Date = () => new Date()) {
  const emitter = new EventEmitter()
  let state: ConnectionState = { state: 'connecting' }
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let probing: AbortController | null = null
  let closed = false

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
    const failure = error instanceof Failure ? error : new Failure('INTERNAL', 'The connection could not be checked.')
    const problem = { code: failure.code, message: failure.message, ...(failure.data && { data: failure.data }) }
    const since = state.state === 'lost' || state.state === 'failed' ? state.since : now().toISOString()
    become({ state: state.state === 'connected' || state.state === 'lost' ? 'lost' : 'failed', problem, since })
    plan(backOffMs[Math.min(failures++, backOffMs.length - 1)] ?? steadyMs)
  }

  /** Asks once who answers. Overlapping calls are one. */
  const probe = async (): Promise<void> => {
    if (closed || probing !== null) return
    const controller = new AbortController()
    probing = controller
    try {
      const asked = target()
      const ask = () => driver.run(asked, { text: consoleSql('identity') }, { signal: controller.signal, timeoutMs: probeTimeoutMs })
      // The first question also pays for the connection; only a later one tells the latency.
      if (state.state !== 'connected') await ask()
      const start = performance.now()
      const rows = await ask()
      const latencyMs = performance.now() - start
      if (closed || controller.signal.aborted) return
      failures = 0
      const since = state.state === 'connected' ? state.since : now().toISOString()
      become({ state: 'connected', identity: readIdentity(rows, asked), latencyMs, since })
      plan(steadyMs)
    } catch (error) {
      if (!closed && !controller.signal.aborted) failed(error)
    } finally {
      probing = null
    }
  }

  return {
    emitter,
    state: () => state,
    /** Looks again at once. */
    recheck() {
      failures = 0
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

function readIdentity(rows: Rows, target: Target): Identity {
  const [database, user, superuser, serverAddress, serverPort, version, tls, marked, readOnly] = rows.rows[0] ?? []
  return {
    database: database ?? '',
    user: user ?? '',
    superuser: superuser === 't',
    serverAddress: serverAddress ?? null,
    serverPort: serverPort == null ? null : Number(serverPort),
    version: version ?? '',
    tls: tls == null ? null : { protocol: tls, verified: target.tls?.verify ?? false },
    protected: marked === 't',
    readOnly: readOnly === 't',
  }
}

/** Connects once and says who answered. */
export async function identify(driver: Pick<Driver, 'run'>, target: Target, signal?: AbortSignal): Promise<Identity> {
  const rows = await driver.run(target, { text: consoleSql('identity') }, { signal, timeoutMs: probeTimeoutMs })
  return readIdentity(rows, target)
}
