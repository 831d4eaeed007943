import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDriver } from '../../main/postgres/create-driver.ts'
import type { Driver } from '../../main/postgres/driver.ts'
import { createPageStore } from '../../main/postgres/pages.ts'
import { createTablesService, type TablesService } from '../../main/tables/service.ts'
import type { Selection } from '../../preload/contract/tables.ts'
import { relationColumns } from '../../preload/contract/tables-words.ts'
import { type PackedPage, readPackedPage } from '../../renderer/ui/packed-reader.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'

let server: TestServer
let driver: Driver
let tables: TablesService
let database: string
let locked: boolean
const pages = createPageStore({ maxWaiting: 8 })
const call = { window: 'one', signal: new AbortController().signal }

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
  database = await server.freshDatabase()
  const environments = { target: () => server.target(database), isLocked: () => locked }
  tables = createTablesService({ driver, environments, pages })
})

function open({ address }: { address: string }): PackedPage {
  const buffer = pages.take(address)
  if (buffer === null) throw new Error('The page is not there')
  return readPackedPage(buffer)
}

const rowsOf = (page: PackedPage) =>
  Array.from({ length: page.rows }, (_, row) => Array.from({ length: page.columns }, (_none, column) => page.value(row, column)))

async function relations() {
  const { pages: found } = await tables.list({ environment: 'local' }, call)
  return found
    .flatMap((one) => rowsOf(open(one)))
    .map((row) => Object.fromEntries(relationColumns.map((name, at) => [name, row[at] ?? null])))
}

async function oidOf(name: string): Promise<number> {
  return Number((await relations()).find((one) => one['name'] === name)?.['oid'])
}

/** Every row of a selection, page by page as the page does it. */
async function walk(oid: number, selection: Partial<Selection>, limit: number) {
  const all: (string | null)[][] = []
  let after: (string | null)[] | null = null
  for (;;) {
    const skip = after === null ? all.length : 0
    const answer = await tables.rows({ environment: 'local', oid, order: [], filters: [], ...selection, after, skip, limit }, call)
    all.push(...rowsOf(open(answer.page)))
    if (answer.end) return all
    after = answer.lastKey
  }
}

const first = (oid: number, selection: Partial<Selection> = {}) =>
  tables.rows({ environment: 'local', oid, order: [], filters: [], after: null, skip: 0, limit: 100, ...selection }, call)

describe('the list of tables', () => {
  it("holds what is not the system's, with estimates that are unknown before ANALYZE", async () => {
    await server.sql(
      `CREATE SCHEMA other; CREATE TABLE other.a (x int); CREATE TABLE b AS SELECT generate_series(1, 50) x; CREATE VIEW v AS SELECT 1 x;
       COMMENT ON TABLE b IS 'fifty'; CREATE TABLE p (x int) PARTITION BY LIST (x)`,
      database,
    )
    const before = await relations()
    expect(before.map((one) => [one['schema'], one['name'], one['kind']])).toEqual([
      ['other', 'a', 'table'],
      ['public', 'b', 'table'],
      ['public', 'p', 'partitioned table'],
      ['public', 'v', 'view'],
    ])
    expect(before.find((one) => one['name'] === 'b')).toMatchObject({ estimatedRows: null, comment: 'fifty' })
    await server.sql('ANALYZE', database)
    expect((await relations()).find((one) => one['name'] === 'b')).toMatchObject({ estimatedRows: '50', estimatedBytes: '8192' })
  })

  it('does not wait for a table that is locked', async () => {
    await server.sql('CREATE TABLE held (x int primary key)', database)
    const holder = await driver.connect(server.target(database), 'test')
    await holder.run({ text: 'BEGIN' })
    await holder.run({ text: 'LOCK TABLE held IN ACCESS EXCLUSIVE MODE' })
    expect(await relations()).toHaveLength(1)
    await holder.close()
  })

  it('holds 3,000 tables', async () => {
    await server.sql(
      `DO $$ BEGIN FOR n IN 1..3000 LOOP EXECUTE 'CREATE TABLE t' || n || ' ()'; IF n % 500 = 0 THEN COMMIT; END IF; END LOOP; END $$`,
      database,
    )
    expect(await relations()).toHaveLength(3000)
  })
})

