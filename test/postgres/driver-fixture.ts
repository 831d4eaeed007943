import { createDriver } from '../../main/postgres/create-driver.ts'
import type { Driver, StreamEvent } from '../../main/postgres/driver.ts'
import { unpackRows } from '../../main/postgres/pack.ts'
import { Failure } from '../../preload/contract/errors.ts'
import { startTestServer, type TestServer, type TestServerOptions } from '../support/postgres.ts'

export interface Loss {
  readonly environment: string
  readonly failure: Error
  readonly inUse: boolean
}

/** A driver that knows the password of the test server, with what it reported lost. */
export function openDriver(
  password: string | null,
  worker?: URL,
): { readonly driver: Driver; readonly losses: Loss[]; readonly asked: string[] } {
  const losses: Loss[] = []
  const asked: string[] = []
  const driver = createDriver(
    {
      async password(environment) {
        asked.push(environment)
        return password
      },
      events: { lost: (environment, failure, inUse) => losses.push({ environment, failure, inUse }) },
    },
    worker,
  )
  return { driver, losses, asked }
}

export async function startServerAndDriver(options?: TestServerOptions) {
  const server = await startTestServer(options)
  const { driver, losses, asked } = openDriver(server.password)
  const close = async () => {
    await driver.close()
    await server.stop()
  }
  return { server, driver, losses, asked, close }
}

/** The failure of the contract that a promise ends in. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('It did not fail')
}

/** Reads a stream to its end. */
export async function readAll(stream: AsyncIterable<StreamEvent>) {
  const events: StreamEvent[] = []
  for await (const event of stream) events.push(event)
  const pages = events.flatMap((event) => (event.event === 'page' ? [event] : []))
  return {
    events,
    pages,
    columns: events.flatMap((event) => (event.event === 'columns' ? event.columns : [])),
    rows: pages.flatMap(({ buffer }) => unpackRows(buffer)),
    complete: events.find((event) => event.event === 'complete'),
  }
}

/** How the server sees a backend: its state, or null once it is gone. */
export async function stateOf(server: TestServer, pid: number): Promise<string | null> {
  const [row] = await server.sql(`SELECT state FROM pg_stat_activity WHERE pid = ${pid}`)
  return typeof row?.['state'] === 'string' ? row['state'] : null
}

/** Looks again until it is so. */
export async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 400; looks += 1) {
    if (await look()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('It did not come about in ten seconds')
}
