import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Connection } from '../../main/postgres/driver.ts'
import { failureOf, readAll, startServerAndDriver, stateOf, until } from './driver-fixture.ts'

let setting: Awaited<ReturnType<typeof startServerAndDriver>>
let connection: Connection
beforeAll(async () => {
  setting = await startServerAndDriver()
  connection = await setting.driver.connect(setting.server.target(), 'query')
})
afterAll(() => setting.close())

test('gives columns, pages and what became of it, with NULL apart from the empty text', async () => {
  const text = "SELECT i, CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE repeat('é', i % 100) END AS t FROM generate_series(1, 25000) i"
  const { columns, pages, rows, complete } = await readAll(connection.stream({ text }, { firstPage: 100, pageRows: 10_000 }))
  expect(columns.map(({ name, type }) => [name, type])).toEqual([
    ['i', 'integer'],
    ['t', 'text'],
  ])
  expect(pages.map((page) => page.rows)).toEqual([100, 10_000, 10_000, 4900])
  expect(rows).toEqual(
    Array.from({ length: 25_000 }, (_, at) => {
      const i = at + 1
      return [String(i), i % 3 === 0 ? null : i % 3 === 1 ? '' : 'é'.repeat(i % 100)]
    }),
  )
  expect(complete).toEqual({ event: 'complete', command: 'SELECT', rowCount: 25_000, capped: false })
})

test('says of a statement without rows what was done', async () => {
  const { events } = await readAll(connection.stream({ text: 'CREATE TABLE streamed AS SELECT generate_series(1, 7)' }))
  expect(events).toEqual([
    { event: 'columns', columns: [] },
    { event: 'complete', command: 'SELECT', rowCount: 7, capped: false },
  ])
  expect(
    (await readAll(connection.stream({ text: 'UPDATE streamed SET generate_series = 0 RETURNING *' }, { firstPage: 2 }))).complete,
  ).toEqual({
    event: 'complete',
    command: 'UPDATE',
    rowCount: 7,
    capped: false,
  })
})

test('ends a result at its limits, and says that there was more', async () => {
  const rowsOf = async (maxRows: number) => {
    const { rows, complete } = await readAll(
      connection.stream({ text: 'SELECT generate_series(1, 1000)' }, { firstPage: 10, pageRows: 100, maxRows }),
    )
    return [rows.length, complete]
  }
  expect(await rowsOf(500)).toEqual([500, { event: 'complete', command: 'SELECT', rowCount: 500, capped: true }])
  expect(await rowsOf(1000)).toEqual([1000, { event: 'complete', command: 'SELECT', rowCount: 1000, capped: false }])
  const wide = await readAll(
    connection.stream({ text: "SELECT repeat('x', 1000000) FROM generate_series(1, 1000)" }, { maxBytes: 20_000_000 }),
  )
  expect(wide.complete).toMatchObject({ capped: true })
  expect(wide.pages.reduce((bytes, { buffer }) => bytes + buffer.byteLength, 0)).toBeLessThan(32_000_000)
  expect((await connection.run({ text: 'SELECT 1' })).rows).toEqual([['1']])
})

test('passes on notices', async () => {
  const { events } = await readAll(connection.stream({ text: "DO $$ BEGIN RAISE WARNING 'mind %', 1; END $$" }))
  expect(events).toContainEqual({ event: 'notice', severity: 'WARNING', message: 'mind 1' })
})

test('fails after the rows that came before the error', async () => {
  const rows: number[] = []
  const reading = (async () => {
    for await (const event of connection.stream(
      { text: 'SELECT 1 / (500 - i) FROM generate_series(1, 1000) i' },
      { firstPage: 10, pageRows: 100 },
    )) {
      if (event.event === 'page') rows.push(event.rows)
    }
  })()
  expect(await failureOf(reading)).toMatchObject({ code: 'SQL', data: { source: { code: '22012' } } })
  expect(rows[0]).toBe(10)
  expect((await connection.run({ text: 'SELECT 1' })).rows).toEqual([['1']])
})