describe('pages of rows', () => {
  const kinds = ['a int', 'a int NOT NULL']
  const orders: Selection['order'][] = [
    [],
    [{ column: 'a', descending: false }],
    [{ column: 'a', descending: true }],
    [
      { column: 'b', descending: true },
      { column: 'a', descending: false },
    ],
    [
      { column: 'a', descending: false },
      { column: 'k2', descending: true },
    ],
    [{ column: 'k1', descending: true }],
    [
      { column: 'b', descending: false },
      { column: 'k1', descending: true },
      { column: 'a', descending: true },
    ],
  ]
  it.each(kinds)('visit every row exactly once in every order, with %s', async (column) => {
    const value = column.includes('NOT NULL') ? 'n % 5' : 'nullif(n % 5, 0)'
    await server.sql(
      `CREATE TABLE walked (k1 text COLLATE "C", k2 timestamptz, ${column}, b text, PRIMARY KEY (k1, k2));
       INSERT INTO walked SELECT chr(65 + n % 3), timestamptz '2026-01-01 00:00:00.000001+00' + n * interval '1 microsecond', ${value},
              CASE n % 4 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'é' || n % 2 END FROM generate_series(1, 60) n`,
      database,
    )
    const oid = await oidOf('walked')
    for (const order of orders) {
      const whole = rowsOf(open((await first(oid, { order })).page))
      expect(new Set(whole.map((row) => `${row[0]} ${row[1]}`)).size).toBe(60)
      for (const limit of [1, 7, 59, 60]) expect(await walk(oid, { order }, limit), JSON.stringify({ order, limit })).toEqual(whole)
    }
  })

  it('go on after a key by as many rows as are to be skipped', async () => {
    await server.sql('CREATE TABLE many AS SELECT n AS id FROM generate_series(1, 1000) n; ALTER TABLE many ADD PRIMARY KEY (id)', database)
    const oid = await oidOf('many')
    const input = { environment: 'local', oid, order: [], filters: [], after: ['100'], skip: 50, limit: 2 }
    expect(rowsOf(open((await tables.rows(input, call)).page))).toEqual([['151'], ['152']])
  })

  it('count rows where there is no key, in views too', async () => {
    await server.sql('CREATE VIEW counted AS SELECT generate_series(1, 25) AS n', database)
    const oid = await oidOf('counted')
    expect((await first(oid)).lastKey).toBeNull()
    expect((await walk(oid, {}, 10)).map(([n]) => Number(n))).toEqual(Array.from({ length: 25 }, (_, n) => n + 1))
  })

  it('do not lose rows of inheritors that share a key', async () => {
    await server.sql(
      'CREATE TABLE parent (id int primary key); CREATE TABLE child () INHERITS (parent); INSERT INTO parent VALUES (1), (2); INSERT INTO child VALUES (1), (2), (2)',
      database,
    )
    expect(await walk(await oidOf('parent'), {}, 1)).toHaveLength(5)
  })

  it('go on by counting where the value that orders them was cut', async () => {
    await server.sql(
      `CREATE TABLE longs (id int primary key, t text); INSERT INTO longs SELECT n, repeat('x', 5000) || n FROM generate_series(1, 5) n`,
      database,
    )
    const oid = await oidOf('longs')
    const seen = await walk(oid, { order: [{ column: 't', descending: true }] }, 2)
    expect(seen.map(([id]) => id)).toEqual(['5', '4', '3', '2', '1'])
  })

  it('refuse a key of another length, and tell of tables and columns that went', async () => {
    await server.sql('CREATE TABLE gone (id int primary key)', database)
    const oid = await oidOf('gone')
    await expect(
      tables.rows({ environment: 'local', oid, order: [], filters: [], after: ['1', '2'], skip: 0, limit: 1 }, call),
    ).rejects.toMatchObject({ code: 'GONE' })
    await expect(first(oid, { order: [{ column: 'nope', descending: false }] })).rejects.toMatchObject({ code: 'GONE' })
    await server.sql('DROP TABLE gone', database)
    await expect(first(oid)).rejects.toMatchObject({ code: 'GONE' })
    await expect(tables.structure({ environment: 'local', oid }, call)).rejects.toMatchObject({ code: 'GONE' })
  })

  it('read, and nothing else, while the environment is locked', async () => {
    await server.sql(`CREATE SEQUENCE s; CREATE VIEW sly AS SELECT nextval('s') AS n`, database)
    const oid = await oidOf('sly')
    locked = true
    await expect(first(oid)).rejects.toMatchObject({ code: expect.stringMatching(/LOCKED|SQL/) })
    locked = false
    expect(rowsOf(open((await first(oid)).page))).toEqual([['1']])
  })
})

