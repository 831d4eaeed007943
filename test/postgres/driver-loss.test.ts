import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureOf, openDriver, readAll, startServerAndDriver, stateOf, until } from './driver-fixture.ts'
import { startLink } from './rogue-server.ts'

let setting: Awaited<ReturnType<typeof startServerAndDriver>>
beforeAll(async () => {
  setting = await startServerAndDriver()
})
afterAll(() => setting.close())

const sleep = { text: 'SELECT pg_sleep(600)' }
const backendOf = async () => {
  const { rows } = await setting.driver.run(setting.server.target(), { text: 'SELECT pg_backend_pid()' })
  return Number(rows[0]?.[0])
}

test('ends a statement on the server when its time is over', async () => {
  await using connection = await setting.driver.connect(setting.server.target(), 'query')
  const failure = await failureOf(connection.run(sleep, { timeoutMs: 100 }))
  expect(failure).toMatchObject({ code: 'TIMEOUT' })
  expect(await stateOf(setting.server, connection.backend.pid)).toBe('idle')
  expect((await connection.run({ text: 'SELECT 1' })).rows).toEqual([['1']])
  expect(await failureOf(readAll(connection.stream(sleep, { timeoutMs: 100 })))).toMatchObject({ code: 'TIMEOUT' })
  expect(await failureOf(setting.driver.run(setting.server.target(), sleep, { timeoutMs: 100, readOnly: true }))).toMatchObject({
    code: 'TIMEOUT',
  })
})

test('cancels exactly one of two equal statements', async () => {
  const target = setting.server.target()
  const sleeping = () => setting.server.sql("SELECT pid FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)' AND state = 'active'")
  const [first, second] = [new AbortController(), new AbortController()]
  const one = failureOf(setting.driver.run(target, sleep, { timeoutMs: 0, signal: first.signal }))
  const two = failureOf(setting.driver.run(target, sleep, { timeoutMs: 0, signal: second.signal }))
  await until(async () => (await sleeping()).length === 2)
  first.abort()
  expect(await one).toMatchObject({ code: 'CANCELLED' })
  expect(await sleeping()).toHaveLength(1)
  second.abort()
  expect(await two).toMatchObject({ code: 'CANCELLED' })
  expect(await failureOf(setting.driver.run(target, sleep, { signal: AbortSignal.abort() }))).toMatchObject({ code: 'CANCELLED' })
})

test('cuts a statement that does not let itself be cancelled', async () => {
  await using connection = await setting.driver.connect(setting.server.target(), 'query')
  const stubborn = 'DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(600); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$'
  expect(await failureOf(connection.run({ text: stubborn }, { timeoutMs: 100 }))).toMatchObject({ code: 'TIMEOUT' })
  await until(async () => (await stateOf(setting.server, connection.backend.pid)) === null)
  expect(await failureOf(connection.run({ text: 'SELECT 1' }))).toMatchObject({ code: 'LOST' })
})

test('cancels although the server has no connection left to ask by', async () => {
  await setting.server.sql(`CREATE ROLE single LOGIN CONNECTION LIMIT 1 PASSWORD '${setting.server.password}'`)
  await using connection = await setting.driver.connect({ ...setting.server.target(), user: 'single' }, 'query')
  expect(await failureOf(connection.run(sleep, { timeoutMs: 100 }))).toMatchObject({ code: 'TIMEOUT' })
  expect(await stateOf(setting.server, connection.backend.pid)).toBe('idle')
  expect((await connection.run({ text: 'SELECT 1' })).rows).toEqual([['1']])
})

test('notices that an idle connection went silent, and takes another', async () => {
  await using link = await startLink(setting.server.port)
  const target = { ...setting.server.target('postgres', 'asleep'), port: link.port }
  expect((await setting.driver.run(target, { text: 'SELECT 1' })).rows).toEqual([['1']])
  link.swallow()
  // Connections idle for longer than five seconds are asked before they are trusted.
  await new Promise((resolve) => setTimeout(resolve, 5500))
  expect((await setting.driver.run(target, { text: 'SELECT 2' })).rows).toEqual([['2']])
})

