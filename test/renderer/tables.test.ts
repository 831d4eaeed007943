import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { packRows } from '../../main/tables/pack-rows.ts'
import type { Structure } from '../../preload/contract/tables.ts'
import { estimatedRowsText, sizeText } from '../../renderer/tables/columns.tsx'
import { definitionOf } from '../../renderer/tables/definition.ts'
import { nextOrder } from '../../renderer/tables/next-order.ts'
import { listRows, readRelationList } from '../../renderer/tables/relation-list.ts'
import { type BlockDeps, createTableRows } from '../../renderer/tables/row-blocks.ts'
import { readPackedPage } from '../../renderer/ui/packed-reader.ts'

describe('the list of tables', () => {
  const relations = [
    ['1', 'auth', 'users', 'table', null, '0', null],
    ['2', 'public', 'Orders', 'partitioned table', '12', '8192', 'all of them'],
    ['3', 'public', 'users', 'view', null, '0', null],
  ]
  const list = readRelationList('cruddur', [
    readPackedPage(packRows(relations.slice(0, 2), 7)),
    readPackedPage(packRows(relations.slice(2), 7)),
  ])

  it('reads what the server packed', () => {
    expect(list.relation(1)).toEqual({
      oid: 2,
      schema: 'public',
      name: 'Orders',
      kind: 'partitioned table',
      estimatedRows: 12,
      estimatedBytes: 8192,
      comment: 'all of them',
    })
    expect(list.find('public', 'users')).toBe(2)
    expect(list.find('public', 'nope')).toBe(-1)
  })

  it('groups by schema, closes schemas, and opens those that a search finds', () => {
    const shown = (search: string, ...closed: string[]) =>
      listRows(list, search, new Set(closed)).map((row) => (row.kind === 'schema' ? `${row.schema} ${row.tables}` : list.names[row.at]))
    expect(shown('')).toEqual(['auth 1', 'users', 'public 2', 'Orders', 'users'])
    expect(shown('', 'public')).toEqual(['auth 1', 'users', 'public 2'])
    expect(shown('ORD', 'public')).toEqual(['public 1', 'Orders'])
    expect(shown('auth.us')).toEqual(['auth 1', 'users'])
    expect(shown('nope')).toEqual([])
  })

  it('says what is not known', () => {
    const table = list.relation(0)
    expect([estimatedRowsText(table), sizeText(table)]).toEqual(['unknown', 'unknown'])
    expect([estimatedRowsText(list.relation(2)), sizeText(list.relation(2))]).toEqual(['', ''])
    expect(estimatedRowsText({ ...table, estimatedRows: 0 })).toBe('0')
    expect(estimatedRowsText({ ...table, estimatedRows: 1_234_567 })).toBe('1.2 M')
    expect(estimatedRowsText({ ...table, estimatedRows: 2.5e9 })).toBe('2.5 G')
  })
})

/** A table of `count` rows under a key, answered as the service does. */
function tableOf(count: number, keyed = true, estimate: number | null = count) {
  const asked: { after: unknown; skip: number }[] = []
  const deps: BlockDeps = {
    estimate,
    async rows({ after, skip, limit }, signal) {
      asked.push({ after, skip })
      await pause(1)
      signal.throwIfAborted()
      const start = (after === null ? 0 : Number(after[0])) + skip
      const rows = Array.from({ length: Math.max(0, Math.min(limit, count - start)) }, (_, at) => [String(start + at + 1), 'x'.repeat(10)])
      return {
        columns: [
          { name: 'id', typeOid: 23, type: 'integer' },
          { name: 'text', typeOid: 25, type: 'text' },
        ],
        page: readPackedPage(packRows(rows, 2)),
        key: keyed ? ['id'] : [],
        lastKey: keyed ? [rows.at(-1)?.[0] ?? null] : null,
        end: start + rows.length >= count,
        cutAt: 10,
      }
    },
    cell: async ({ key, column }) => ({ text: `${column} of ${key.join()}`, bytes: 5, truncated: false }),
  }
  return { asked, rows: createTableRows(deps) }
}

async function settled(rows: ReturnType<typeof createTableRows>, row: number): Promise<string | null | undefined> {
  for (let tries = 0; tries < 500 && rows.value(row, 0) === undefined; tries++) await pause(2)
  return rows.value(row, 0)
}