describe('filters', () => {
  const matching = async (oid: number, ...filters: Selection['filters']) =>
    rowsOf(open((await first(oid, { filters })).page)).map(([id]) => id)

  it('compare as the type of the column does, and take text as text', async () => {
    await server.sql(
      `CREATE TABLE f (id int primary key, n numeric, t varchar(5), c char(5), d date);
       INSERT INTO f VALUES (1, 9, 'a%b', 'ab', '2026-01-01'), (2, 10, 'A_B', 'x', NULL), (3, NULL, E'a\\\\b', '', '2025-12-31')`,
      database,
    )
    const oid = await oidOf('f')
    expect(await matching(oid, { column: 'n', operator: '>', value: '9.5' })).toEqual(['2'])
    expect(await matching(oid, { column: 'n', operator: 'is null' })).toEqual(['3'])
    expect(await matching(oid, { column: 'n', operator: 'is not null' }, { column: 'd', operator: '<=', value: '2026-01-01' })).toEqual([
      '1',
    ])
    expect(await matching(oid, { column: 't', operator: 'contains', value: '%' })).toEqual(['1'])
    expect(await matching(oid, { column: 't', operator: 'contains', value: '_' })).toEqual(['2'])
    expect(await matching(oid, { column: 't', operator: 'contains', value: '\\' })).toEqual(['3'])
    expect(await matching(oid, { column: 't', operator: 'starts with', value: 'a' })).toEqual(['1', '2', '3'])
    expect(await matching(oid, { column: 't', operator: '=', value: 'a%b and more' })).toEqual([])
    expect(await matching(oid, { column: 'c', operator: '=', value: 'ab' })).toEqual(['1'])
    expect(await matching(oid, { column: 't', operator: '=', value: "'; DROP TABLE f; --" })).toEqual([])
    await expect(matching(oid, { column: 'n', operator: '=', value: 'nine' })).rejects.toMatchObject({ code: 'SQL' })
    expect(await tables.count({ environment: 'local', oid, order: [], filters: [{ column: 'n', operator: 'is not null' }] }, call)).toEqual(
      { rows: '2' },
    )
  })
})

