import { memo } from 'react'
import { VisibleText } from '../ui/data-grid-row.tsx'
import { columns, tracks } from './invocation-columns.tsx'
import type { InvocationRow } from './invocation-rows.ts'

interface RowProps {
  readonly row: InvocationRow
  /** Among all items of the list, for the virtual window. */
  readonly index: number
  readonly rowIndex: number
  readonly top: number
  readonly open: boolean
  /** The one row that the Tab key reaches. */
  readonly reachable: boolean
  readonly onToggle: (row: InvocationRow) => void
}

function drawRow({ row, index, rowIndex, top, open, reachable, onToggle }: RowProps) {
  return (
    <tr
      className="invocation"
      aria-rowindex={rowIndex}
      aria-level={1}
      aria-expanded={open}
      data-index={index}
      data-row={row.key}
      data-outcome={row.outcome}
      tabIndex={reachable ? 0 : -1}
      style={{ transform: `translateY(${top}px)`, gridTemplateColumns: tracks }}
      onClick={() => onToggle(row)}
    >
      {columns.map(({ title, numeric, mono, text, draw }) => {
        const words = text(row)
        return (
          <td
            key={title}
            className={mono ? 'mono' : undefined}
            data-numeric={numeric}
            title={words.length > 14 ? words.slice(0, 500) : undefined}
          >
            {draw ? draw(row) : <VisibleText text={words.slice(0, 300)} />}
          </td>
        )
      })}
    </tr>
  )
}

/** Drawn again only where the row is another: rows that did not change stay the same object. */
export const InvocationRowView = memo(drawRow)
