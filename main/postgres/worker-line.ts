import type { Worker } from 'node:worker_threads'
import { Failure } from '../../preload/contract/errors.ts'
import type { DriverOptions } from './driver.ts'
import type { Answers, Described, FromWorker, Place, ToWorker, WorkerCall } from './wire.ts'

/** Main's end of the line to the worker. */
export interface WorkerLine {
  /** `place` is what the call is for: calls on a connection fail once the worker that held it is gone. */
  call<Call extends WorkerCall>(call: Call, place: Place | null, signal?: AbortSignal): Promise<Answers[Call['do']]>
  cancel(id: number): void
  closeConnection(connection: number): Promise<void>
  close(): Promise<void>
}

interface Pending {
  readonly environment: string | null
  resolve(value: unknown): void
  reject(error: Error): void
}

/** One life of the worker, with everything that ends with it. */
interface Life {
  readonly worker: Worker
  readonly pending: Map<number, Pending>
  /** Connections by number, with the environment each belongs to. */
  readonly connections: Map<number, string>
  readonly environments: Set<string>
  error: Error | null
}

const goodByeMs = 2000

/** Starts the worker at once, and again with the next call after it has died. */
export function createWorkerLine(options: DriverOptions, start: () => Worker): WorkerLine {
  let ids = 0
  let closed = false
  let life: Life | null = begin()

  function begin(): Life {
    const begun: Life = { worker: start(), pending: new Map(), connections: new Map(), environments: new Set(), error: null }
    begun.worker.on('message', (message: FromWorker) => receive(begun, message))
    begun.worker.on('error', (error) => {
      begun.error = error instanceof Error ? error : new Error(String(error))
    })
    begun.worker.on('exit', () => end(begun))
    return begun
  }

  /** The worker is gone, and with it every connection: what waited fails, and the next call starts another. */
  function end(ended: Life): void {
    if (life === ended) life = null
    const why = ended.error === null ? '' : ` (${ended.error.message})`
    const message = `The connection was lost: the database engine had to be started again${why}. What was under way may or may not have been done.`
    const inUse = new Set(ended.connections.values())
    for (const pending of ended.pending.values()) {
      if (pending.environment !== null) inUse.add(pending.environment)
      pending.reject(new Failure('LOST', message))
    }
    if (closed) return
    for (const environment of ended.environments) options.events.lost(environment, new Failure('LOST', message), inUse.has(environment))
  }

  function receive(from: Life, message: FromWorker): void {
    switch (message.kind) {
      case 'done':
        from.pending.get(message.id)?.resolve(message.value)
        break
      case 'failed':
        from.pending.get(message.id)?.reject(toError(message.error))
        break
      case 'password':
        void tellPassword(from, message.id, message.environment)
        break
      case 'lost':
        options.events.lost(message.environment, toError(message.error), message.inUse)
        break
      default:
        message satisfies never
    }
  }

  async function tellPassword(to: Life, id: number, environment: string): Promise<void> {
    const answer = (password: string | null, error: Described | null) => post(to, { kind: 'password', id, password, error })
    try {
      answer(await options.password(environment), null)
    } catch (error) {
      answer(null, toDescribed(error))
    }
  }

  const post = (to: Life, message: ToWorker) => to.worker.postMessage(message)

  function lifeFor(place: Place | null): Life {
    if (closed) throw new Failure('LOST', 'The console is closing its connections.')
    if (typeof place === 'number' && life?.connections.has(place) !== true) {
      throw new Failure('LOST', 'This connection was lost or closed. Start again on a new one.')
    }
    life ??= begin()
    return life
  }

  const environmentOf = (to: Life, place: Place | null) =>
    place === null ? null : typeof place === 'number' ? (to.connections.get(place) ?? null) : place.environment

  async function call<Call extends WorkerCall>(asked: Call, place: Place | null, signal?: AbortSignal): Promise<Answers[Call['do']]> {
    const what: WorkerCall = asked
    if (signal?.aborted === true) throw new Failure('CANCELLED', 'Cancelled before it began.')
    const to = lifeFor(place)
    ids += 1
    const id = ids
    const environment = environmentOf(to, place)
    if (environment !== null) to.environments.add(environment)
    const cancel = () => post(to, { kind: 'cancel', id })
    const answer = new Promise<unknown>((resolve, reject) => to.pending.set(id, { environment, resolve, reject }))
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      post(to, { kind: 'call', id, call: what })
      const value = await answer
      if (what.do === 'connect') to.connections.set(id, what.target.environment)
      // The worker answers a call with what `Answers` says of its kind.
      return value as Answers[Call['do']]
    } finally {
      to.pending.delete(id)
      signal?.removeEventListener('abort', cancel)
    }
  }

  return {
    call,
    cancel(id) {
      if (life !== null) post(life, { kind: 'cancel', id })
    },
    async closeConnection(connection) {
      if (closed || life?.connections.has(connection) !== true) return
      const answered = call({ do: 'close', connection }, connection)
      life.connections.delete(connection)
      await answered
    },
    async close() {
      if (closed) return
      const ending = life
      const late = new Promise((resolve) => {
        setTimeout(resolve, goodByeMs).unref()
      })
      if (ending !== null) await Promise.race([call({ do: 'shutdown' }, null).catch(() => null), late])
      closed = true
      await ending?.worker.terminate()
    },
  }
}

function toDescribed(error: unknown): Described {
  if (error instanceof Failure) return { code: error.code, message: error.message, data: error.data }
  return error instanceof Error
    ? { code: null, message: error.message, stack: error.stack }
    : { code: null, message: String(error), stack: undefined }
}

/** A failure of the contract, or the defect that the worker met, with the worker's stack for the log. */
function toError(described: Described): Error {
  if (described.code !== null) return new Failure(described.code, described.message, described.data)
  const error = new Error(described.message)
  if (described.stack !== undefined) error.stack = described.stack
  return error
}
