import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../support/postgres.ts'
import { makeProject, openStage, type StageOptions } from './lifecycle-stage.ts'

/** How many consoles are killed; 12 in everyday runs. */
const kills = Number(process.env['BASEPAIR_KILLS'] ?? 12)
const database = 'killed'

let server: TestServer
const folders: string[] = []
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => {
  await server.stop()
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
})

async function project(generation: number): Promise<string> {
  const rows = Array.from({ length: 300 }, (_, index) => `INSERT INTO mark VALUES (${generation}, ${index});`)
  const folder = await makeProject({
    schema: `CREATE TABLE mark (generation int, id int PRIMARY KEY);\nSELECT pg_sleep(0.05);\n`,
    seed: `${rows.join('\n')}\nSELECT pg_sleep(0.05);\n`,
  })
  folders.push(folder)
  return folder
}

async function startReset(options: StageOptions): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lifecycle-child.ts'), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

/** What stands under the name: its generation, whole or not. */
async function standing(): Promise<{ generation: number; rows: number } | null> {
  const [found] = await server.sql(
    'SELECT min(generation) AS generation, max(generation) = min(generation) AS one, count(*)::int AS rows FROM mark',
    database,
  )
  return found?.['one'] === true ? { generation: Number(found['generation']), rows: Number(found['rows']) } : null
}

test(
  `after kill -9 in the middle of a reset, ${kills} times, a whole database is there, and the next start says what happened`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'basepair-killed-'))
    folders.push(folder)
    const { host, port, user, password } = server
    const options = { host, port, user, password, database, folder }
    const first = await openStage({ ...options, project: await project(0) })
    expect(await first.run('set-up')).toMatchObject({ state: 'done' })
    // How long one takes here decides where the kills fall.
    const began = Date.now()
    expect(await first.run('reset')).toMatchObject({ state: 'done' })
    const length = Date.now() - began
    await first.close({ keep: true })

    let generation = 0
    const figures = { old: 0, new: 0, steps: {} as Record<string, number>, slowestMs: 0 }
    for (let kill = 1; kill <= kills; kill++) {
      const child = await startReset({ ...options, project: await project(kill) })
      const ended = once(child, 'exit')
      await new Promise((resolve) => setTimeout(resolve, Math.random() * length * 1.1))
      child.kill('SIGKILL')
      await ended
      const journal = JSON.parse(await readFile(join(folder, 'lifecycle-local.json'), 'utf8'))
      const step = journal.settled ? 'none' : String(journal.step)
      figures.steps[step] = (figures.steps[step] ?? 0) + 1

      // Before anything is cleaned up, the name already stands for a whole database.
      const at = await standing()
      expect(at).toMatchObject({ rows: 300 })
      expect([generation, kill]).toContain(at?.generation)
      const start = Date.now()
      const next = await openStage({ ...options, project: folders.at(-1) ?? '' })
      const notices = await next.lifecycle.recoverRuns()
      figures.slowestMs = Math.max(figures.slowestMs, Date.now() - start)
      const is = at?.generation === kill ? 'new' : 'old'
      if (step !== 'none') {
        expect(notices).toHaveLength(1)
        expect(notices[0]).toMatch(is === 'new' ? /The swap was made: killed is the new one/ : /killed is as it was/)
        const { value: run } = await next.service.watch({ environment: 'local' }, next.call()).next()
        expect(run).toMatchObject({ state: 'interrupted' })
        expect((await next.entries()).find((one) => one.action === 'Reset')).toMatchObject({ result: 'unknown' })
      }
      expect(await standing()).toEqual(at)
      const left = (await server.sql('SELECT datname FROM pg_database')).map((row) => String(row['datname']))
      expect(left.filter((name) => name.startsWith(database)).sort()).toEqual([database, `${database}_prev`])
      await next.close({ keep: true })
      figures[is]++
      generation = at?.generation ?? 0
    }
    process.stdout.write(`killed ${kills} resets of ${length} ms: ${JSON.stringify(figures)}\n`)
  },
  60_000 + kills * 30_000,
)
