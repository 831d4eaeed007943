import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Intent, Recorder } from '../../main/environments/changes.ts'
import { createDriver } from '../../main/postgres/create-driver.ts'
import { createPageStore } from '../../main/postgres/pages.ts'
import { createQueryService } from '../../main/query/service.ts'
import type { Environment } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { RunEvent } from '../../preload/contract/query.ts'
import { readPackedPage } from '../../renderer/ui/packed-reader.ts'
import { startTestServer } from './postgres.ts'

/** The Query service on a real server, with an environment, a guard and an activity log that a test can look into. */
export async function startQueryConsole() {
  const server = await startTestServer()
  const driver = createDriver({ password: async () => server.password, events: { lost: () => {} } })
  const pages = createPageStore({ maxWaiting: 8 })
  const call = { window: 'one', signal: new AbortController().signal }
  const records: (Intent & { result: string })[] = []
  /** What a test may change; `renew` puts it back. */
  const state = { database: '', folder: '', project: '', locked: false }

  const recorder: Recorder = {
    async open(intent) {
      const record = { ...intent, result: 'running' }
      records.push(record)
      const close = (result: string) => async (text?: string) => {
        if (record.result !== 'running') throw new Error('An outcome is written once')
        record.result = text === undefined ? result : `${result}: ${text}`
      }
      return { id: String(records.length), done: close('done'), failed: close('failed'), cancelled: close('cancelled') }
    },
  }
  const environments = {
    // The service asks for nothing else of it.
    get: () => ({ project: state.project }) as Environment,
    target: () => server.target(state.database),
    isLocked: () => state.locked,
    allowChange: () => {
      if (state.locked) throw new Failure('LOCKED', 'local is read-only.', { mend: 'unlock' })
    },
  }
  const make = () => createQueryService({ driver, environments, pages, recorder, stateFolder: state.folder })
  let query: ReturnType<typeof createQueryService>

  return {
    server,
    pages,
    call,
    records,
    state,
    get query() {
      return query
    },
    /** A new database and an empty folder. Gives what takes the folder away again. */
    async renew() {
      records.length = 0
      const folder = await mkdtemp(join(tmpdir(), 'basepair-query-'))
      Object.assign(state, { locked: false, database: await server.freshDatabase(), folder, project: folder })
      query = make()
      return () => rm(folder, { recursive: true, force: true })
    },
    sql: (text: string) => server.sql(text, state.database),
    count: async (table: string) => Number((await server.sql(`SELECT count(*) AS n FROM ${table}`, state.database))[0]?.['n']),
    /** Runs a text as the page does: pages are fetched as they are told of. */
    async run(text: string, parameters: Record<string, string | null> = {}, signal = call.signal) {
      const events: RunEvent[] = []
      const rows: (string | null)[][] = []
      for await (const event of query.run({ environment: 'local', text, parameters }, { ...call, signal })) {
        events.push(event)
        if (event.event !== 'page') continue
        const buffer = pages.take(event.page.address)
        if (buffer === null) throw new Error('The page is not there')
        const page = readPackedPage(buffer)
        for (let row = 0; row < page.rows; row++) rows.push(Array.from({ length: page.columns }, (_, column) => page.value(row, column)))
      }
      const error = events.find((event) => event.event === 'error')
      return { events, rows, error, commands: events.flatMap((event) => (event.event === 'complete' ? [event.command] : [])) }
    },
    async stop() {
      await driver.close()
      await server.stop()
    },
  }
}
export type QueryConsole = Awaited<ReturnType<typeof startQueryConsole>>
