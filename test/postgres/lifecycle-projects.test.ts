import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readScript } from '../../main/postgres/script.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'

const projects = join(import.meta.dirname, '../../sql')
let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

/** A query of a project with its named parameters filled in as literals. */
async function query(path: string, parameters: Record<string, string | null> = {}): Promise<string> {
  const text = await readFile(join(projects, path), 'utf8')
  return text.replace(/%\((\w+)\)s/g, (_, name: string) => {
    const value = parameters[name]
    return value === null || value === undefined ? 'NULL' : `'${value.replaceAll("'", "''")}'`
  })
}

async function load(project: string): Promise<string> {
  const database = await server.freshDatabase()
  for (const file of ['schema.sql', 'seed.sql']) await server.sql(await readFile(join(projects, project, file), 'utf8'), database)
  return database
}

test.each(['cruddur', 'friender'])('%s loads and seeds into two empty databases alike', async (project) => {
  const count = async () => {
    const database = await load(project)
    await server.sql('ANALYZE', database)
    return server.sql(
      'SELECT relname, reltuples FROM pg_class WHERE relnamespace = $$public$$::regnamespace AND relkind = $$r$$ ORDER BY 1',
      database,
    )
  }
  const first = await count()
  expect(first.every((row) => Number(row['reltuples']) > 0)).toBe(true)
  expect(await count()).toEqual(first)
})

test.each(['cruddur', 'friender'])('the schema of %s takes nothing away and runs in one transaction', async (project) => {
  const { facts, notes } = await readScript(join(projects, project, 'schema.sql'))
  expect(facts).toMatchObject({ destructive: [], transactionControl: false, cannotRunInTransaction: false })
  expect(notes).toEqual([])
})

test('cruddur: home shows who said what, create makes an activity, object gives it as JSON', async () => {
  const database = await load('cruddur')
  const home = await server.sql(await query('cruddur/queries/home.sql'), database)
  expect(home).toHaveLength(7)
  expect(home[0]).toMatchObject({ handle: 'andrewbrown', message: 'This was imported as seed data!' })
  expect(home.find((row) => row['message'] === 'Cloud is fun!')).toMatchObject({ replies_count: 1, likes_count: 5 })

  const create = { handle: 'bayko', message: "It's quoted; DROP TABLE users", expires_at: null }
  const [created] = await server.sql(await query('cruddur/queries/create.sql', create), database)
  const [object] = await server.sql(await query('cruddur/queries/object.sql', { uuid: String(created?.['uuid']) }), database)
  expect(object?.['object']).toMatchObject({ handle: 'bayko', message: "It's quoted; DROP TABLE users", expires_at: null })
  expect(await server.sql(await query('cruddur/queries/create.sql', { ...create, handle: 'nobody' }), database)).toEqual([])
  const nothing = await query('cruddur/queries/object.sql', { uuid: '00000000-0000-0000-0000-000000000000' })
  expect(await server.sql(nothing, database)).toEqual([{ object: {} }])
})

test("cruddur: the Lambda's insert may run again without harm", async () => {
  const database = await load('cruddur')
  const insert = `INSERT INTO users (display_name, email, handle, cognito_user_id) VALUES ('A', 'a@b.example', 'a', 'sub-1')
                  ON CONFLICT (cognito_user_id) DO NOTHING RETURNING uuid`
  expect(await server.sql(insert, database)).toHaveLength(1)
  expect(await server.sql(insert, database)).toHaveLength(0)
})

test('friender: candidates lie within the radius and were not judged; liking back makes a match', async () => {
  const database = await load('friender')
  const names = async (path: string, username: string) =>
    (await server.sql(await query(path, { username }), database)).map((row) => row['username'])
  expect(await names('friender/queries/candidates.sql', 'bruno')).toEqual(['chiara', 'dmitri'])
  expect(await names('friender/queries/candidates.sql', 'hiro')).toEqual([])
  expect(await names('friender/queries/candidates.sql', 'greta')).not.toContain('hiro')
  expect(await names('friender/queries/matches.sql', 'ada')).toEqual(['bruno'])

  const liked = await server.sql(await query('friender/queries/like.sql', { username: 'femi', liked: 'esra' }), database)
  expect(liked).toMatchObject([{ is_match: true }])
  expect(await names('friender/queries/matches.sql', 'esra')).toEqual(['femi'])
  expect(await names('friender/queries/candidates.sql', 'femi')).not.toContain('esra')
})

test('friender: nobody judges anyone twice, or themselves', async () => {
  const database = await load('friender')
  const judge = (table: string, column: string, from: string, to: string) =>
    server.sql(
      `INSERT INTO ${table} (user_id, ${column}) SELECT a.id, b.id FROM users a, users b WHERE a.username = '${from}' AND b.username = '${to}'`,
      database,
    )
  await expect(judge('dislikes', 'disliked_user_id', 'ada', 'bruno')).rejects.toThrow(/has already said yes/)
  await expect(judge('likes', 'liked_user_id', 'ada', 'dmitri')).rejects.toThrow(/has already said no/)
  await expect(judge('likes', 'liked_user_id', 'ada', 'ada')).rejects.toThrow(/likes_not_self/)
})