describe('names', () => {
  const hostile = [
    'a"b',
    "a'b",
    'a\nb',
    'a;DROP TABLE x',
    '__proto__',
    'constructor',
    '$1',
    'select',
    ' ',
    'A',
    'a',
    'é',
    'e\u0301',
    '\u202eabc',
    '<img src=x>',
    'x'.repeat(63),
    'a\\b',
    'a.b',
    '--',
    '/*',
    '%(x)s',
    ':x',
  ]
  it('of any kind are read by OID', async () => {
    const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
    for (const [number, name] of hostile.entries())
      await server.sql(
        `CREATE SCHEMA ${quoted(`${number}${name}`.slice(0, 60))}; CREATE TABLE ${quoted(`${number}${name}`.slice(0, 60))}.${quoted(name)} (${quoted(name)} text PRIMARY KEY, other int);
         INSERT INTO ${quoted(`${number}${name}`.slice(0, 60))}.${quoted(name)} VALUES ('it', ${number})`,
        database,
      )
    const listed = await relations()
    expect(new Set(listed.map((one) => one['name']))).toEqual(new Set(hostile))
    for (const { oid: text, name } of listed) {
      const oid = Number(text)
      const answer = await first(oid, {
        order: [
          { column: 'other', descending: true },
          { column: name ?? '', descending: true },
        ],
        filters: [{ column: name ?? '', operator: 'contains', value: 'IT' }],
      })
      expect(answer.columns[0]?.name).toBe(name)
      expect(rowsOf(open(answer.page))[0]?.[0]).toBe('it')
      expect((await tables.structure({ environment: 'local', oid }, call)).columns[0]?.name).toBe(name)
      expect(open((await tables.cell({ environment: 'local', oid, key: ['it'], column: name ?? '' }, call)).page).value(0, 0)).toBe('it')
    }
  })

  it("of functions, operators and types in the way of Postgres' own are not taken for those", async () => {
    await server.sql(
      `CREATE FUNCTION public.left(text, int) RETURNS text LANGUAGE sql AS 'SELECT ''wrong''';
       CREATE DOMAIN public.int8 AS text; CREATE TYPE "Odd type" AS ENUM ('b', 'a');
       CREATE TABLE typed (k "Odd type" PRIMARY KEY, t text); INSERT INTO typed VALUES ('a', 'x'), ('b', 'y');
       ALTER DATABASE "${database}" SET search_path = public, pg_catalog`,
      database,
    )
    const oid = await oidOf('typed')
    expect(await walk(oid, {}, 1)).toEqual([
      ['b', 'y'],
      ['a', 'x'],
    ])
    expect((await first(oid)).columns[0]?.type).toBe('"Odd type"')
  })
})

