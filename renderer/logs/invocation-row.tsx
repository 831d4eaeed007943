import { memo } from 'react'
import { VisibleText } from '../ui/data-grid-row.tsx'
import { visibleWords } from '../ui/data-grid-text.ts'
import { columns, type UserState } from './invocation-columns.tsx'
import type { InvocationRow } from './invocation-rows.ts'

interface RowProps {
  readonly row: InvocationRow
  /** Among all items of the list, for the virtual window. */
  readonly index: number
  readonly rowIndex: number
  readonly top: number
  readonly open: boolean
  readonly inUsers: UserState['state']
  readonly why: string | null
  /** The one row that the Tab key reaches. */
  readonly reachable: boolean
  readonly onToggle: (row: InvocationRow) => void
}

function drawRow({ row, index, rowIndex, top, open, inUsers, why, reachable, onToggle }: RowProps) {
  const user = { state: inUsers, why }
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
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onToggle(row)}
    >
      {columns.map(({ title, numeric, mono, from, text, draw }) => {
        const words = text(row, user)
        return (
          <td
            key={title}
            className={mono ? 'mono' : undefined}
            data-numeric={numeric}
            data-from={from}
            title={words.length > 14 ? visibleWords(words.slice(0, 500)) : undefined}
          >
            {draw ? draw(row, user) : <VisibleText text={words.slice(0, 300)} />}
          </td>
        )
      })}
    </tr>
  )
}

/** Drawn again only where the row is another: rows that did not change stay the same object. */
export const InvocationRowView = memo(drawRow)
