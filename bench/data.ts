import { Client } from 'pg'

/** Where the bench's data is, and how to sign in. */
export interface BenchServer {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

export const rows = 1_000_000
export const tables = 5000

/** Makes the data once: a table of a million rows, about 200 MB as text, a small one beside it, and 5,000 empty tables. */
export async function makeData(server: BenchServer): Promise<void> {
  const client = new Client({ ...server })
  await client.connect()
  try {
    const { rows: found } = await client.query("SELECT to_regclass('many.table_5000') IS NOT NULL AS made")
    if (found[0]?.made === true) return
    await client.query(
      `CREATE TABLE activities AS
       SELECT gen_random_uuid() AS uuid, gen_random_uuid() AS user_uuid, rpad(md5(n::text), 80, 'message ') AS message,
              n % 100 AS replies_count, n % 50 AS reposts_count, n % 1000 AS likes_count,
              timestamp '2026-01-01' + n * interval '1 second' AS expires_at, timestamp '2026-01-01' + n * interval '1 ms' AS created_at
       FROM generate_series(1, ${rows}) n`,
    )
    await client.query('ALTER TABLE activities ADD PRIMARY KEY (uuid)')
    await client.query("CREATE TABLE users AS SELECT n AS id, 'user ' || n AS name FROM generate_series(1, 500) n")
    await client.query('ALTER TABLE users ADD PRIMARY KEY (id)')
    await client.query('CREATE SCHEMA many')
    for (let first = 1; first <= tables; first += 250) {
      const names = Array.from(
        { length: 250 },
        (_, at) => `CREATE TABLE many.table_${String(first + at).padStart(4, '0')} (id int PRIMARY KEY, name text)`,
      )
      await client.query(names.join(';'))
    }
    for (const text of ['VACUUM ANALYZE activities', 'VACUUM ANALYZE users', 'VACUUM ANALYZE pg_class', 'CHECKPOINT'])
      await client.query(text)
  } finally {
    await client.end()
  }
}
