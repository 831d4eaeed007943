import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Action } from '../../preload/contract/lifecycle.ts'
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

async function startConsole(action: Action, options: StageOptions): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lifecycle-child.ts'), JSON.stringify({ ...options, action })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Every other kill waits for a step first: the short ones would seldom be hit. */
const aims = ['create', 'schema', 'seed', 'settings', 'swap', 'clean']

async function reached(folder: string, step: string): Promise<void> {
  const order = ['check', ...aims]
  for (;;) {
    const { step: now, settled } = JSON.parse(await readFile(join(folder, 'lifecycle-local.json'), 'utf8'))
    if (settled || order.indexOf(now) >= order.indexOf(step)) return
    await pause(2)
  }
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
      const child = await startConsole('reset', { ...options, project: await project(kill) })
      const ended = once(child, 'exit')
      if (kill % 2 === 0) await reached(folder, aims[Math.floor(Math.random() * aims.length)] ?? 'swap')
      await pause(Math.random() * (kill % 2 === 0 ? 120 : length * 1.5))
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

/** Kills a console in the middle of this action, while a statement of an hour is under way on the server. */
async function killIn(action: Action, name: string, scripts: Parameters<typeof makeProject>[0]) {
  const folder = await mkdtemp(join(tmpdir(), 'basepair-killed-'))
  folders.push(folder, await makeProject(scripts))
  const { host, port, user, password } = server
  const options = { host, port, user, password, database: name, folder, project: folders.at(-1) ?? '' }
  const child = await startConsole(action, options)
  const ended = once(child, 'exit')
  while ((await server.sql("SELECT FROM pg_stat_activity WHERE query LIKE '%3600%' AND pid <> pg_backend_pid()")).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 50))
  child.kill('SIGKILL')
  await ended
  return options
}

test('a seed in place that is killed is rolled back by the next start, which ends what still runs', async () => {
  const name = await server.freshDatabase()
  await server.sql('CREATE TABLE mark (id int)', name)
  const options = await killIn('seed', name, { seed: 'INSERT INTO mark VALUES (1);\nSELECT pg_sleep(3600);' })
  const next = await openStage(options)
  expect(await next.lifecycle.recoverRuns()).toEqual([
    `local: Seed was interrupted (run seed.sql). ${name} is as it was: the transaction was rolled back.`,
  ])
  expect(await server.sql("SELECT FROM pg_stat_activity WHERE query LIKE '%3600%' AND pid <> pg_backend_pid()")).toEqual([])
  await next.close({ keep: true })
})

test('where the server cannot be reached at the start, the run stays to be looked at', async () => {
  const name = 'away'
  const options = await killIn('set-up', name, { schema: 'CREATE TABLE mark (id int);\nSELECT pg_sleep(3600);' })
  const blind = await openStage({ ...options, port: 1 })
  expect(await blind.lifecycle.recoverRuns()).toEqual([
    expect.stringMatching(/^local: Set up of away was interrupted. What it left is looked at as soon as/),
  ])
  const { value: run } = await blind.service.watch({ environment: 'local' }, blind.call()).next()
  expect(run).toMatchObject({ state: 'interrupted' })
  await blind.close({ keep: true })

  const next = await openStage(options)
  expect(await next.lifecycle.recoverRuns()).toEqual([
    'local: Set up was interrupted (load schema.sql). There still is no away; away_next was removed.',
  ])
  expect(await next.lifecycle.recoverRuns()).toEqual([])
  await next.close({ keep: true })
})

test('a damaged journal is set aside and told, and does not stop the console', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'basepair-killed-'))
  folders.push(folder)
  await writeFile(join(folder, 'lifecycle-local.json'), '{"version": 1, "run"')
  const { host, port, user, password } = server
  const next = await openStage({ host, port, user, password, folder, project: 'cruddur', database: 'damaged' })
  expect(await next.lifecycle.recoverRuns()).toEqual([expect.stringContaining('cannot be read')])
  expect(await next.run('set-up')).toMatchObject({ state: 'done' })
  await next.close({ keep: true })
})
