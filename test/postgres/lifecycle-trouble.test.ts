import pg from 'pg'
import { expect, test } from 'vitest'
import { lifecycleStages } from './lifecycle-stages.ts'

const { stage, project, sql, server } = lifecycleStages({ max_prepared_transactions: '2' })

/** The databases around a name, each with what its table `mark` holds. */
async function around(database: string): Promise<Record<string, unknown>> {
  const names = (await sql('SELECT datname FROM pg_database'))
    .map((row) => String(row['datname']))
    .filter((name) => name.startsWith(database))
  const marks = names.sort().map(async (name) => [name.slice(database.length), (await sql('SELECT text FROM mark', name))[0]?.['text']])
  return Object.fromEntries(await Promise.all(marks))
}

const marked = (text: string, rest = '') => ({
  schema: `CREATE TABLE mark (text text);\n${rest}`,
  seed: `INSERT INTO mark VALUES ('${text}');\n${rest}`,
})

/** A client that holds the database open, and comes back at once whenever it is thrown out. */
function clingTo(database: string) {
  let clinging = true
  let connections = 0
  const loop = (async () => {
    while (clinging) {
      const client = new pg.Client({ connectionString: server().connectionString(database), application_name: 'clinger' })
      const gone = new Promise<void>((resolve) => client.on('end', () => resolve()).on('error', () => resolve()))
      try {
        await client.connect()
        connections++
        await client.query('SELECT pg_sleep(3600)')
      } catch {
        // Thrown out, or refused for the moment of the swap: it comes back.
      }
      void client.end().catch(() => {})
      await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 50))])
    }
  })()
  return {
    connections: () => connections,
    async stop() {
      clinging = false
      await sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'clinger'")
      await loop
    },
  }
}

test('sessions in the way are told, ended, and cannot come back in time', async () => {
  const { run, plan, database } = await stage({ project: await project(marked('new')) })
  await run('set-up')
  const clingers = Array.from({ length: 5 }, () => clingTo(database))
  while (clingers.some((one) => one.connections() === 0)) await new Promise((resolve) => setTimeout(resolve, 50))
  const planned = await plan('reset')
  expect(planned.sessions).toBe(5)
  expect(planned.losses).toContainEqual(expect.stringMatching(/^5 sessions of others on it are ended: .+ of \w+ × 5\.$/))
  const done = await run('reset')
  expect(done).toMatchObject({ state: 'done', error: null })
  expect(done.log.map((one) => one.line).join('\n')).toMatch(/Ended .*clinger/)
  expect(await run('undo')).toMatchObject({ state: 'done' })
  expect(await run('drop')).toMatchObject({ state: 'done' })
  expect(await around(database)).toEqual({ _prev: 'new' })
  await Promise.all(clingers.map((one) => one.stop()))
})

test('a prepared transaction holds a database as no session does', async () => {
  const { run, plan, database } = await stage({ project: await project(marked('old')) })
  await run('set-up')
  await sql("BEGIN; INSERT INTO mark VALUES ('prepared'); PREPARE TRANSACTION 'held'", database)
  for (const action of ['reset', 'drop'] as const)
    expect((await plan(action)).refusal).toMatchObject({ code: 'BUSY', message: expect.stringContaining('held') })
  await sql("ROLLBACK PREPARED 'held'", database)
  expect(await run('reset')).toMatchObject({ state: 'done' })
})

test.each(['check', 'create', 'schema', 'seed', 'settings', 'swap', 'clean'])(
  'cancelled at the step %s, the old one or the new one is there, whole',
  async (step) => {
    const { run, start, follow, service, call, database, ...one } = await stage({ project: await project(marked('old')) })
    await run('set-up')
    await run('reset')
    await service.choose({ environment: 'local', project: await project(marked('new', 'SELECT pg_sleep(0.5);')) }, call())
    const { id } = await start('reset', database)
    await follow((now) => now.id === id && now.steps.some((each) => each.id === step && each.state !== 'waiting'))
    await service.cancel({ environment: 'local' })
    const ended = await follow((now) => now.id === id && now.state !== 'running')
    const left = await around(database)
    if (ended.state === 'done') expect(left).toEqual({ '': 'new', _prev: 'old' })
    else {
      expect(ended).toMatchObject({ state: 'cancelled', error: { code: 'CANCELLED' } })
      expect(left).toEqual({ '': 'old', _prev: 'old' })
    }
    if (step === 'schema' || step === 'seed')
      expect(ended).toMatchObject({ state: 'cancelled', outcome: `${database} is as it was; ${database}_next was removed.` })
    if (step === 'clean') expect(ended.state).toBe('done')
    const entries = await one.entries()
    expect(entries[0]).toMatchObject({ action: 'Reset', result: ended.state })
  },
)

