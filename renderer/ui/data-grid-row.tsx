// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot hold rows that are placed by scrolling
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus and names the active cell
import { memo } from 'react'
import type { Column } from '../../preload/contract/packed.ts'
import { isNumber, type RowSource } from './data-grid-source.ts'
import { isPlain, visibleParts } from './data-grid-text.ts'

/** Characters of a value that a cell shows; all of it is in the drawer. */
const shownInCell = 300

export interface GridRowProps {
  readonly id: string
  readonly row: number
  readonly source: RowSource
  /** Whether the values are here; they do not change afterwards. */
  readonly loaded: boolean
  readonly edges: readonly number[]
  readonly from: number
  readonly to: number
  readonly gutter: number
  /** The column of the active cell, or −1. */
  readonly active: number
  readonly selected: boolean
}

export const GridRow = memo(function GridRow({ id, row, source, loaded, edges, from, to, gutter, active, selected }: GridRowProps) {
  return (
    <div role="row" aria-rowindex={row + 2} aria-selected={selected} className="grid-row" data-loading={!loaded || undefined}>
      <div role="rowheader" aria-colindex={1} className="grid-gutter" data-row={row} style={{ width: gutter }}>
        {row + 1}
      </div>
      <div className="grid-space" style={{ width: edges[from] ?? 0 }} />
      {source.columns.slice(from, to).map((column, place) => (
        <GridCell
          // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place; two may have one name
          key={from + place}
          id={id}
          row={row}
          at={from + place}
          column={column}
          width={(edges[from + place + 1] ?? 0) - (edges[from + place] ?? 0)}
          value={loaded ? source.value(row, from + place) : undefined}
          cut={loaded && source.isCut(row, from + place)}
          active={active === from + place}
        />
      ))}
    </div>
  )
})

interface GridCellProps {
  readonly id: string
  readonly row: number
  readonly at: number
  readonly column: Column
  readonly width: number
  readonly value: string | null | undefined
  readonly cut: boolean
  readonly active: boolean
}

function GridCell({ id, row, at, column, width, value, cut, active }: GridCellProps) {
  return (
    <div
      role="gridcell"
      id={`${id}-${row}-${at}`}
      aria-colindex={at + 2}
      className="grid-cell"
      data-row={row}
      data-column={at}
      data-number={isNumber(column) || undefined}
      data-null={value === null || undefined}
      data-active={active || undefined}
      style={{ width }}
    >
      {value === null ? 'NULL' : value === undefined ? '' : <CellText value={value} cut={cut} />}
    </div>
  )
}

function CellText({ value, cut }: { value: string; cut: boolean }) {
  const text = value.length > shownInCell ? value.slice(0, shownInCell) : value
  const more = cut || value.length > shownInCell ? '…' : ''
  return (
    <>
      <VisibleText text={text} />
      {more}
    </>
  )
}

/** Text in which nothing is invisible, and which cannot reorder what stands around it. */
export function VisibleText({ text, keepLines = false }: { text: string; keepLines?: boolean }) {
  if (isPlain(text)) return text
  return visibleParts(text, keepLines).map((part, place) =>
    part.mark ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
      <i key={place} className="unseen">
        {part.text}
      </i>
    ) : (
      part.text
    ),
  )
}
