import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Intent, Recorder } from '../../main/environments/changes.ts'
import { createDriver } from '../../main/postgres/create-driver.ts'
import type { Driver } from '../../main/postgres/driver.ts'
import { createPageStore } from '../../main/postgres/pages.ts'
import { createQueryService } from '../../main/query/service.ts'
import type { Environment } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { RunEvent } from '../../preload/contract/query.ts'
import { readPackedPage } from '../../renderer/ui/packed-reader.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'

let server: TestServer
let driver: Driver
let database: string
let locked: boolean
let folder: string
let project: string
let records: (Intent & { result: string })[]
let query: ReturnType<typeof createQueryService>
const pages = createPageStore({ maxWaiting: 8 })
const call = { window: 'one', signal: new AbortController().signal }

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

beforeAll(async () => {
  server = await startTestServer()
  driver = createDriver({ password: async () => server.password, events: { lost: () => {} } })
})
afterAll(async () => {
  await driver.close()
  await server.stop()
})
beforeEach(async () => {
  locked = false
  records = []
  database = await server.freshDatabase()
  folder = await mkdtemp(join(tmpdir(), 'basepair-query-'))
  project = folder
  const environments = {
    // The service asks for nothing else of it.
    get: () => ({ project }) as Environment,
    target: () => server.target(database),
    isLocked: () => locked,
    allowChange: () => {
      if (locked) throw new Failure('LOCKED', 'local is read-only.', { mend: 'unlock' })
    },
  }
  query = createQueryService({ driver, environments, pages, recorder, stateFolder: folder })
  return () => rm(folder, { recursive: true, force: true })
})

type Parameters = Record<string, string | null>

/** Runs a text as the page does: pages are fetched as they are told of. */
async function run(text: string, parameters: Parameters = {}, signal = call.signal) {
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
}

const count = async (table: string) => Number((await server.sql(`SELECT count(*) AS n FROM ${table}`, database))[0]?.['n'])

