import { rm } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { startTestServer, type TestServer } from '../support/postgres.ts'
import { makeProject, openStage, type Stage, type StageOptions } from './lifecycle-stage.ts'

/** One server for the tests of a file, and stages and projects on it that end with their test. */
export function lifecycleStages(settings: Readonly<Record<string, string>> = {}) {
  let server: TestServer
  const opened: Stage[] = []
  const folders: string[] = []
  let count = 0

  beforeAll(async () => {
    server = await startTestServer({ settings })
  })
  afterAll(() => server.stop())
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((stage) => stage.close()))
    await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })))
  })

  return {
    /** Known once the tests run. */
    server: (): TestServer => server,
    /** Runs SQL on it, past the console. */
    sql: (text: string, database?: string) => server.sql(text, database),
    /** On a database of its own that is not there yet, unless told otherwise. */
    async stage(options: Partial<StageOptions> = {}): Promise<Stage & { database: string }> {
      const { host, port, user, password } = server
      const database = options.database ?? `app_${++count}`
      const made = await openStage({ host, port, user, password, project: 'cruddur', ...options, database })
      opened.push(made)
      return { ...made, database }
    },
    async project(scripts: Parameters<typeof makeProject>[0]): Promise<string> {
      const folder = await makeProject(scripts)
      folders.push(folder)
      return folder
    },
  }
}