test('does not read on while nobody asks', async () => {
  await connection.run({ text: 'CREATE SEQUENCE produced' })
  const stream = connection
    .stream({ text: "SELECT nextval('produced') FROM generate_series(1, 1000000)" }, { firstPage: 100, pageRows: 1000 })
    [Symbol.asyncIterator]()
  await stream.next()
  await stream.next()
  await new Promise((resolve) => setTimeout(resolve, 500))
  const [row] = await setting.server.sql('SELECT last_value FROM produced')
  expect(Number(row?.['last_value'])).toBeLessThan(5000)
  await stream.return?.()
})

test('leaves the connection usable, its transaction too, when a result is left early', async () => {
  await connection.run({ text: 'BEGIN' })
  await connection.run({ text: 'CREATE TABLE in_transaction (a int)' })
  for await (const event of connection.stream({ text: 'SELECT generate_series(1, 1000000)' })) if (event.event === 'page') break
  expect((await connection.run({ text: 'SELECT count(*) FROM in_transaction' })).rows).toEqual([['0']])
  await connection.run({ text: 'COMMIT' })
  expect((await connection.run({ text: 'SELECT count(*) FROM in_transaction' })).rows).toEqual([['0']])
})

test('cancels on the server what it was reading ahead when a result is left early', async () => {
  const text = 'SELECT CASE WHEN i > 150 THEN pg_sleep(600) END FROM generate_series(1, 1000) i'
  for await (const event of connection.stream({ text }, { firstPage: 100, pageRows: 100, timeoutMs: 0 })) if (event.event === 'page') break
  expect(await stateOf(setting.server, connection.backend.pid)).toBe('idle')
  expect((await connection.run({ text: 'SELECT 1' })).rows).toEqual([['1']])
})

test('ends what runs on a connection that is closed', async () => {
  const closing = await setting.driver.connect(setting.server.target(), 'query')
  const running = failureOf(closing.run({ text: 'SELECT pg_sleep(600)' }, { timeoutMs: 0 }))
  await until(async () => (await stateOf(setting.server, closing.backend.pid)) === 'active')
  await closing.close()
  expect(await running).toMatchObject({ code: 'CANCELLED' })
  await until(async () => (await stateOf(setting.server, closing.backend.pid)) === null)
  expect(await failureOf(closing.run({ text: 'SELECT 1' }))).toMatchObject({ code: 'LOST' })
})

test('cancels one of two statements on the server, and leaves the other', async () => {
  const sleep = { text: 'SELECT pg_sleep(600)' }
  const staying = failureOf(readAll(connection.stream(sleep, { timeoutMs: 0 })))
  await using other = await setting.driver.connect(setting.server.target(), 'query')
  const aborting = new AbortController()
  const leaving = failureOf(readAll(other.stream(sleep, { timeoutMs: 0, signal: aborting.signal })))
  await until(async () => (await stateOf(setting.server, connection.backend.pid)) === 'active')
  await until(async () => (await stateOf(setting.server, other.backend.pid)) === 'active')
  aborting.abort()
  expect(await leaving).toMatchObject({ code: 'CANCELLED' })
  expect(await stateOf(setting.server, other.backend.pid)).toBe('idle')
  expect(await stateOf(setting.server, connection.backend.pid)).toBe('active')
  await setting.server.sql(`SELECT pg_cancel_backend(${connection.backend.pid})`)
  expect(await staying).toMatchObject({ code: 'CANCELLED' })
})

test('refuses a second statement while a result is being read', async () => {
  const stream = connection.stream({ text: 'SELECT generate_series(1, 100000)' })[Symbol.asyncIterator]()
  await stream.next()
  expect(await failureOf(connection.run({ text: 'SELECT 1' }))).toMatchObject({ code: 'BUSY' })
  await stream.return?.()
  expect((await connection.run({ text: 'SELECT 1' })).rows).toEqual([['1']])
})

test('streams from the pool, and gives the connection back', async () => {
  const target = setting.server.target()
  for (let times = 0; times < 10; times += 1) {
    const { rows } = await readAll(setting.driver.stream(target, { text: 'SELECT generate_series(1, 300)' }, { readOnly: true }))
    expect(rows).toHaveLength(300)
  }
})