describe('a run', () => {
  it('gives each statement its own result, with exact text', async () => {
    const { events, rows, commands } = await run(
      `CREATE TABLE t (a int8, b text); INSERT INTO t VALUES (9007199254740993, ''), (2, NULL); SELECT * FROM t ORDER BY a; SELECT 1 AS x, 2 AS x`,
    )
    expect(commands).toEqual(['CREATE TABLE', 'INSERT', 'SELECT', 'SELECT'])
    expect(rows).toEqual([
      ['2', null],
      ['9007199254740993', ''],
      ['1', '2'],
    ])
    expect(events.filter((event) => event.event === 'columns').map((event) => event.columns.map((one) => one.name))).toEqual([
      ['a', 'b'],
      ['x', 'x'],
    ])
    expect(events.find((event) => event.event === 'complete' && event.statement === 1)).toMatchObject({ rows: 2, capped: false })
  })

  it('stops at the first error and says where it is in the whole text', async () => {
    const text = `SELECT 'é😀'; -- first\nSELECT 1 FROM nowhere;\nSELECT 3`
    const { events, error, commands } = await run(text)
    expect(commands).toEqual(['SELECT'])
    expect(error).toMatchObject({
      statement: 1,
      code: 'SQL',
      at: text.indexOf('nowhere'),
      data: { source: { vendor: 'postgres', code: '42P01' } },
    })
    expect(events.at(-1)).toBe(error)
    expect(events.filter((event) => event.event === 'statement')).toMatchObject([
      { from: 0, text: "SELECT 'é😀'", of: 3 },
      { text: 'SELECT 1 FROM nowhere', of: 3 },
    ])
  })

  it('sends nothing of a text that does not parse', async () => {
    const text = `CREATE TABLE made (); SELECT 'ü', FROM FROM x`
    const { error, events } = await run(text)
    expect(events).toHaveLength(1)
    expect(error).toMatchObject({ statement: null, code: 'SQL', at: text.indexOf('FROM') })
    expect(await server.sql("SELECT to_regclass('made') AS made", database)).toEqual([{ made: null }])
  })

  it('keeps a transaction over its statements, and rolls back one that was left open', async () => {
    await server.sql('CREATE TABLE t (a int)', database)
    await run('BEGIN; INSERT INTO t VALUES (1); COMMIT; BEGIN; INSERT INTO t VALUES (2); ROLLBACK')
    expect(await count('t')).toBe(1)
    const open = await run('BEGIN; INSERT INTO t VALUES (3); SAVEPOINT s; ROLLBACK TO s')
    expect(open.events.at(-1)).toMatchObject({ event: 'notice', message: expect.stringContaining('rolled back') })
    expect(await count('t')).toBe(1)
    await run('BEGIN; INSERT INTO t VALUES (4); SELECT 1/0; COMMIT')
    expect(await count('t')).toBe(1)
  })

  it('passes on notices, and text without statements gives none', async () => {
    const { events } = await run(`DO $$ BEGIN RAISE WARNING 'careful <b>'; RAISE NOTICE 'n'; END $$`)
    expect(events.filter((event) => event.event === 'notice')).toMatchObject([
      { severity: 'WARNING', message: 'careful <b>' },
      { severity: 'NOTICE', message: 'n' },
    ])
    expect((await run('  -- nothing\n ;;')).events).toEqual([])
  })

  it('brings 100,000 rows in a small first page and some large ones', async () => {
    const { events, rows } = await run(`SELECT n, repeat('x', n % 50) FROM generate_series(1, 100000) n`)
    const sizes = events.flatMap((event) => (event.event === 'page' ? [event.page.rows] : []))
    expect(sizes[0]).toBe(200)
    expect(sizes.length).toBeLessThan(15)
    expect(rows).toHaveLength(100_000)
    expect(rows[99_999]).toEqual(['100000', ''])
  })

  it('ends at a million rows and says so', async () => {
    const { events } = await run('SELECT NULL FROM generate_series(1, 1000002)')
    expect(events.at(-1)).toMatchObject({ event: 'complete', capped: true })
    expect(events.reduce((sum, event) => sum + (event.event === 'page' ? event.page.rows : 0), 0)).toBe(1_000_000)
  })

  it('leaves the rows before an error to be fetched', async () => {
    const addresses: string[] = []
    for await (const event of query.run({ environment: 'local', text: 'SELECT 1; SELECT 1/0' }, call)) {
      if (event.event === 'page') addresses.push(event.page.address)
      if (event.event === 'error') break
    }
    expect(addresses.map((address) => pages.take(address))).toEqual([expect.any(ArrayBuffer)])
  })

  it('refuses COPY over the connection before anything is sent', async () => {
    for (const copy of ['COPY t FROM STDIN', 'COPY t TO STDOUT', 'COPY (SELECT 1) TO STDOUT']) {
      expect((await run(`CREATE TABLE t (a int); ${copy}`)).error).toMatchObject({ statement: 1, code: 'INVALID' })
    }
    expect(records).toEqual([])
  })

  it('tells an unreachable database as its error', async () => {
    database = 'nowhere'
    expect((await run('SELECT 1')).error).toMatchObject({ statement: null, code: 'NO_DATABASE' })
  })
})

describe('cancelling', () => {
  const sleeping = () =>
    server.sql(
      `SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(61%' AND state = 'active' AND pid <> pg_backend_pid()`,
      database,
    )

  it('stops the statement on the server', async () => {
    const controller = new AbortController()
    const running = run('SELECT pg_sleep(61)', {}, controller.signal)
    while ((await sleeping()).length === 0) await pause(20)
    controller.abort()
    expect((await running).error).toMatchObject({ code: 'CANCELLED' })
    while ((await sleeping()).length > 0) await pause(20)
    expect((await query.history({ environment: 'local' }, call))[0]?.error).toMatch(/ancel/)
  })

  it('of a result that nobody reads on ends it, and leaves no page waiting', async () => {
    const controller = new AbortController()
    const events = query.run(
      { environment: 'local', text: 'SELECT n FROM generate_series(1, 10000000) n' },
      { ...call, signal: controller.signal },
    )
    const addresses: string[] = []
    for await (const event of events) {
      if (event.event === 'page') addresses.push(event.page.address)
      if (addresses.length === 3) break
    }
    expect(addresses.map((address) => pages.take(address))).toEqual([null, null, null])
    const busy = () =>
      server.sql(`SELECT 1 FROM pg_stat_activity WHERE query LIKE '%10000000%' AND state = 'active' AND pid <> pg_backend_pid()`, database)
    while ((await busy()).length > 0) await pause(20)
  })

  it('closes the record of a change as cancelled', async () => {
    await server.sql('CREATE TABLE t (a int)', database)
    const controller = new AbortController()
    const running = run(`INSERT INTO t SELECT 1 FROM pg_sleep(61)`, {}, controller.signal)
    while (records.length === 0) await pause(20)
    await pause(100)
    controller.abort()
    await running
    expect(records.map((one) => one.result)).toEqual(['cancelled'])
    expect(await count('t')).toBe(0)
  })
})

