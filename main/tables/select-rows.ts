import type { Filter, Selection } from '../../preload/contract/tables.ts'
import type { Statement, Value } from '../postgres/driver.ts'
import { quoteIdentifier } from '../postgres/identifier.ts'
import { columnOf, type Table, type TableColumn } from './table.ts'

/** Characters of a value that cross to the page; the rest stays on the server until the cell is opened. */
export const cutAt = 2000

interface Ordered {
  readonly column: TableColumn
  readonly descending: boolean
}

export interface PageInput extends Pick<Selection, 'order' | 'filters'> {
  readonly after: readonly Value[] | null
  readonly skip: number
  readonly limit: number
}

/** The columns that rows are ordered by: what was asked for, then the rest of the key, which makes the order total. */
export function orderOf(table: Table, order: Selection['order']): readonly Ordered[] {
  const asked: Ordered[] = []
  for (const { column: name, descending } of order) {
    if (!asked.some((one) => one.column.name === name)) asked.push({ column: columnOf(table, name), descending })
  }
  // The key goes on in the direction of the last column asked for, so that one comparison of rows, and one index, can serve both.
  const descending = asked.at(-1)?.descending ?? false
  const rest = table.key.filter((column) => !asked.some((one) => one.column.name === column.name))
  return [...asked, ...rest.map((column) => ({ column, descending }))]
}

/** One page of rows in a total order where the table has a key; one row more than the limit tells whether others follow. */
export function selectRows(table: Table, input: PageInput): Statement {
  const bound = new Values()
  const order = orderOf(table, input.order)
  const conditions = filterConditions(table, input.filters, bound)
  if (input.after !== null) conditions.push(...afterRow(order, input.after, bound))
  const lines = [`SELECT ${table.columns.map(shown).join(', ') || 'NULL'}`, `FROM ${nameOf(table)} t`]
  if (conditions.length > 0) lines.push(`WHERE ${conditions.join('\n  AND ')}`)
  if (order.length > 0) lines.push(`ORDER BY ${order.map((one) => `${reference(one.column)}${one.descending ? ' DESC' : ''}`).join(', ')}`)
  lines.push(`LIMIT ${bound.add(String(input.limit + 1), 'int8')}`)
  if (input.skip > 0) lines.push(`OFFSET ${bound.add(String(input.skip), 'int8')}`)
  return { text: lines.join('\n'), values: bound.all }
}

export function countRows(table: Table, filters: readonly Filter[]): Statement {
  const bound = new Values()
  const conditions = filterConditions(table, filters, bound)
  const where = conditions.length > 0 ? `\nWHERE ${conditions.join('\n  AND ')}` : ''
  return { text: `SELECT pg_catalog.count(*)\nFROM ${nameOf(table)} t${where}`, values: bound.all }
}

/** One value of the row with that key: its text up to `limit` bytes, its whole length in bytes, and whether it was cut. */
export function selectCell(table: Table, key: readonly Value[], column: TableColumn, limit: number): Statement {
  const bound = new Values()
  const value = reference(column)
  const conditions = table.key.map((one, place) => `${reference(one)} = ${bound.add(key[place] ?? null, one)}`)
  // A character has at most four bytes, so a quarter of the limit in characters never passes it.
  const [length, cut] = column.binary
    ? [`pg_catalog.octet_length(${value})`, hexadecimal(value, limit / 4)]
    : [`pg_catalog.octet_length(${value}::pg_catalog.text)`, `pg_catalog.left(${value}::pg_catalog.text, ${limit / 4})`]
  const whole = column.binary ? hexadecimal(value, limit / 2) : `${value}::pg_catalog.text`
  const fits = `${length} <= ${column.binary ? limit / 2 : limit}`
  return {
    text: `SELECT CASE WHEN ${fits} THEN ${whole} ELSE ${cut} END, ${length}, NOT ${fits}\nFROM ${nameOf(table)} t\nWHERE ${conditions.join(' AND ')}`,
    values: bound.all,
  }
}

