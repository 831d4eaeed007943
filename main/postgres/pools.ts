import { Client, Pool, type PoolClient } from 'pg'
import type { Backend } from '../../preload/contract/sessions.ts'
import type { Statement, Target, Value } from './driver.ts'
import { DriverError } from './driver-error.ts'
import { clientConfig, HeldClient } from './held-client.ts'
import { TypeNames } from './type-names.ts'

export interface PoolEvents {
  password(environment: string): Promise<string | null>
  lost(target: Target, error: Error, inUse: boolean): void
}

/** A pooled client while somebody has it. */
export interface Lease {
  readonly held: HeldClient
  release(): void
}

const workers = 6
/** For cancelling, and for what must get through although all others are taken. */
const reserve = 2
/** Longer than a connection may take, whose own end says more. */
const waitMs = 6000
/** A cancel that could not be sent by then must not be sent later: it would hit the next statement. */
const signalMs = 3000
/** Short, so that the console does not hold a database open that somebody wants to drop. */
const idleMs = 10_000
/** Below the quarter of an hour that an IAM token lasts: whoever may no longer sign in loses the connections too. */
const lifeSeconds = 600
/** A connection that was idle for so long may be dead without anybody having noticed: a sleep, a change of network. */
const doubtMs = 5000
const promptMs = 2000

export function targetKey(target: Target): string {
  const { environment, host, port, database, user, tls } = target
  return JSON.stringify([environment, host, port, database, user, tls?.ca, tls?.verify, tls?.servername])
}

/** The pooled connections to one target: six to work with, two in reserve. */
export class TargetPools {
  readonly target: Target
  readonly types: TypeNames
  readonly #events: PoolEvents
  readonly #work: Pool
  readonly #reserve: Pool
  readonly #holders = new Map<HeldClient, string>()
  readonly #clients = new WeakMap<Client, HeldClient>()
  readonly #lastUsed = new WeakMap<HeldClient, number>()
  readonly #own = new Set<HeldClient>()

