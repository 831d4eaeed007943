// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot hold rows that are placed by scrolling
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus and names the active cell
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { type PointerEvent as ReactPointerEvent, useRef } from 'react'
import { VisibleText } from './data-grid-row.tsx'
import { isNumber, type RowSource } from './data-grid-source.ts'

export interface GridOrder {
  readonly column: string
  readonly descending: boolean
}

export interface GridHeaderProps {
  readonly id: string
  readonly source: RowSource
  readonly edges: readonly number[]
  readonly from: number
  readonly to: number
  readonly gutter: number
  readonly active: number
  readonly order: readonly GridOrder[]
  readonly sortable: boolean
  readonly onSort: (column: number, add: boolean) => void
  readonly onResize: (column: number, width: number | null) => void
  readonly onSelectAll: () => void
}

/** Names over types; a click sorts, the edge resizes. */
export function GridHeader(props: GridHeaderProps) {
  const { id, source, edges, from, to, gutter, active, order, sortable } = props
  return (
    <div role="row" aria-rowindex={1} className="grid-header">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Ctrl+A does the same */}
      <div
        role="columnheader"
        aria-colindex={1}
        aria-label="Row"
        className="grid-gutter"
        style={{ width: gutter }}
        onClick={props.onSelectAll}
      >
        #
      </div>
      <div className="grid-space" style={{ width: edges[from] ?? 0 }} />
      {source.columns.slice(from, to).map((column, place) => {
        const at = from + place
        const ordered = order.findIndex((one) => one.column === column.name)
        const descending = order[ordered]?.descending
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on the active header does the same
          <div
            key={at}
            role="columnheader"
            id={`${id}-header-${at}`}
            aria-colindex={at + 2}
            aria-sort={descending === undefined ? (sortable ? 'none' : undefined) : descending ? 'descending' : 'ascending'}
            className="grid-head"
            data-header={at}
            data-number={isNumber(column) || undefined}
            data-sortable={sortable || undefined}
            data-active={active === at || undefined}
            style={{ width: (edges[at + 1] ?? 0) - (edges[at] ?? 0) }}
            title={`${column.name} ${column.type}`}
            onClick={(event) => props.onSort(at, event.shiftKey)}
          >
            <b>
              <span>
                <VisibleText text={column.name} />
              </span>
              {descending !== undefined && <SortMark descending={descending} place={order.length > 1 ? ordered + 1 : null} />}
            </b>
            <small>{column.type}</small>
            <ResizeEdge width={(edges[at + 1] ?? 0) - (edges[at] ?? 0)} onResize={(width) => props.onResize(at, width)} />
          </div>
        )
      })}
    </div>
  )
}

function SortMark({ descending, place }: { descending: boolean; place: number | null }) {
  const Icon = descending ? IconArrowDown : IconArrowUp
  return (
    <>
      <Icon size={12} aria-hidden />
      {place}
    </>
  )
}

/** Dragged, it sets the width; double-clicked, it goes back to what fits. */
function ResizeEdge({ width, onResize }: { width: number; onResize: (width: number | null) => void }) {
  const start = useRef<{ x: number; width: number } | null>(null)
  const stop = (event: { stopPropagation(): void }) => event.stopPropagation()
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Alt+Arrow on the active header does the same
    // biome-ignore lint/a11y/useKeyWithClickEvents: Alt+Arrow on the active header does the same
    <span
      className="grid-edge"
      onClick={stop}
      onDoubleClick={() => onResize(null)}
      onPointerDown={(event: ReactPointerEvent<HTMLSpanElement>) => {
        event.stopPropagation()
        event.preventDefault()
        event.currentTarget.setPointerCapture(event.pointerId)
        start.current = { x: event.clientX, width }
      }}
      onPointerMove={(event) => {
        if (start.current) onResize(start.current.width + event.clientX - start.current.x)
      }}
      onPointerUp={() => {
        start.current = null
      }}
    />
  )
}