describe('the log of changes', () => {
  it('holds each change with its outcome, without passwords', async () => {
    await run(
      `CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2); SELECT * FROM t; CREATE ROLE "r ${database}" PASSWORD 'hunter2'; INSERT INTO t SELECT 1/0`,
    )
    expect(records.map((one) => [one.action, one.result])).toEqual([
      ['CREATE TABLE', 'done: CREATE TABLE'],
      ['INSERT', 'done: INSERT 2'],
      ['CREATE ROLE', 'done: CREATE ROLE'],
      ['INSERT', expect.stringMatching(/^failed: .*division by zero/i)],
    ])
    expect(JSON.stringify(records)).not.toContain('hunter2')
    expect(records[0]?.target).toContain(database)
  })
})

describe('a locked environment', () => {
  beforeEach(async () => {
    await server.sql(
      `CREATE TABLE kept (a int); INSERT INTO kept VALUES (1);
       CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS 'BEGIN DELETE FROM kept; RETURN 1; END';
       CREATE PROCEDURE sly_procedure() LANGUAGE plpgsql AS 'BEGIN COMMIT; DELETE FROM kept; COMMIT; END'`,
      database,
    )
    locked = true
  })

  it('reads, sets and explains', async () => {
    const { rows, error } = await run(
      `SET search_path = pg_catalog; SHOW search_path; SELECT a FROM public.kept; EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off, BUFFERS off) SELECT a FROM public.kept`,
    )
    expect(error).toBeUndefined()
    expect(rows.slice(0, 2)).toEqual([['pg_catalog'], ['1']])
  })

  it.each([
    'INSERT INTO kept VALUES (2)',
    'DELETE FROM kept',
    'DROP TABLE kept',
    'WITH gone AS (DELETE FROM kept RETURNING a) SELECT * FROM gone',
    'EXPLAIN ANALYZE DELETE FROM kept',
    'SELECT a INTO other FROM kept',
    'SELECT * FROM kept FOR UPDATE',
    'VACUUM kept',
    'NOTIFY somebody',
    `COPY kept TO PROGRAM 'touch /tmp/basepair-smuggled'`,
    `COPY kept TO '/tmp/basepair-smuggled'`,
    'SELECT pg_terminate_backend(pg_backend_pid())',
    'SELECT pg_catalog.PG_CANCEL_BACKEND(1)',
    `SELECT set_config('transaction_read_only', 'off', false)`,
    'SET default_transaction_read_only = off',
    'SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE',
    'SET TRANSACTION READ WRITE',
    'RESET ALL',
    'DISCARD ALL',
    'CALL sly_procedure()',
    'DO $$ BEGIN COMMIT; DELETE FROM kept; COMMIT; END $$',
    'PREPARE p AS DELETE FROM kept; EXECUTE p',
    `SELECT query_to_xml('DELETE FROM kept', true, true, '')`,
    `SELECT nextval('s')`,
    'LOCK TABLE kept',
    'REFRESH MATERIALIZED VIEW m',
    "ALTER SYSTEM SET work_mem = '1MB'",
    'CHECKPOINT',
  ])('refuses %s before anything is sent', async (text) => {
    const { events, error } = await run(`SELECT 1; ${text}`)
    expect(error).toMatchObject({ code: 'LOCKED', data: { mend: 'unlock' }, at: 10 })
    expect(events).toEqual([error])
    expect(records).toEqual([])
    expect(await count('kept')).toBe(1)
  })

  it.each([
    'SELECT sly()',
    'COMMIT; SELECT sly()',
    'BEGIN; COMMIT; SELECT sly()',
    'BEGIN READ WRITE; SELECT sly(); COMMIT',
    'ROLLBACK; START TRANSACTION READ WRITE; SELECT sly(); END',
    'SET search_path = public; SELECT sly()',
    'SELECT 1 -- \n; COMMIT -- ; \n; SELECT sly()',
  ])('does not let %s change anything', async (text) => {
    expect((await run(text)).error).toMatchObject({
      code: expect.stringMatching(/SQL|LOCKED/),
      message: expect.stringMatching(/read-only/i),
    })
    expect(await count('kept')).toBe(1)
  })

  it('leaves out the transaction control of a text that only reads, and says so', async () => {
    const { events, error } = await run('BEGIN; SELECT a FROM kept; COMMIT')
    expect(error).toBeUndefined()
    expect(events.filter((event) => event.event === 'notice')).toHaveLength(2)
  })
})