/** Parameters of a statement, cast to the type of the column that they are compared with. */
class Values {
  readonly all: Value[] = []

  add(value: Value, type: TableColumn | 'int8' | 'text'): string {
    this.all.push(value)
    const name = typeof type === 'string' ? `pg_catalog.${type}` : `${quoteIdentifier(type.typeSchema)}.${quoteIdentifier(type.typeName)}`
    return `$${this.all.length}::${name}`
  }
}

const nameOf = (table: Table): string => `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`
const reference = (column: TableColumn): string => `t.${quoteIdentifier(column.name)}`
const hexadecimal = (value: string, bytes: number): string =>
  `'\\x' || pg_catalog.encode(pg_catalog.substring(${value}, 1, ${bytes}), 'hex')`

function shown(column: TableColumn): string {
  const value = reference(column)
  if (column.binary) return hexadecimal(value, cutAt / 2 - 1)
  return column.unbounded ? `pg_catalog.left(${value}::pg_catalog.text, ${cutAt})` : value
}

function filterConditions(table: Table, filters: readonly Filter[], bound: Values): string[] {
  return filters.map((filter) => {
    const column = columnOf(table, filter.column)
    const value = reference(column)
    const text = filter.value ?? ''
    switch (filter.operator) {
      case 'is null':
        return `${value} IS NULL`
      case 'is not null':
        return `${value} IS NOT NULL`
      case 'contains':
        return `${value}::pg_catalog.text ILIKE ${bound.add(`%${escapePattern(text)}%`, 'text')}`
      case 'starts with':
        return `${value}::pg_catalog.text ILIKE ${bound.add(`${escapePattern(text)}%`, 'text')}`
      case '=':
      case '<>':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return `${value} ${filter.operator} ${bound.add(text, column)}`
      default:
        return filter.operator satisfies never
    }
  })
}

const escapePattern = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

/** Rows after one row of the order: by comparison of rows where every column is NOT NULL and goes the same way, else column by column. */
function afterRow(order: readonly Ordered[], after: readonly Value[], bound: Values): string[] {
  const simple = order.every((one, place) => !one.column.nullable && after[place] != null && one.descending === order[0]?.descending)
  if (simple) {
    const left = order.map((one) => reference(one.column)).join(', ')
    const right = order.map((one, place) => bound.add(after[place] ?? null, one.column)).join(', ')
    return [`(${left}) ${order[0]?.descending ? '<' : '>'} (${right})`]
  }
  const branches: string[] = []
  const equal: string[] = []
  for (const [place, one] of order.entries()) {
    const value = reference(one.column)
    const known = after[place] ?? null
    const parameter = known === null ? null : bound.add(known, one.column)
    const later = laterThan(one, value, parameter)
    if (later !== null) branches.push([...equal, later].join(' AND '))
    equal.push(parameter === null ? `${value} IS NULL` : `${value} = ${parameter}`)
  }
  if (branches.length === 0) return ['false']
  return [...leadingBound(order[0], after[0] ?? null, bound), `(${branches.map((branch) => `(${branch})`).join(' OR ')})`]
}

/** The same again for the first column alone, because an index is not entered by way of OR. */
function leadingBound(first: Ordered | undefined, known: Value, bound: Values): string[] {
  if (first === undefined || known === null || (first.column.nullable && !first.descending)) return []
  return [`${reference(first.column)} ${first.descending ? '<=' : '>='} ${bound.add(known, first.column)}`]
}

/** Postgres sorts NULLs as greater than every value: last when ascending, first when descending. */
function laterThan({ column, descending }: Ordered, value: string, parameter: string | null): string | null {
  if (descending) return parameter === null ? `${value} IS NOT NULL` : `${value} < ${parameter}`
  if (parameter === null) return null
  return column.nullable ? `(${value} > ${parameter} OR ${value} IS NULL)` : `${value} > ${parameter}`
}
