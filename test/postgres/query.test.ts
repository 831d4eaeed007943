import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type QueryConsole, startQueryConsole } from '../support/query-console.ts'

let tool: QueryConsole

beforeAll(async () => {
  tool = await startQueryConsole()
})
afterAll(() => tool.stop())
beforeEach(() => tool.renew())

describe('a run', () => {
  it('gives each statement its own result, with exact text', async () => {
    const { events, rows, commands } = await tool.run(
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
    const { events, error, commands } = await tool.run(text)
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
    const { error, events } = await tool.run(text)
    expect(events).toHaveLength(1)
    expect(error).toMatchObject({ statement: null, code: 'SQL', at: text.indexOf('FROM') })
    expect(await tool.sql("SELECT to_regclass('made') AS made")).toEqual([{ made: null }])
  })

  it('keeps a transaction over its statements, and rolls back one that was left open', async () => {
    await tool.sql('CREATE TABLE t (a int)')
    await tool.run('BEGIN; INSERT INTO t VALUES (1); COMMIT; BEGIN; INSERT INTO t VALUES (2); ROLLBACK')
    expect(await tool.count('t')).toBe(1)
    const open = await tool.run('BEGIN; INSERT INTO t VALUES (3); SAVEPOINT s; ROLLBACK TO s')
    expect(open.events.at(-1)).toMatchObject({ event: 'notice', message: expect.stringContaining('rolled back') })
    expect(await tool.count('t')).toBe(1)
    await tool.run('BEGIN; INSERT INTO t VALUES (4); SELECT 1/0; COMMIT')
    expect(await tool.count('t')).toBe(1)
  })

  it('passes on notices, and text without statements gives none', async () => {
    const { events } = await tool.run(`DO $$ BEGIN RAISE WARNING 'careful <b>'; RAISE NOTICE 'n'; END $$`)
    expect(events.filter((event) => event.event === 'notice')).toMatchObject([
      { severity: 'WARNING', message: 'careful <b>' },
      { severity: 'NOTICE', message: 'n' },
    ])
    expect((await tool.run('  -- nothing\n ;;')).events).toEqual([])
  })

  it('brings 100,000 rows in a small first page and some large ones', async () => {
    const { events, rows } = await tool.run(`SELECT n, repeat('x', n % 50) FROM generate_series(1, 100000) n`)
    const sizes = events.flatMap((event) => (event.event === 'page' ? [event.page.rows] : []))
    expect(sizes[0]).toBe(200)
    expect(sizes.length).toBeLessThan(15)
    expect(rows).toHaveLength(100_000)
    expect(rows[99_999]).toEqual(['100000', ''])
  })

  it('ends at a million rows and says so', async () => {
    const { events } = await tool.run('SELECT NULL FROM generate_series(1, 1000002)')
    expect(events.at(-1)).toMatchObject({ event: 'complete', capped: true })
    expect(events.reduce((sum, event) => sum + (event.event === 'page' ? event.page.rows : 0), 0)).toBe(1_000_000)
  })

  it('leaves the rows before an error to be fetched', async () => {
    const addresses: string[] = []
    for await (const event of tool.query.run({ environment: 'local', text: 'SELECT 1; SELECT 1/0' }, tool.call)) {
      if (event.event === 'page') addresses.push(event.page.address)
      if (event.event === 'error') break
    }
    expect(addresses.map((address) => tool.pages.take(address))).toEqual([expect.any(ArrayBuffer)])
  })

  it('refuses COPY over the connection before anything is sent', async () => {
    for (const copy of ['COPY t FROM STDIN', 'COPY t TO STDOUT', 'COPY (SELECT 1) TO STDOUT']) {
      expect((await tool.run(`CREATE TABLE t (a int); ${copy}`)).error).toMatchObject({ statement: 1, code: 'INVALID' })
    }
    expect(tool.records).toEqual([])
  })

  it('tells an unreachable database as its error', async () => {
    tool.state.database = 'nowhere'
    expect((await tool.run('SELECT 1')).error).toMatchObject({ statement: null, code: 'NO_DATABASE' })
  })
})

describe('cancelling', () => {
  const sleeping = () =>
    tool.sql(`SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(61%' AND state = 'active' AND pid <> pg_backend_pid()`)

  it('stops the statement on the server', async () => {
    const controller = new AbortController()
    const running = tool.run('SELECT pg_sleep(61)', {}, controller.signal)
    while ((await sleeping()).length === 0) await pause(20)
    controller.abort()
    expect((await running).error).toMatchObject({ code: 'CANCELLED' })
    while ((await sleeping()).length > 0) await pause(20)
    expect((await tool.query.history({ environment: 'local' }, tool.call))[0]?.error).toMatch(/ancel/)
  })

  it('of a result that nobody reads on ends it, and leaves no page waiting', async () => {
    const controller = new AbortController()
    const events = tool.query.run(
      { environment: 'local', text: 'SELECT n FROM generate_series(1, 10000000) n' },
      { ...tool.call, signal: controller.signal },
    )
    const addresses: string[] = []
    for await (const event of events) {
      if (event.event === 'page') addresses.push(event.page.address)
      if (addresses.length === 3) break
    }
    expect(addresses.map((address) => tool.pages.take(address))).toEqual([null, null, null])
    const busy = () =>
      tool.sql(`SELECT 1 FROM pg_stat_activity WHERE query LIKE '%10000000%' AND state = 'active' AND pid <> pg_backend_pid()`)
    while ((await busy()).length > 0) await pause(20)
  })

  it('closes the record of a change as cancelled', async () => {
    await tool.sql('CREATE TABLE t (a int)')
    const controller = new AbortController()
    const running = tool.run(`INSERT INTO t SELECT 1 FROM pg_sleep(61)`, {}, controller.signal)
    while (tool.records.length === 0) await pause(20)
    await pause(100)
    controller.abort()
    await running
    expect(tool.records.map((one) => one.result)).toEqual(['cancelled'])
    expect(await tool.count('t')).toBe(0)
  })
})

describe('the log of changes', () => {
  it('holds each change with its outcome, without passwords', async () => {
    await tool.run(
      `CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2); SELECT * FROM t; CREATE ROLE "r ${tool.state.database}" PASSWORD 'hunter2'; INSERT INTO t SELECT 1/0`,
    )
    expect(tool.records.map((one) => [one.action, one.result])).toEqual([
      ['CREATE TABLE', 'done: CREATE TABLE'],
      ['INSERT', 'done: INSERT 2'],
      ['CREATE ROLE', 'done: CREATE ROLE'],
      ['INSERT', expect.stringMatching(/^failed: .*division by zero/i)],
    ])
    expect(JSON.stringify(tool.records)).not.toContain('hunter2')
    expect(tool.records[0]?.target).toContain(tool.state.database)
  })
})

describe('named parameters', () => {
  it('are bound as values, whatever they hold', async () => {
    await tool.sql('CREATE TABLE kept (a int)')
    const hostile = `'); DROP TABLE kept; --`
    const { rows, error } = await tool.run('SELECT :a::text, %(b)s::int + :c::int, :a::text; SELECT :c::int', {
      a: hostile,
      b: '40',
      c: '2',
    })
    expect(error).toBeUndefined()
    expect(rows).toEqual([[hostile, '42', hostile], ['2']])
    expect(await tool.count('kept')).toBe(0)
    expect((await tool.run('SELECT :n::text IS NULL', { n: null })).rows).toEqual([['t']])
  })

  it('that have no value are asked for, and positions count the text as it was written', async () => {
    expect((await tool.run('SELECT :a, :b', { a: '1' })).error).toMatchObject({
      code: 'INVALID',
      message: expect.stringContaining(':b'),
      parameters: ['a', 'b'],
      at: 11,
    })
    const text = 'SELECT %(a_long_name)s::text, nope'
    expect((await tool.run(text, { a_long_name: 'x' })).error).toMatchObject({ at: text.indexOf('nope') })
  })
})

describe('the history', () => {
  it('holds what was run with its outcome, without passwords', async () => {
    await tool.run('SELECT 1')
    await tool.run(`CREATE ROLE "h ${tool.state.database}" PASSWORD 'hunter2'`)
    await tool.run('SELECT nope')
    const entries = await tool.query.history({ environment: 'local' }, tool.call)
    expect(entries.map((one) => [one.rows, one.error === null])).toEqual([
      [null, false],
      [null, true],
      [1, true],
    ])
    expect(JSON.stringify(entries)).not.toContain('hunter2')
    await tool.query.clearHistory({ environment: 'local' }, tool.call)
    expect(await tool.query.history({ environment: 'local' }, tool.call)).toEqual([])
  })
})

describe('the files of a project', () => {
  it('are listed by name with their parameters', async () => {
    await mkdir(join(tool.state.folder, 'queries'))
    await writeFile(join(tool.state.folder, 'queries', 'b.sql'), 'SELECT %(id)s, :name, now()::date')
    await writeFile(join(tool.state.folder, 'queries', 'a.sql'), 'SELECT 1')
    await writeFile(join(tool.state.folder, 'queries', 'notes.txt'), 'no')
    const { files } = await tool.query.files({ environment: 'local' }, tool.call)
    expect(files.map((file) => [file.name, file.parameters])).toEqual([
      ['a', []],
      ['b', ['id', 'name']],
    ])
  })

  it('of the console itself are found, a folder without any is empty, and bad text is told of', async () => {
    tool.state.project = 'cruddur'
    const { files } = await tool.query.files({ environment: 'local' }, tool.call)
    expect(files.map((file) => file.name)).toEqual(['create', 'home', 'object'])
    tool.state.project = join(tool.state.folder, 'none')
    expect((await tool.query.files({ environment: 'local' }, tool.call)).files).toEqual([])
    tool.state.project = tool.state.folder
    await mkdir(join(tool.state.folder, 'queries'))
    await writeFile(join(tool.state.folder, 'queries', 'bad.sql'), Buffer.from([0x53, 0xff]))
    await expect(tool.query.files({ environment: 'local' }, tool.call)).rejects.toMatchObject({ code: 'FILE' })
  })
})

describe('names for completion', () => {
  it('are those of the catalogue, whatever they are', async () => {
    await tool.sql('CREATE SCHEMA s; CREATE TABLE s."__proto__" (b int, "a b" int); CREATE VIEW v AS SELECT 1 AS x')
    const catalogue = await tool.query.catalogue({ environment: 'local' }, tool.call)
    expect(Object.entries(catalogue['s'] ?? {})).toEqual([['__proto__', ['b', 'a b']]])
    expect(catalogue['public']).toEqual({ v: ['x'] })
  })
})