describe('named parameters', () => {
  it('are bound as values, whatever they hold', async () => {
    await server.sql('CREATE TABLE kept (a int)', database)
    const hostile = `'); DROP TABLE kept; --`
    const { rows, error } = await run('SELECT :a::text, %(b)s::int + :c::int, :a::text; SELECT :c::int', { a: hostile, b: '40', c: '2' })
    expect(error).toBeUndefined()
    expect(rows).toEqual([[hostile, '42', hostile], ['2']])
    expect(await count('kept')).toBe(0)
    expect((await run('SELECT :n::text IS NULL', { n: null })).rows).toEqual([['t']])
  })

  it('that have no value are asked for, and positions count the text as it was written', async () => {
    expect((await run('SELECT :a, :b', { a: '1' })).error).toMatchObject({
      code: 'INVALID',
      message: expect.stringContaining(':b'),
      parameters: ['a', 'b'],
      at: 11,
    })
    const text = 'SELECT %(a_long_name)s::text, nope'
    expect((await run(text, { a_long_name: 'x' })).error).toMatchObject({ at: text.indexOf('nope') })
  })
})

describe('the history', () => {
  it('holds what was run with its outcome, without passwords', async () => {
    await run('SELECT 1')
    await run(`CREATE ROLE "h ${database}" PASSWORD 'hunter2'`)
    await run('SELECT nope')
    const entries = await query.history({ environment: 'local' }, call)
    expect(entries.map((one) => [one.rows, one.error === null])).toEqual([
      [null, false],
      [null, true],
      [1, true],
    ])
    expect(JSON.stringify(entries)).not.toContain('hunter2')
    await query.clearHistory({ environment: 'local' }, call)
    expect(await query.history({ environment: 'local' }, call)).toEqual([])
  })
})

describe('the files of a project', () => {
  it('are listed by name with their parameters', async () => {
    await mkdir(join(folder, 'queries'))
    await writeFile(join(folder, 'queries', 'b.sql'), 'SELECT %(id)s, :name, now()::date')
    await writeFile(join(folder, 'queries', 'a.sql'), 'SELECT 1')
    await writeFile(join(folder, 'queries', 'notes.txt'), 'no')
    const { files } = await query.files({ environment: 'local' }, call)
    expect(files.map((file) => [file.name, file.parameters])).toEqual([
      ['a', []],
      ['b', ['id', 'name']],
    ])
  })

  it('of the console itself are found, a folder without any is empty, and bad text is told of', async () => {
    project = 'cruddur'
    const { files } = await query.files({ environment: 'local' }, call)
    expect(files.map((file) => file.name)).toEqual(['create', 'home', 'object'])
    project = join(folder, 'none')
    expect((await query.files({ environment: 'local' }, call)).files).toEqual([])
    project = folder
    await mkdir(join(folder, 'queries'))
    await writeFile(join(folder, 'queries', 'bad.sql'), Buffer.from([0x53, 0xff]))
    await expect(query.files({ environment: 'local' }, call)).rejects.toMatchObject({ code: 'FILE' })
  })
})

describe('names for completion', () => {
  it('are those of the catalogue, whatever they are', async () => {
    await server.sql('CREATE SCHEMA s; CREATE TABLE s."__proto__" (b int, "a b" int); CREATE VIEW v AS SELECT 1 AS x', database)
    const catalogue = await query.catalogue({ environment: 'local' }, call)
    expect(Object.entries(catalogue['s'] ?? {})).toEqual([['__proto__', ['b', 'a b']]])
    expect(catalogue['public']).toEqual({ v: ['x'] })
  })
})
