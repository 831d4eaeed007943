import type { Table } from './catalogue.ts'

/** `about 1,200 rows`, as Postgres last estimated. */
export function rowsOf(rows: number | null): string {
  if (rows === null) return 'an unknown number of rows'
  return `about ${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`
}

/** `4 tables with about 1,200 rows`. */
export function tablesAndRows(tables: readonly Table[]): string {
  if (tables.length === 0) return 'no tables'
  const known = tables.flatMap(({ rows }) => (rows === null ? [] : [rows]))
  const sum = rowsOf(known.length === 0 ? null : known.reduce((total, rows) => total + rows, 0))
  const unknown = known.length > 0 && known.length < tables.length ? `, ${tables.length - known.length} of them not yet counted` : ''
  return `${tables.length === 1 ? 'one table' : `${tables.length} tables`} with ${sum}${unknown}`
}

export const sessionsEnded = (count: number, names: string | null) =>
  `${count === 1 ? 'One session of others on it is' : `${count} sessions of others on it are`} ended${names === null ? '' : `: ${names}`}.`
