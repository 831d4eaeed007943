import { Worker } from 'node:worker_threads'
import { Failure } from '../../preload/contract/errors.ts'
import type { Connection, Driver, DriverOptions, RunOptions, Statement, StreamEvent, StreamOptions } from './driver.ts'
import { unpackRows } from './pack.ts'
import type { Connected, Place } from './wire.ts'
import { createWorkerLine } from './worker-line.ts'

/**
 * The driver, its engine in a worker thread that is started again when it dies. `workerUrl` names the worker's entry:
 * beside this file in the sources, `postgres-worker.js` beside the entry of the built bundle.
 */
export function createDriver(options: DriverOptions, workerUrl: URL | string = new URL('./worker.ts', import.meta.url)): Driver {
  const line = createWorkerLine(options, () => new Worker(workerUrl, { name: 'postgres', env: withoutPostgresVariables(process.env) }))

  async function run(place: Place, statement: Statement, { signal, ...rest }: RunOptions) {
    const { columns, page, command, rowCount } = await line.call({ do: 'run', place, statement, options: rest }, place, signal)
    return { columns, rows: page === null ? [] : unpackRows(page), command, rowCount }
  }

  async function* stream(place: Place, statement: Statement, { signal, ...rest }: StreamOptions): AsyncGenerator<StreamEvent, void, void> {
    const opened = await line.call({ do: 'stream', place, statement, options: rest }, place, signal)
    const abort = () => line.cancel(opened)
    signal?.addEventListener('abort', abort, { once: true })
    let ended = false
    try {
      for (;;) {
        const batch = await line.call({ do: 'next', stream: opened }, place)
        yield* batch.events
        if (batch.end) break
      }
      ended = true
    } catch (error) {
      ended = error instanceof Failure
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
      if (!ended) await line.call({ do: 'stop', stream: opened }, place).catch(() => null)
    }
  }

  function connection({ connection: place, backend }: Connected): Connection {
    const close = () => line.closeConnection(place)
    return {
      backend,
      run: (statement, runOptions = {}) => run(place, statement, runOptions),
      stream: (statement, streamOptions = {}) => stream(place, statement, streamOptions),
      copyIn: (text, data, { signal, ...rest } = {}) => line.call({ do: 'copyIn', place, text, data, options: rest }, place, signal),
      close,
      [Symbol.asyncDispose]: close,
    }
  }

  return {
    run: (target, statement, runOptions = {}) => run(target, statement, runOptions),
    stream: (target, statement, streamOptions = {}) => stream(target, statement, streamOptions),
    connect: async (target, purpose, { signal } = {}) => {
      const connected = await line.call({ do: 'connect', target, purpose }, target, signal)
      return connection(connected)
    },
    end: async (environment, database) => {
      await line.call({ do: 'end', environment, database: database ?? null }, null)
    },
    handshake: (target, { signal, ...rest } = {}) => line.call({ do: 'handshake', target, options: rest }, target, signal),
    close: line.close,
    [Symbol.asyncDispose]: line.close,
  }
}

/** pg fills what it was not told from PGHOST, PGOPTIONS, PGSSLMODE and the like: here everything is told. */
function withoutPostgresVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^PG[A-Z]/.test(name)))
}