describe('values', () => {
  it('are the exact text of the server', async () => {
    await server.sql(
      `CREATE TABLE exact (id int PRIMARY KEY, i int8, n numeric, ts timestamp, tz timestamptz, j json, b bytea, a timestamptz[], f float8, e text, z text, u text, bo bool);
       INSERT INTO exact VALUES (1, 9223372036854775807, 1.10000000000000000000000000000001, '2023-03-12 02:30:00.123456', 'infinity',
         '{"a": 9007199254740993}', '\\xdeadbeef', ARRAY['2023-03-12 02:30:00.123456+00']::timestamptz[], 0.1, '', NULL, E'\\u202e\\ufeffé😀', true)`,
      database,
    )
    const [row] = rowsOf(open((await first(await oidOf('exact'))).page))
    expect(row?.slice(1, 4)).toEqual(['9223372036854775807', '1.10000000000000000000000000000001', '2023-03-12 02:30:00.123456'])
    expect(row?.[4]).toBe('infinity')
    expect(row?.slice(5, 7)).toEqual(['{"a": 9007199254740993}', '\\xdeadbeef'])
    expect(row?.[7]).toMatch(/^\{"2023-03-12 0?\d:\d0:00.123456[+-]\d\d"\}$|^\{"2023-03-1[12] .*123456/)
    expect(row?.slice(8)).toEqual(['0.1', '', null, '\u202e\ufeffé😀', 't'])
  })

  it('longer than the limit are cut on the server and come whole one by one', async () => {
    await server.sql(
      `CREATE TABLE big (id int PRIMARY KEY, t text, b bytea, j jsonb, a int[]);
       INSERT INTO big VALUES (1, repeat('é', 100000), decode(repeat('ab', 100000), 'hex'), to_jsonb(repeat('x', 100000)), array_fill(1, ARRAY[100000]))`,
      database,
    )
    const oid = await oidOf('big')
    const answer = await first(oid)
    const [row = []] = rowsOf(open(answer.page))
    expect(row.slice(1).map((value) => value?.length)).toEqual([answer.cutAt, answer.cutAt, answer.cutAt, answer.cutAt])
    const cell = await tables.cell({ environment: 'local', oid, key: ['1'], column: 't' }, call)
    expect(cell).toMatchObject({ bytes: 200_000, truncated: false })
    expect(open(cell.page).value(0, 0)).toBe('é'.repeat(100_000))
    const bytes = await tables.cell({ environment: 'local', oid, key: ['1'], column: 'b' }, call)
    expect(open(bytes.page).value(0, 0)).toBe(`\\x${'ab'.repeat(100_000)}`)
    await expect(tables.cell({ environment: 'local', oid, key: ['2'], column: 't' }, call)).rejects.toMatchObject({ code: 'GONE' })
  })

  it('of hundreds of megabytes come as their beginning', async () => {
    await server.sql(`CREATE TABLE huge (id int PRIMARY KEY, t text); INSERT INTO huge VALUES (1, repeat('0123456789', 8000000))`, database)
    const oid = await oidOf('huge')
    expect(rowsOf(open((await first(oid)).page))[0]?.[1]).toHaveLength(2000)
    const cell = await tables.cell({ environment: 'local', oid, key: ['1'], column: 't' }, call)
    expect(cell).toMatchObject({ bytes: 80_000_000, truncated: true })
    expect(cell.page.bytes).toBeLessThanOrEqual(64 * 1024 * 1024 + 64)
  })
})

describe('structure', () => {
  it('tells of columns, keys, indexes, constraints, triggers and sizes', async () => {
    await server.sql(
      `CREATE TABLE ref (id int PRIMARY KEY);
       CREATE TABLE s (id int GENERATED ALWAYS AS IDENTITY, part text, n numeric(10,2) DEFAULT 1.5 NOT NULL, twice numeric GENERATED ALWAYS AS (n * 2) STORED,
         ref int REFERENCES ref, gone int, PRIMARY KEY (part, id), CHECK (n > 0));
       ALTER TABLE s DROP COLUMN gone; COMMENT ON COLUMN s.n IS 'amount'; CREATE INDEX s_n ON s (n) WHERE n > 5;
       CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr BEFORE INSERT ON s FOR EACH ROW EXECUTE FUNCTION f();
       ALTER TABLE s DISABLE TRIGGER tr; CREATE VIEW sv AS SELECT part FROM s`,
      database,
    )
    const found = await tables.structure({ environment: 'local', oid: await oidOf('s') }, call)
    expect(found.columns.map((one) => [one.name, one.type, one.nullable, one.default, one.identity, one.primaryKey, one.comment])).toEqual([
      ['id', 'integer', false, null, 'always', 2, null],
      ['part', 'text', false, null, null, 1, null],
      ['n', 'numeric(10,2)', false, '1.5', null, null, 'amount'],
      ['twice', 'numeric', true, '(n * (2)::numeric) STORED', 'generated', null, null],
      ['ref', 'integer', true, null, null, null, null],
    ])
    expect(found.indexes.map((one) => [one.name, one.primary, one.unique])).toEqual([
      ['s_pkey', true, true],
      ['s_n', false, false],
    ])
    expect(found.constraints.filter((one) => one.kind !== 'not null').map((one) => [one.kind, one.definition])).toEqual([
      ['primary key', 'PRIMARY KEY (part, id)'],
      ['foreign key', 'FOREIGN KEY (ref) REFERENCES ref(id)'],
      ['check', 'CHECK (n > 0::numeric)'],
    ])
    expect(found.triggers).toEqual([{ name: 'tr', definition: expect.stringContaining('BEFORE INSERT ON s'), enabled: false }])
    expect(found.totalBytes).toBeGreaterThan(0)
    const view = await tables.structure({ environment: 'local', oid: await oidOf('sv') }, call)
    expect(view.viewDefinition).toMatch(/SELECT part\s+FROM s/)
  })

  it('does not wait long for a table that is locked', async () => {
    await server.sql('CREATE TABLE held (x int primary key)', database)
    const oid = await oidOf('held')
    const holder = await driver.connect(server.target(database), 'test')
    await holder.run({ text: 'BEGIN' })
    await holder.run({ text: 'LOCK TABLE held IN ACCESS EXCLUSIVE MODE' })
    await expect(tables.structure({ environment: 'local', oid }, call)).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringContaining('exclusively'),
    })
    await holder.close()
  })
})