test('reports a killed idle connection, and goes on with another', async () => {
  const pid = await backendOf()
  setting.losses.length = 0
  await setting.server.sql(`SELECT pg_terminate_backend(${pid})`)
  await until(() => setting.losses.length > 0)
  expect(setting.losses[0]).toMatchObject({ environment: 'local', inUse: false, failure: { code: 'LOST' } })
  expect(await backendOf()).not.toBe(pid)
})

test('reports a killed connection that was in use, with the work lost', async () => {
  await using connection = await setting.driver.connect(setting.server.target(), 'query')
  await connection.run({ text: 'BEGIN' })
  setting.losses.length = 0
  await setting.server.sql(`SELECT pg_terminate_backend(${connection.backend.pid})`)
  await until(() => setting.losses.length > 0)
  expect(setting.losses).toMatchObject([{ environment: 'local', inUse: true }])
  expect(await failureOf(connection.run({ text: 'COMMIT' }))).toMatchObject({ code: 'LOST' })
  const pooled = failureOf(setting.driver.run(setting.server.target(), sleep, { timeoutMs: 0 }))
  const find = () => setting.server.sql("SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)' AND state = 'active'")
  await until(async () => (await find()).length === 1)
  await setting.server.sql(`SELECT pg_terminate_backend(${(await find())[0]?.['pid']})`)
  expect(await pooled).toMatchObject({ code: 'LOST', data: { source: { vendor: 'postgres', code: '57P01' } } })
})

test('survives a restart of the server', async () => {
  await using connection = await setting.driver.connect(setting.server.target(), 'query')
  await setting.driver.run(setting.server.target(), { text: 'SELECT 1' })
  await setting.server.restart()
  expect(await failureOf(connection.run({ text: 'SELECT 1' }))).toMatchObject({ code: 'LOST' })
  expect((await setting.driver.run(setting.server.target(), { text: 'SELECT 1' }, { readOnly: true })).rows).toEqual([['1']])
})

test('starts the worker again when it falls: what was under way is lost, what comes next works', async () => {
  const { driver, losses } = openDriver(setting.server.password, new URL('./falling-worker.ts', import.meta.url))
  const channel = new BroadcastChannel('basepair-test-fall')
  const target = setting.server.target('postgres', 'prod')
  try {
    const connection = await driver.connect(target, 'query')
    const running = failureOf(driver.run(target, sleep, { timeoutMs: 0 }))
    const reading = failureOf(readAll(connection.stream({ text: 'SELECT pg_sleep(600)' }, { timeoutMs: 0 })))
    await until(async () => (await stateOf(setting.server, connection.backend.pid)) === 'active')
    channel.postMessage('fall')
    expect(await running).toMatchObject({ code: 'LOST' })
    expect(await reading).toMatchObject({ code: 'LOST' })
    expect(losses).toMatchObject([{ environment: 'prod', inUse: true, failure: { code: 'LOST' } }])
    expect(await failureOf(connection.run({ text: 'SELECT 1' }))).toMatchObject({ code: 'LOST' })
    await connection.close()
    expect((await driver.run(target, { text: 'SELECT 1' })).rows).toEqual([['1']])
  } finally {
    channel.close()
    await driver.close()
  }
})

test('says good-bye to the server when it is closed, and ends what runs', async () => {
  const { driver } = openDriver(setting.server.password)
  const target = setting.server.target('postgres', 'closing')
  const running = failureOf(driver.run(target, sleep, { timeoutMs: 0 }))
  const ours = () => setting.server.sql("SELECT state FROM pg_stat_activity WHERE application_name = 'basepair/closing/pool'")
  await until(async () => (await ours()).some(({ state }) => state === 'active'))
  await driver.close()
  expect(await running).toMatchObject({ code: 'CANCELLED' })
  await until(async () => (await ours()).length === 0)
  expect(await failureOf(driver.run(target, { text: 'SELECT 1' }))).toMatchObject({ code: 'LOST' })
})
