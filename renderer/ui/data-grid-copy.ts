import type { Column } from '../../preload/contract/packed.ts'

export type CopyFormat = 'text' | 'csv' | 'spreadsheet' | 'json' | 'insert'

export const copyFormats: readonly { readonly format: CopyFormat; readonly label: string }[] = [
  { format: 'text', label: 'Copy as text' },
  { format: 'csv', label: 'Copy as CSV' },
  { format: 'spreadsheet', label: 'Copy as CSV for a spreadsheet' },
  { format: 'json', label: 'Copy as JSON' },
  { format: 'insert', label: 'Copy as INSERT' },
]

type Value = string | null
type Rows = readonly (readonly Value[])[]

/** Rows as text in one of the formats. `table` is the name that an INSERT goes to. */
export function formatRows(format: CopyFormat, columns: readonly Column[], rows: Rows, table: readonly string[]): string {
  switch (format) {
    case 'text':
      return rows.map((row) => row.map((value) => tabbed(value)).join('\t')).join('\n')
    case 'csv':
      return csv(columns, rows, (value) => value)
    case 'spreadsheet':
      return csv(columns, rows, harmless)
    case 'json':
      return json(columns, rows)
    case 'insert':
      return inserts(columns, rows, table)
    default:
      return format satisfies never
  }
}

/** As spreadsheets read it: a value that would break the line stands in quotes. */
function tabbed(value: Value): string {
  if (value === null) return ''
  return /[\t\n\r"]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

/** RFC 4180, with Postgres' way of telling NULL (nothing) from an empty text (`""`). */
function csv(columns: readonly Column[], rows: Rows, shape: (value: string) => string): string {
  const cell = (value: Value): string => {
    if (value === null) return ''
    const shaped = shape(value)
    return shaped === '' || /[",\r\n]/.test(shaped) || /^\s|\s$/.test(shaped) ? `"${shaped.replaceAll('"', '""')}"` : shaped
  }
  return [columns.map(({ name }) => cell(name)), ...rows.map((row) => row.map(cell))].map((line) => `${line.join(',')}\r\n`).join('')
}

const plainNumber = /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** A spreadsheet runs what begins so; an apostrophe makes it a text. Numbers stay what they are. */
function harmless(value: string): string {
  return /^[\s]*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(value) && !plainNumber.test(value) ? `'${value}` : value
}

const jsonTypes = new Set([114, 3802])
/** Numbers whose text, where it is one in JSON too, is written as it is: a reader that keeps all digits gets them. */
const numberTypes = new Set([20, 21, 23, 26, 700, 701, 1700])
const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

function json(columns: readonly Column[], rows: Rows): string {
  const names = distinct(columns.map(({ name }) => name)).map((name) => JSON.stringify(name))
  const item = (value: Value, column: Column | undefined): string => {
    if (value === null) return 'null'
    const type = column?.typeOid ?? 0
    if (type === 16) return value === 't' ? 'true' : 'false'
    if (numberTypes.has(type) && jsonNumber.test(value)) return value
    return jsonTypes.has(type) ? value : JSON.stringify(value)
  }
  const line = (row: readonly Value[]) => `  {${row.map((value, at) => `${names[at]}: ${item(value, columns[at])}`).join(', ')}}`
  return `[\n${rows.map(line).join(',\n')}\n]`
}

/** Two columns of one name are two members: `id`, `id_2`. */
function distinct(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    let free = name
    for (let count = 2; taken.has(free); count++) free = `${name}_${count}`
    taken.add(free)
    return free
  })
}

function inserts(columns: readonly Column[], rows: Rows, table: readonly string[]): string {
  const names = columns.map(({ name }) => identifier(name)).join(', ')
  const into = `INSERT INTO ${table.map(identifier).join('.')} (${names}) VALUES`
  return rows.map((row) => `${into} (${row.map((value, at) => literal(value, columns[at])).join(', ')});`).join('\n')
}

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

function literal(value: Value, column: Column | undefined): string {
  if (value === null) return 'NULL'
  if (numberTypes.has(column?.typeOid ?? 0) && jsonNumber.test(value)) return value
  const quoted = value.replaceAll("'", "''")
  // An E-string reads the same whatever standard_conforming_strings says.
  return quoted.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`
}
