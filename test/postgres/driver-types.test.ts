import { afterAll, beforeAll, expect, test } from 'vitest'
import { builtInTypeName } from '../../main/postgres/type-names.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

test('names built-in types exactly as format_type does', async () => {
  const types = await server.sql(`
    SELECT t.oid::int, modifier, format_type(t.oid, modifier) AS name
    FROM pg_type t
    CROSS JOIN LATERAL unnest(
      CASE WHEN t.oid IN (1043, 1042, 1560, 1562) THEN ARRAY[-1, 5, 259]
           WHEN t.oid = 1700 THEN ARRAY[-1, 65536 * 10 + 2 + 4, 65536 * 5 + 2046 + 4, 65536 * 1000 + 4]
           ELSE ARRAY[-1] END
    ) AS modifier
    WHERE t.oid < 10000`)
  expect(types.length).toBeGreaterThan(100)
  const ours = types.map(({ oid, modifier }) => builtInTypeName(Number(oid), Number(modifier)))
  expect(ours.filter((name) => name !== undefined).length).toBeGreaterThan(50)
  expect(ours).toEqual(types.map(({ name }, at) => ours[at] && name))
})
