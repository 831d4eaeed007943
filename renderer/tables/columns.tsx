import type { ReactNode } from 'react'
import type { Relation, Structure } from '../../preload/contract/tables.ts'
import { VisibleText } from '../ui/data-grid-row.tsx'
import { formatBytes, formatCount } from '../ui/quantities.ts'

/** `1,204`, `1.2 M`; "unknown" before the first ANALYZE, nothing for a view, which has no rows of its own. */
export function estimatedRowsText({ kind, estimatedRows }: Relation): string {
  if (kind === 'view') return ''
  if (estimatedRows === null) return 'unknown'
  if (estimatedRows < 100_000) return formatCount(estimatedRows)
  const [value, unit] = estimatedRows < 1e9 ? [estimatedRows / 1e6, 'M'] : [estimatedRows / 1e9, 'G']
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`
}

export function sizeText({ kind, estimatedBytes, estimatedRows }: Relation): string {
  if (kind === 'view' || kind === 'partitioned table' || kind === 'foreign table') return ''
  return estimatedBytes === 0 && estimatedRows === null ? 'unknown' : formatBytes(estimatedBytes)
}

/** One letter before a name: the kind in full is its title. */
export function kindLetter(kind: Relation['kind']): string {
  switch (kind) {
    case 'table':
      return 'T'
    case 'partitioned table':
      return 'P'
    case 'view':
      return 'V'
    case 'materialized view':
      return 'M'
    case 'foreign table':
      return 'F'
    default:
      return kind satisfies never
  }
}

export interface Cell {
  readonly title: string
  readonly mono?: boolean
}

type ColumnRow = Structure['columns'][number]

/** The columns of a table's columns. A comment stands below its name: a column of its own would be empty mostly, and narrow where it is not. */
export const columnCells = (columns: readonly ColumnRow[]): readonly (Cell & { readonly cell: (row: ColumnRow) => ReactNode })[] => [
  { title: '#', cell: (row) => row.number },
  {
    title: 'Name',
    cell: (row) => (
      <>
        <span className="mono">
          <VisibleText text={row.name} />
        </span>
        {row.comment !== null && <div className="dim structure-comment">{row.comment}</div>}
      </>
    ),
  },
  { title: 'Type', mono: true, cell: (row) => row.type },
  { title: 'Key', cell: (row) => keyOf(row, columns) },
  { title: 'Nulls', cell: (row) => (row.nullable ? 'nullable' : 'not null') },
  {
    title: 'Default',
    mono: true,
    cell: (row) => {
      if (row.identity === 'generated') return `generated always as ${row.default ?? ''}`
      return row.identity === null ? row.default : `generated ${row.identity} as identity`
    },
  },
]

/** The place within the key is said only where it has several columns. */
function keyOf({ primaryKey }: ColumnRow, columns: readonly ColumnRow[]): string {
  if (primaryKey === null) return ''
  return columns.some((one) => one.primaryKey === 2) ? `primary key ${primaryKey}` : 'primary key'
}

export const indexCells: readonly (Cell & { readonly cell: (row: Structure['indexes'][number]) => ReactNode })[] = [
  { title: 'Name', mono: true, cell: (row) => <VisibleText text={row.name} /> },
  { title: 'Kind', cell: (row) => (row.primary ? 'primary key' : row.unique ? 'unique' : 'plain') + (row.valid ? '' : ', not valid') },
  { title: 'Size, est.', cell: (row) => formatBytes(row.bytes) },
  { title: 'Definition', mono: true, cell: (row) => row.definition },
]

export const constraintCells: readonly (Cell & { readonly cell: (row: Structure['constraints'][number]) => ReactNode })[] = [
  { title: 'Name', mono: true, cell: (row) => <VisibleText text={row.name} /> },
  { title: 'Kind', cell: (row) => row.kind + (row.validated ? '' : ', not validated') },
  { title: 'Definition', mono: true, cell: (row) => row.definition },
]

export const triggerCells: readonly (Cell & { readonly cell: (row: Structure['triggers'][number]) => ReactNode })[] = [
  { title: 'Name', mono: true, cell: (row) => <VisibleText text={row.name} /> },
  { title: 'State', cell: (row) => (row.enabled ? 'enabled' : 'disabled') },
  { title: 'Definition', mono: true, cell: (row) => row.definition },
]