describe('the rows of a table', () => {
  it('come in blocks as they are seen, each from the nearest key', async () => {
    const { rows, asked } = tableOf(100_000)
    await rows.ready
    expect([rows.rows(), rows.exact(), rows.value(0, 0), rows.value(100, 0)]).toEqual([100_000, false, '1', undefined])
    rows.show(90, 130)
    expect(await settled(rows, 120)).toBe('121')
    expect(asked.at(-1)).toEqual({ after: ['100'], skip: 0 })
    rows.show(50_000, 50_030)
    expect(await settled(rows, 50_010)).toBe('50011')
    expect(asked.at(-1)?.after).not.toBeNull()
    rows.show(99_980, 100_000)
    expect(await settled(rows, 99_999)).toBe('100000')
    expect([rows.rows(), rows.exact()]).toEqual([100_000, true])
  })

  it('count rows where there is no key', async () => {
    const { rows, asked } = tableOf(1000, false)
    await rows.ready
    rows.show(500, 520)
    expect(await settled(rows, 510)).toBe('511')
    expect(asked.every(({ after }) => after === null)).toBe(true)
  })

  it.each([
    ['too few', 10],
    ['too many', 5000],
    ['unknown', null],
  ])('end where they end although the estimate was %s', async (_, estimate) => {
    const { rows } = tableOf(1234, true, estimate)
    await rows.ready
    for (let tries = 0; tries < 200 && !rows.exact(); tries++) {
      rows.show(Math.max(0, rows.rows() - 30), rows.rows())
      await pause(5)
    }
    expect([rows.rows(), rows.exact()]).toEqual([1234, true])
    expect(await settled(rows, 1233)).toBe('1234')
  })

  it('are none in an empty table', async () => {
    const { rows } = tableOf(0)
    await rows.ready
    expect([rows.rows(), rows.exact(), rows.columns.length]).toEqual([0, true, 2])
  })

  it('are all there for a copy, however many', async () => {
    const { rows } = tableOf(60_000)
    await rows.ready
    for (let from = 0; from < 60_000; from += 2000) {
      await rows.load(from, from + 2000, new AbortController().signal)
      expect(rows.value(from, 0)).toBe(String(from + 1))
      expect(rows.value(from + 1999, 0)).toBe(String(from + 2000))
    }
  })

  it('fetch a cut value whole by the key of its row', async () => {
    const { rows } = tableOf(10)
    await rows.ready
    expect([rows.isCut(3, 0), rows.isCut(3, 1)]).toEqual([false, true])
    expect((await rows.whole(3, 1, new AbortController().signal)).text).toBe('text of 4')
    expect((await rows.whole(3, 0, new AbortController().signal)).text).toBe('4')
  })

  it('tell what failed, and come when it is tried again', async () => {
    let broken = true
    const { rows: good } = tableOf(5)
    await good.ready
    const rows = createTableRows({
      estimate: null,
      cell: () => Promise.reject(new Error()),
      rows: async () => {
        if (broken) throw new Error('lost')
        return {
          columns: [{ name: 'id', typeOid: 23, type: 'integer' }],
          page: readPackedPage(packRows([['1']], 1)),
          key: [],
          lastKey: null,
          end: true,
          cutAt: 10,
        }
      },
    })
    await rows.ready
    expect(rows.problem()).toEqual(new Error('lost'))
    broken = false
    rows.retry()
    expect(await settled(rows, 0)).toBe('1')
    expect(rows.problem()).toBeNull()
  })
})

describe('the order of rows', () => {
  it('goes up, down, and back to the key', () => {
    const up = nextOrder([], 'a', false)
    expect(up).toEqual([{ column: 'a', descending: false }])
    const down = nextOrder(up, 'a', false)
    expect(down).toEqual([{ column: 'a', descending: true }])
    expect(nextOrder(down, 'a', false)).toEqual([])
    expect(nextOrder(down, 'b', true)).toEqual([...down, { column: 'b', descending: false }])
    expect(nextOrder(down, 'b', false)).toEqual([{ column: 'b', descending: false }])
  })
})

describe('the definition of a table', () => {
  const relation = { oid: 1, schema: 'public', name: 'Order', kind: 'table', estimatedRows: 1, estimatedBytes: 1, comment: null } as const
  const column = { number: 1, typeOid: 23, nullable: true, default: null, identity: null, comment: null, primaryKey: null }
  const structure: Structure = {
    relation,
    columns: [
      { ...column, name: 'id', type: 'integer', nullable: false, identity: 'always', primaryKey: 1 },
      { ...column, name: 'user', type: 'text', default: `'it''s'::text` },
      { ...column, name: 'twice', type: 'text', identity: 'generated', default: 'upper(name) STORED' },
    ],
    indexes: [
      { name: 'Order_pkey', definition: 'CREATE UNIQUE INDEX …', unique: true, primary: true, valid: true, bytes: 0 },
      {
        name: 'i',
        definition: 'CREATE INDEX i ON public."Order" USING btree (twice)',
        unique: false,
        primary: false,
        valid: true,
        bytes: 0,
      },
    ],
    constraints: [
      { name: 'Order_pkey', kind: 'primary key', definition: 'PRIMARY KEY (id)', validated: true },
      { name: 'Order_id_not_null', kind: 'not null', definition: 'NOT NULL id', validated: true },
    ],
    triggers: [],
    totalBytes: 0,
    viewDefinition: null,
  }

  it('quotes what must be quoted and says each thing once', () => {
    expect(definitionOf(structure)).toBe(
      `CREATE TABLE public."Order" (
  id integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  "user" text DEFAULT 'it''s'::text,
  twice text GENERATED ALWAYS AS (upper(name)) STORED,
  CONSTRAINT "Order_pkey" PRIMARY KEY (id)
);

CREATE INDEX i ON public."Order" USING btree (twice);`,
    )
  })

  it('of a view is its query', () => {
    expect(definitionOf({ ...structure, relation: { ...relation, kind: 'view' }, viewDefinition: ' SELECT 1;' })).toBe(
      'CREATE VIEW public."Order" AS\n SELECT 1;',
    )
  })
})