test('a script in place that is cancelled is rolled back, and its statement ends on the server', async () => {
  const { run, start, follow, service, call, database } = await stage({ project: await project(marked('old')) })
  await run('set-up')
  await service.choose(
    { environment: 'local', project: await project({ seed: "INSERT INTO mark VALUES ('half'); SELECT pg_sleep(3600);" }) },
    call(),
  )
  const { id } = await start('seed')
  await follow((now) => now.id === id && now.steps.some((one) => one.id === 'seed' && one.progress?.done === 1))
  await service.cancel({ environment: 'local' })
  expect(await follow((now) => now.id === id && now.state !== 'running')).toMatchObject({
    state: 'cancelled',
    outcome: `${database} is as it was: the transaction was rolled back.`,
  })
  expect(await sql('SELECT count(*)::int AS n FROM mark', database)).toEqual([{ n: 1 }])
  expect(await sql("SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(3600)%'")).toEqual([])
})

test('a run goes on when the page that started it goes away, and a new page finds it', async () => {
  const { service, follow, database } = await stage({ project: await project(marked('new', 'SELECT pg_sleep(0.3);')) })
  const page = new AbortController()
  const call = { window: 'page', signal: page.signal }
  const { id } = await service.start({ environment: 'local', action: 'set-up', confirm: null }, call)
  page.abort()
  expect(await follow((run) => run.id === id && run.state !== 'running')).toMatchObject({ state: 'done' })
  expect(await around(database)).toEqual({ '': 'new' })
})

test('two consoles do not work on one database at once', async () => {
  const slow = await stage({ project: await project(marked('slow', 'SELECT pg_sleep(12);')) })
  await slow.start('set-up')
  await slow.follow((run) => run.steps.some((one) => one.id === 'schema' && one.state === 'running'))
  const other = await stage({ database: slow.database, project: await project(marked('other')) })
  const refused = await other.run('set-up')
  expect(refused).toMatchObject({ state: 'failed', error: { code: 'BUSY' }, outcome: 'Nothing was done.' })
  await slow.service.cancel({ environment: 'local' })
  expect(await slow.follow((run) => run.state !== 'running')).toMatchObject({ state: 'cancelled' })
  expect(await other.run('set-up')).toMatchObject({ state: 'done' })
  expect(await around(slow.database)).toEqual({ '': 'other' })
})

test('a role that is no superuser resets what it owns, and protects it, and is told what it may not do', async () => {
  await sql("CREATE ROLE maker LOGIN CREATEDB PASSWORD 'secret'; CREATE ROLE plain LOGIN PASSWORD 'secret'")
  const own = await stage({ user: 'maker', password: 'secret', project: await project(marked('own')) })
  for (const action of ['set-up', 'reset', 'undo'] as const) expect(await own.run(action)).toMatchObject({ state: 'done' })
  await own.service.protect({ environment: 'local', protect: true, confirm: null }, own.call())
  expect((await own.plan('reset')).refusal).toMatchObject({ code: 'PROTECTED' })
  await own.service.protect({ environment: 'local', protect: false, confirm: own.database }, own.call())

  const strange = await stage({ user: 'plain', password: 'secret', database: own.database, project: await project(marked('strange')) })
  expect((await strange.plan('reset')).refusal).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('CREATEDB') })
  expect((await strange.plan('drop')).refusal).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('maker') })
})

test('a session that the role may not end is named, and nothing is changed', async () => {
  await sql("CREATE ROLE weak LOGIN CREATEDB PASSWORD 'secret'")
  const { run, database } = await stage({ user: 'weak', password: 'secret', project: await project(marked('old')) })
  await run('set-up')
  const clinger = clingTo(database)
  while (clinger.connections() === 0) await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await run('reset')).toMatchObject({
    state: 'failed',
    error: { code: 'FORBIDDEN', message: expect.stringContaining('may not end it') },
    outcome: `${database} is as it was; ${database}_next was removed.`,
  })
  await clinger.stop()
  expect(await around(database)).toEqual({ '': 'old' })
})

test('a server that goes away in the middle leaves the run to be settled when it is back', async () => {
  const { run, start, follow, service, call, database } = await stage({ project: await project(marked('old')) })
  await run('set-up')
  await service.choose({ environment: 'local', project: await project(marked('new', 'SELECT pg_sleep(3600);')) }, call())
  const { id } = await start('reset', database)
  await follow((now) => now.id === id && now.steps.some((one) => one.id === 'schema' && one.progress?.done === 1))
  await server().restart()
  const failed = await follow((now) => now.id === id && now.state !== 'running')
  expect(failed.state).toBe('failed')
  await service.choose({ environment: 'local', project: await project(marked('newer')) }, call())
  expect(await run('reset')).toMatchObject({ state: 'done' })
  expect(await around(database)).toEqual({ '': 'newer', _prev: 'old' })
})