  constructor(target: Target, events: PoolEvents) {
    this.target = target
    this.#events = events
    this.#work = this.#pool('pool', workers)
    this.#reserve = this.#pool('reserve', reserve)
    this.types = new TypeNames((types) => this.#askTypes(types))
  }

  #pool(purpose: string, max: number): Pool {
    const pool = new Pool({
      ...clientConfig(this.target, purpose, () => this.#events.password(this.target.environment)),
      max,
      idleTimeoutMillis: idleMs,
      connectionTimeoutMillis: waitMs,
      maxLifetimeSeconds: lifeSeconds,
    })
    pool.on('error', (error) => this.#events.lost(this.target, error, false))
    // The pool takes its own listener away while a client is out; an error then would end the worker.
    pool.on('connect', (client) => this.#watch(client))
    return pool
  }

  #watch(client: Client): HeldClient {
    const held = new HeldClient(client)
    this.#clients.set(client, held)
    let told = false
    client.on('error', (error) => {
      const inUse = this.#holders.has(held) || this.#own.has(held)
      if (!inUse || told || held.cut) return
      told = true
      held.spoiled = true
      this.#events.lost(this.target, error, true)
    })
    return held
  }

  /** A client that answers. `label` says what it is for, in the message that others get when all are taken. */
  async lease(label: string, fromReserve: boolean, signal: AbortSignal): Promise<Lease> {
    const pool = fromReserve ? this.#reserve : this.#work
    for (;;) {
      const client = await this.#checkOut(pool, signal)
      const held = this.#clients.get(client) ?? this.#watch(client)
      this.#holders.set(held, label)
      const lease = {
        held,
        release: () => {
          this.#holders.delete(held)
          this.#lastUsed.set(held, performance.now())
          client.release(held.spoiled)
        },
      }
      const fresh = !this.#lastUsed.has(held)
      try {
        if (fresh) await this.#promptly(held, () => held.backend())
        else if (this.#isDoubtful(held)) await this.#promptly(held, () => held.rows({ text: 'SELECT' }))
        return lease
      } catch (error) {
        held.destroy()
        lease.release()
        // An idle connection that turned out dead is no failure: there are others, and new ones.
        if (fresh) throw error
      }
    }
  }

  async #checkOut(pool: Pool, signal: AbortSignal): Promise<PoolClient> {
    signal.throwIfAborted()
    const coming = pool.connect()
    const { promise: aborted, reject } = Promise.withResolvers<never>()
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    try {
      return await Promise.race([coming, aborted])
    } catch (error) {
      if (signal.aborted) coming.then((client) => client.release()).catch(() => {})
      if (error instanceof Error && error.message === 'timeout exceeded when trying to connect') throw this.#full(error)
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  #full(cause: Error): DriverError {
    // Nobody holds one: all of them are still waiting for a server that does not answer.
    if (this.#holders.size === 0) return new DriverError('connect timeout', cause.message, { cause })
    const held = [...this.#holders.values()].map((label) => `“${label}”`).join(', ')
    const { environment, database } = this.target
    return new DriverError(
      'pool full',
      `The console's own connections to ${database} (${environment}) are all busy with ${held}. Wait, or end one of them under Sessions.`,
      { cause },
    )
  }

  #isDoubtful(held: HeldClient): boolean {
    return performance.now() - (this.#lastUsed.get(held) ?? 0) > doubtMs
  }

  /** For the driver's own small statements: a connection that does not answer them in time is cut. */
  async #promptly<T>(held: HeldClient, work: () => Promise<T>): Promise<T> {
    const timer = setTimeout(() => held.destroy(), promptMs)
    try {
      return await work()
    } finally {
      clearTimeout(timer)
    }
  }

  /** A connection outside the pool. Whoever gets it ends it. */
  async connect(purpose: string, signal: AbortSignal): Promise<HeldClient> {
    signal.throwIfAborted()
    const client = new Client(clientConfig(this.target, purpose, () => this.#events.password(this.target.environment)))
    const held = this.#watch(client)
    const abort = () => held.destroy()
    signal.addEventListener('abort', abort, { once: true })
    try {
      await client.connect()
      await this.#promptly(held, () => held.backend())
    } catch (error) {
      held.destroy()
      signal.throwIfAborted()
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
    }
    this.#own.add(held)
    return held
  }

  disconnect(held: HeldClient): Promise<void> {
    this.#own.delete(held)
    return held.client.end()
  }

  /** Sends the signal to exactly this backend. False where it is no longer there. */
  cancel(backend: Backend): Promise<boolean> {
    return this.#signal('pg_cancel_backend', backend)
  }

  terminate(backend: Backend): Promise<boolean> {
    return this.#signal('pg_terminate_backend', backend)
  }

  async #signal(name: 'pg_cancel_backend' | 'pg_terminate_backend', backend: Backend): Promise<boolean> {
    // Process ids are used again: the start of the backend tells it from a later one.
    const [row] = await this.#askReserve('cancelling', {
      text: `SELECT ${name}(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2::timestamptz`,
      values: [String(backend.pid), backend.backendStart],
    })
    return row?.[0] === 't'
  }

  async #askTypes(types: readonly (readonly [number, number])[]): Promise<readonly (string | null)[]> {
    const rows = await this.#askReserve('names of types', {
      text: 'SELECT format_type(oid, modifier) FROM unnest($1::oid[], $2::int4[]) WITH ORDINALITY AS t (oid, modifier, place) ORDER BY place',
      values: [`{${types.map(([oid]) => oid).join()}}`, `{${types.map(([, modifier]) => modifier).join()}}`],
    })
    return rows.map((row) => row[0] ?? null)
  }

  async #askReserve(label: string, statement: Statement): Promise<Value[][]> {
    const lease = await this.lease(label, true, AbortSignal.timeout(signalMs))
    try {
      return await this.#promptly(lease.held, () => lease.held.rows(statement))
    } catch (error) {
      lease.held.spoiled = true
      throw error
    } finally {
      lease.release()
    }
  }

  /** Closes what is idle at once, and what is in use when it is given back, or after five seconds. */
  async end(): Promise<void> {
    const late = setTimeout(() => {
      for (const held of this.#holders.keys()) held.destroy()
    }, 5000)
    await Promise.all([this.#work.end(), this.#reserve.end()])
    clearTimeout(late)
  }
}
