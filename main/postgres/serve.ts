import type { MessagePort } from 'node:worker_threads'
import type { Target } from './driver.ts'
import { DriverError } from './driver-error.ts'
import { type About, describeError } from './error-mapping.ts'
import { openHandshake } from './handshake.ts'
import type { HeldClient } from './held-client.ts'
import { type Lease, TargetPools, targetKey } from './pools.ts'
import { RowStream } from './row-stream.ts'
import { copyIn, endReadOnly, runStatement } from './statements.ts'
import type { Answers, Described, FromWorker, Place, StreamBatch, ToWorker, WorkerCall } from './wire.ts'

/** A connection outside the pools. What is asked of it is done one after the other. */
interface Own {
  readonly pools: TargetPools
  readonly held: HeldClient
  /** Ends when the connection is free. */
  free: Promise<unknown>
  /** Stops what is under way. */
  current: AbortController | null
  streaming: boolean
}

interface OpenStream {
  readonly rows: RowStream
  readonly target: Target
}

/** An error that was described where it was known what was being done to whom. */
class Refusal extends Error {
  readonly described: Described

  constructor(described: Described) {
    super(described.message)
    this.described = described
  }
}

async function attempt<T>(about: About, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(describeError(error, about))
  }
}

/** Answers main's calls over a port, with pools and connections of its own, until the port closes. */
export function serve(port: MessagePort): void {
  const pools = new Map<string, TargetPools>()
  const connections = new Map<number, Own>()
  const streams = new Map<number, OpenStream>()
  const running = new Map<number, AbortController>()
  const passwords = new Map<number, PromiseWithResolvers<string | null>>()
  let questions = 0

  const send = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)

  function poolsFor(target: Target): TargetPools {
    const key = targetKey(target)
    const known = pools.get(key)
    if (known !== undefined) return known
    const made = new TargetPools(target, {
      password(environment) {
        questions += 1
        const answer = Promise.withResolvers<string | null>()
        passwords.set(questions, answer)
        send({ kind: 'password', id: questions, environment })
        return answer.promise
      },
      lost: (lost, error, inUse) =>
        send({ kind: 'lost', environment: lost.environment, error: describeError(error, { target: lost, phase: 'working' }), inUse }),
    })
    pools.set(key, made)
    return made
  }

  function ownConnection(number: number): Own {
    const own = connections.get(number)
    if (own === undefined) throw new DriverError('ended', 'The connection is closed')
    return own
  }

  /** Waits until an own connection is free, and keeps it until `release`. */
  async function occupy(own: Own, controller: AbortController): Promise<() => void> {
    if (own.streaming)
      throw new DriverError('connection in use', 'This connection is reading a result. Read it to its end, or end it, first.')
    const { promise, resolve } = Promise.withResolvers<void>()
    const before = own.free
    own.free = promise
    await before
    own.current = controller
    return resolve
  }

  async function leaseFor(
    place: Place,
    label: string,
    reserved: boolean,
    controller: AbortController,
  ): Promise<Lease & { readonly pools: TargetPools }> {
    if (typeof place !== 'number') {
      const target = poolsFor(place)
      const lease = await attempt({ target: place, phase: 'connecting' }, () => target.lease(label, reserved, controller.signal))
      return { pools: target, held: lease.held, release: lease.release }
    }
    const own = ownConnection(place)
    const release = await attempt({ target: own.pools.target, phase: 'working' }, () => occupy(own, controller))
    return { pools: own.pools, held: own.held, release }
  }

  async function run(call: WorkerCall & { do: 'run' }, controller: AbortController): Promise<Answers['run']> {
    const label = call.statement.text.trim().slice(0, 60)
    const lease = await leaseFor(call.place, label, call.options.reserved === true, controller)
    try {
      return await attempt({ target: lease.pools.target, phase: 'working' }, () =>
        runStatement(lease.pools, lease.held, call.statement, call.options, controller.signal),
      )
    } finally {
      // The caller has its answer while the transaction is still being closed.
      void finish(lease)
    }
  }

  async function finish(lease: Lease): Promise<void> {
    await endReadOnly(lease.held)
    if (lease.held.transactionOpen) lease.held.spoiled = true
    lease.release()
  }

  /** A read whose pooled connection turned out dead is tried once more, on another one. */
  async function runWithRetry(call: WorkerCall & { do: 'run' }, controller: AbortController): Promise<Answers['run']> {
    try {
      return await run(call, controller)
    } catch (error) {
      const lost = error instanceof Refusal && error.described.code === 'LOST'
      if (!lost || call.options.readOnly !== true || typeof call.place === 'number' || controller.signal.aborted) throw error
      return await run(call, controller)
    }
  }

  async function openStream(id: number, call: WorkerCall & { do: 'stream' }, controller: AbortController): Promise<number> {
    const label = call.statement.text.trim().slice(0, 60)
    const lease = await leaseFor(call.place, label, call.options.reserved === true, controller)
    const own = typeof call.place === 'number' ? connections.get(call.place) : undefined
    const { target } = lease.pools
    let rows: RowStream
    try {
      rows = new RowStream(lease.pools, lease.held, call.statement, call.options, controller.signal)
    } catch (error) {
      lease.release()
      throw new Refusal(describeError(error, { target, phase: 'working' }))
    }
    if (own !== undefined) own.streaming = true
    streams.set(id, { rows, target })
    running.set(id, controller)
    void rows.over.then(() => {
      if (own !== undefined) own.streaming = false
      running.delete(id)
      return finish(lease)
    })
    return id
  }

  async function next(id: number): Promise<StreamBatch> {
    const stream = streams.get(id)
    if (stream === undefined) return { events: [], end: true }
    try {
      const batch = await attempt({ target: stream.target, phase: 'working' }, () => stream.rows.next())
      if (batch.end) streams.delete(id)
      return batch
    } catch (error) {
      streams.delete(id)
      throw error
    }
  }

  async function connect(id: number, call: WorkerCall & { do: 'connect' }, signal: AbortSignal): Promise<Answers['connect']> {
    const target = poolsFor(call.target)
    const held = await attempt({ target: call.target, phase: 'connecting' }, () => target.connect(call.purpose, signal))
    const backend = await attempt({ target: call.target, phase: 'connecting' }, () => held.backend())
    connections.set(id, { pools: target, held, free: Promise.resolve(), current: null, streaming: false })
    return { connection: id, backend }
  }

  async function close(number: number): Promise<null> {
    const own = connections.get(number)
    connections.delete(number)
    if (own === undefined) return null
    own.current?.abort(new DriverError('cancelled', 'The connection is being closed.'))
    await own.free
    await own.pools.disconnect(own.held)
    return null
  }

  async function end(environment: string, database: string | null): Promise<null> {
    const ending = [...pools].filter(
      ([, { target }]) => target.environment === environment && (database ?? target.database) === target.database,
    )
    for (const [key] of ending) pools.delete(key)
    await Promise.all(ending.map(([, pool]) => pool.end()))
    return null
  }

  /** Cancels what runs, and says good-bye to every server. */
  async function shutDown(asking: AbortController): Promise<null> {
    for (const controller of running.values()) {
      if (controller !== asking) controller.abort(new DriverError('cancelled', 'The console is closing its connections.'))
    }
    await Promise.all([...streams.values()].map(({ rows }) => rows.over))
    await Promise.all([...connections.keys()].map((number) => close(number)))
    await Promise.all([...pools.values()].map((pool) => pool.end()))
    return null
  }

  async function answer(id: number, call: WorkerCall, controller: AbortController): Promise<Answers[keyof Answers]> {
    const { signal } = controller
    switch (call.do) {
      case 'run':
        return await runWithRetry(call, controller)
      case 'stream':
        return await openStream(id, call, controller)
      case 'next':
        return await next(call.stream)
      case 'stop': {
        const stream = streams.get(call.stream)
        streams.delete(call.stream)
        await stream?.rows.stop()
        return null
      }
      case 'copyIn': {
        const lease = await leaseFor(call.place, 'COPY', false, controller)
        try {
          return await attempt({ target: lease.pools.target, phase: 'working' }, () =>
            copyIn(lease.pools, lease.held, call.text, call.data, call.options, signal),
          )
        } finally {
          await finish(lease)
        }
      }
      case 'connect':
        return await connect(id, call, signal)
      case 'close':
        return await close(call.connection)
      case 'end':
        return await end(call.environment, call.database)
      case 'shutdown':
        return await shutDown(controller)
      case 'handshake':
        return await attempt({ target: call.target, phase: 'connecting' }, () => openHandshake(call.target, call.options.timeoutMs, signal))
      default:
        return call satisfies never
    }
  }

  function transferable(value: Answers[keyof Answers]): ArrayBuffer[] {
    if (value === null || typeof value !== 'object') return []
    if ('page' in value && value.page !== null) return [value.page]
    return 'events' in value ? value.events.flatMap((event) => (event.event === 'page' ? [event.buffer] : [])) : []
  }

  async function take(id: number, call: WorkerCall): Promise<void> {
    const controller = new AbortController()
    running.set(id, controller)
    try {
      const value = await answer(id, call, controller)
      send({ kind: 'done', id, value }, transferable(value))
    } catch (error) {
      const described = error instanceof Refusal ? error.described : describeOutside(error)
      send({ kind: 'failed', id, error: described })
    } finally {
      if (!streams.has(id)) running.delete(id)
    }
  }

  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'call':
        void take(message.id, message.call)
        break
      case 'cancel':
        running.get(message.id)?.abort(new DriverError('cancelled', 'Cancelled before it began.'))
        break
      case 'password': {
        const question = passwords.get(message.id)
        passwords.delete(message.id)
        if (message.error === null) question?.resolve(message.password)
        else question?.reject(new Refusal(message.error))
        break
      }
      default:
        message satisfies never
    }
  })
}

/** An error without a target: a connection that is not there any more, or a defect. */
function describeOutside(error: unknown): Described {
  if (error instanceof DriverError && error.kind === 'ended') {
    return { code: 'LOST', message: 'This connection is closed. Start again on a new one.', data: undefined }
  }
  return {
    code: null,
    message: error instanceof Error ? error.message : String(error),
    stack: error instanceof Error ? error.stack : undefined,
  }
}
