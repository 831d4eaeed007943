import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Connection, RunOptions } from '../../main/postgres/driver.ts'
import { failureOf, readAll, startServerAndDriver } from './driver-fixture.ts'

let setting: Awaited<ReturnType<typeof startServerAndDriver>>
let connection: Connection
beforeAll(async () => {
  setting = await startServerAndDriver()
  connection = await setting.driver.connect(setting.server.target(), 'query')
  await setting.server.sql('CREATE TABLE precious (a int); INSERT INTO precious VALUES (1); CREATE SEQUENCE counting')
  await setting.server.sql('CREATE PROCEDURE smuggle() LANGUAGE plpgsql AS $$ BEGIN COMMIT; DELETE FROM precious; END $$')
})
afterAll(() => setting.close())

const readOnly: RunOptions = { readOnly: true }
const smuggled: readonly [text: string, code: string][] = [
  ['DELETE FROM precious', '25006'],
  ['COMMIT; DROP TABLE precious', '42601'],
  ['SET TRANSACTION READ WRITE', '25001'],
  ["SELECT set_config('transaction_read_only', 'off', false)", '25001'],
  ['WITH gone AS (DELETE FROM precious RETURNING a) SELECT * FROM gone', '25006'],
  ['SELECT a INTO copied FROM precious', '25006'],
  ['SELECT * FROM precious FOR UPDATE', '25006'],
  ["SELECT nextval('counting')", '25006'],
  ['CALL smuggle()', '2D000'],
  ['DO $$ BEGIN COMMIT; DELETE FROM precious; END $$', '2D000'],
  ['EXPLAIN ANALYZE DELETE FROM precious', '25006'],
  ['CREATE DATABASE made', '25006'],
  ['VACUUM precious', '25001'],
]

test.each(smuggled)('refuses %s on every way in', async (text, code) => {
  const refused = { data: { source: { vendor: 'postgres', code } } }
  expect(await failureOf(setting.driver.run(setting.server.target(), { text }, readOnly))).toMatchObject(refused)
  expect(await failureOf(connection.run({ text }, readOnly))).toMatchObject(refused)
  expect(await failureOf(readAll(connection.stream({ text }, readOnly)))).toMatchObject(refused)
  expect(await failureOf(readAll(setting.driver.stream(setting.server.target(), { text }, readOnly)))).toMatchObject(refused)
  expect(await setting.server.sql('SELECT a FROM precious')).toEqual([{ a: 1 }])
})

test('says of a change that it needs to be unlocked', async () => {
  expect(await failureOf(connection.run({ text: 'DELETE FROM precious' }, readOnly))).toMatchObject({
    code: 'LOCKED',
    data: { mend: 'unlock' },
  })
  expect(await failureOf(connection.copyIn('COPY precious FROM STDIN', '2\n', readOnly))).toMatchObject({ code: 'LOCKED' })
})

test.each([
  'COMMIT',
  'ROLLBACK',
  'BEGIN',
  'COMMIT AND CHAIN',
  'SET default_transaction_read_only = off',
  'SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE',
])('is read-only again after %s', async (text) => {
  await connection.run({ text }, readOnly)
  expect(await failureOf(connection.run({ text: 'DELETE FROM precious' }, readOnly))).toMatchObject({ code: 'LOCKED' })
  expect((await connection.run({ text: 'SHOW default_transaction_read_only' })).rows).toEqual([['off']])
  expect(await setting.server.sql('SELECT a FROM precious')).toEqual([{ a: 1 }])
})

test('neither reads inside a transaction that was opened to write, nor harms it', async () => {
  await connection.run({ text: 'BEGIN' })
  await connection.run({ text: 'CREATE TABLE in_transaction (a int)' })
  expect(await failureOf(connection.run({ text: 'DELETE FROM precious' }, readOnly))).toMatchObject({ code: 'BUSY' })
  expect(await failureOf(readAll(connection.stream({ text: 'SELECT 1' }, readOnly)))).toMatchObject({ code: 'BUSY' })
  await connection.run({ text: 'COMMIT' })
  expect((await connection.run({ text: 'SELECT count(*) FROM in_transaction' }, readOnly)).rows).toEqual([['0']])
})

test('leaves nothing open behind', async () => {
  await setting.driver.run(setting.server.target(), { text: 'SELECT a FROM precious' }, readOnly)
  await readAll(setting.driver.stream(setting.server.target(), { text: 'SELECT a FROM precious' }, readOnly))
  await setting.driver.run(setting.server.target(), { text: 'BEGIN' })
  const open = "SELECT count(*)::int FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND application_name LIKE 'basepair/%'"
  await setting.driver.run(setting.server.target(), { text: 'SELECT 1' })
  expect(await setting.server.sql(open)).toEqual([{ count: 0 }])
})
