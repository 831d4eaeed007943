import type { Relation } from '../../preload/contract/tables.ts'
import { relationColumns, relationKinds } from '../../preload/contract/tables-words.ts'
import type { PackedPage } from '../ui/packed-reader.ts'
import { createPackedResult, type PackedResult } from '../ui/packed-result.ts'

/** The tables of a database in the order of the server: by schema and name. Only names are decoded before they are seen. */
export interface RelationList {
  readonly database: string
  readonly schemas: readonly string[]
  readonly names: readonly string[]
  relation(at: number): Relation
  /** The number of a table by its names, or −1. */
  find(schema: string, name: string): number
}

const place = Object.fromEntries(relationColumns.map((name, at) => [name, at])) as Record<(typeof relationColumns)[number], number>

export function readRelationList(database: string, pages: readonly PackedPage[]): RelationList {
  const result = createPackedResult(relationColumns.map((name) => ({ name, typeOid: 25, type: 'text' })))
  for (const page of pages) result.append(page)
  const numbers = Array.from({ length: result.rows }, (_, at) => at)
  const schemas = numbers.map((at) => result.value(at, place.schema) ?? '')
  const names = numbers.map((at) => result.value(at, place.name) ?? '')
  return {
    database,
    schemas,
    names,
    relation: (at) => toRelation(result, at),
    find: (schema, name) => names.findIndex((one, at) => one === name && schemas[at] === schema),
  }
}

function toRelation(result: PackedResult, at: number): Relation {
  const text = (name: keyof typeof place) => result.value(at, place[name])
  const rows = text('estimatedRows')
  return {
    oid: Number(text('oid')),
    schema: text('schema') ?? '',
    name: text('name') ?? '',
    kind: relationKinds.find((kind) => kind === text('kind')) ?? 'table',
    estimatedRows: rows === null ? null : Number(rows),
    estimatedBytes: Number(text('estimatedBytes')),
    comment: text('comment'),
  }
}

/** What the list shows in one row. */
export type ListRow =
  | { readonly kind: 'schema'; readonly schema: string; readonly tables: number; readonly open: boolean }
  | { readonly kind: 'table'; readonly at: number }

/** Schemas with their tables, as far as they match what was typed; a search opens every schema. */
export function listRows(list: RelationList, search: string, closed: ReadonlySet<string>): ListRow[] {
  const wanted = search.trim().toLowerCase()
  const rows: ListRow[] = []
  let schema: string | null = null
  let group: ListRow[] = []
  const finish = () => {
    if (schema === null || group.length === 0) return
    const open = wanted !== '' || !closed.has(schema)
    rows.push({ kind: 'schema', schema, tables: group.length, open })
    if (open) for (const row of group) rows.push(row)
  }
  for (const [at, name] of list.names.entries()) {
    const of = list.schemas[at] ?? ''
    if (of !== schema) {
      finish()
      schema = of
      group = []
    }
    if (wanted === '' || matches(of, name, wanted)) group.push({ kind: 'table', at })
  }
  finish()
  return rows
}

/** `use` finds by name, `auth.use` by both. */
function matches(schema: string, name: string, wanted: string): boolean {
  return name.toLowerCase().includes(wanted) || (wanted.includes('.') && `${schema}.${name}`.toLowerCase().includes(wanted))
}
