import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type QueryConsole, startQueryConsole } from '../support/query-console.ts'

let tool: QueryConsole

beforeAll(async () => {
  tool = await startQueryConsole()
})
afterAll(() => tool.stop())
beforeEach(() => tool.renew())

describe('a locked environment', () => {
  beforeEach(async () => {
    await tool.sql(`CREATE TABLE kept (a int); INSERT INTO kept VALUES (1);
       CREATE FUNCTION sly() RETURNS int LANGUAGE plpgsql AS 'BEGIN DELETE FROM kept; RETURN 1; END';
       CREATE PROCEDURE sly_procedure() LANGUAGE plpgsql AS 'BEGIN COMMIT; DELETE FROM kept; COMMIT; END'`)
    tool.state.locked = true
  })

  it('reads, sets and explains', async () => {
    const { rows, error } = await tool.run(
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
    const { events, error } = await tool.run(`SELECT 1; ${text}`)
    expect(error).toMatchObject({ code: 'LOCKED', data: { mend: 'unlock' }, at: 10 })
    expect(events).toEqual([error])
    expect(tool.records).toEqual([])
    expect(await tool.count('kept')).toBe(1)
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
    expect((await tool.run(text)).error).toMatchObject({
      code: expect.stringMatching(/SQL|LOCKED/),
      message: expect.stringMatching(/read-only/i),
    })
    expect(await tool.count('kept')).toBe(1)
  })

  it('leaves out the transaction control of a text that only reads, and says so', async () => {
    const { events, error } = await tool.run('BEGIN; SELECT a FROM kept; COMMIT')
    expect(error).toBeUndefined()
    expect(events.filter((event) => event.event === 'notice')).toHaveLength(2)
  })
})
