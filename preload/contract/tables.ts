import * as z from 'zod'
import { inEnvironment } from './environments.ts'
import { operation } from './errors.ts'
import { column, pageAddress } from './packed.ts'
import { filterOperators, relationKinds } from './tables-words.ts'

/** A table, view, materialised view, foreign or partitioned table. */
export const relation = z.object({
  oid: z.int(),
  schema: z.string(),
  name: z.string(),
  kind: z.enum(relationKinds),
  /** pg_class.reltuples; null before the first ANALYZE. An estimate. */
  estimatedRows: z.number().nullable(),
  /** From relpages: bytes of the heap when last analysed. An estimate. */
  estimatedBytes: z.number(),
  comment: z.string().nullable(),
})
export type Relation = z.infer<typeof relation>
export const tableColumn = z.object({
  number: z.int(),
  name: z.string(),
  type: z.string(),
  typeOid: z.int(),
  nullable: z.boolean(),
  default: z.string().nullable(),
  /** `always`, `by default`, or `generated`; null for a plain column. */
  identity: z.enum(['always', 'by default', 'generated']).nullable(),
  comment: z.string().nullable(),
  /** Place in the primary key, from 1. */
  primaryKey: z.int().nullable(),
})

export const structure = z.object({
  relation,
  columns: z.array(tableColumn),
  indexes: z.array(
    z.object({
      name: z.string(),
      definition: z.string(),
      unique: z.boolean(),
      primary: z.boolean(),
      valid: z.boolean(),
      bytes: z.number(),
    }),
  ),
  constraints: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['primary key', 'unique', 'foreign key', 'check', 'exclusion', 'not null', 'trigger']),
      definition: z.string(),
      validated: z.boolean(),
    }),
  ),
  triggers: z.array(z.object({ name: z.string(), definition: z.string(), enabled: z.boolean() })),
  /** pg_total_relation_size, with indexes and TOAST; null where the table is locked and cannot be measured now. */
  totalBytes: z.number().nullable(),
  /** The text of a view; null for a table. */
  viewDefinition: z.string().nullable(),
})
export type Structure = z.infer<typeof structure>

/** A column as its table names it; a server may be built for names longer than Postgres' usual 63 bytes. */
const columnName = z.string().max(1000)
const value = z.string().max(1_000_000).nullable()
/** An index has at most 32 columns, and an order four before those of the key. */
const place = z.array(value).max(36)

export const filter = z.object({
  column: columnName,
  operator: z.enum(filterOperators),
  value: z.string().max(1_000_000).optional(),
})
export type Filter = z.infer<typeof filter>

const ofTable = inEnvironment.extend({ oid: z.int().min(0).max(0xffffffff) })
/** Which rows, in which order. Empty `order` means by the primary key, or unordered where there is none. */
export const selection = ofTable.extend({
  order: z.array(z.object({ column: columnName, descending: z.boolean() })).max(4),
  filters: z.array(filter).max(20),
})
export type Selection = z.infer<typeof selection>

export const rowsPage = z.object({
  columns: z.array(column),
  page: pageAddress,
  /** The primary key's columns; empty where no key names one row, then cells cannot be opened whole. */
  key: z.array(z.string()),
  /** The place of the last row in the order, to go on from; null where there is none, then `skip` counts rows (slow far down). */
  lastKey: place.nullable(),
  /** True where no rows follow. */
  end: z.boolean(),
  /** A value of so many characters was cut there; `cell` gives it whole. */
  cutAt: z.int(),
})

export const tables = {
  /**
   * Every relation that is not the system's, by schema and name, as packed pages with the columns of `relationColumns`:
   * a database has 5,000 of them, or 100,000. Query.
   */
  list: operation.input(inEnvironment).output(z.object({ database: z.string(), pages: z.array(pageAddress) })),
  /** Columns, indexes, constraints and triggers of one relation, and its size on disk. Query; costs a few catalogue reads. */
  structure: operation.input(ofTable).output(structure),
  /** One page of rows after a key. `skip` leaves out rows after it, for jumps. Query. */
  rows: operation
    .input(selection.extend({ after: place.nullable(), skip: z.int().min(0), limit: z.int().min(1).max(10_000) }))
    .output(rowsPage),
  /** An exact count, on request only, with a time limit of a minute. Query. */
  count: operation.input(selection).output(z.object({ rows: z.string() })),
  /** One value whole, found by the row's primary key, as a packed page of one cell; at most 64 MiB, `truncated` says whether more follow. */
  cell: operation
    .input(ofTable.extend({ key: place, column: columnName }))
    .output(z.object({ page: pageAddress, bytes: z.number(), truncated: z.boolean() })),
}
