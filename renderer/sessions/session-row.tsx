import { memo } from 'react'
import { columns, tracks } from './columns.tsx'
import type { SessionRow } from './session-rows.ts'

interface RowProps {
  readonly row: SessionRow
  readonly index: number
  readonly top: number
  readonly selected: boolean
  readonly open: boolean
  /** The one row that the Tab key reaches. */
  readonly reachable: boolean
  readonly onPick: (index: number, how: { range: boolean; toggle: boolean }) => void
  readonly onOpen: (row: SessionRow) => void
}

/** Hidden sessions cannot be named safely, so they cannot be chosen. */
export const isSelectable = ({ session }: SessionRow): boolean => session.backendStart !== null

function drawRow({ row, index, top, selected, open, reachable, onPick, onOpen }: RowProps) {
  const { session } = row
  return (
    <tr
      className="session-row"
      aria-rowindex={index + 2}
      aria-level={row.level}
      aria-selected={isSelectable(row) ? selected : undefined}
      data-index={index}
      data-pid={session.pid}
      data-own={session.own || undefined}
      data-quiet={row.besides || row.standing === 'hidden' || row.standing === 'background' || undefined}
      data-open={open || undefined}
      tabIndex={reachable ? 0 : -1}
      style={{ transform: `translateY(${top}px)`, gridTemplateColumns: tracks }}
      onClick={(event) => onPick(index, { range: event.shiftKey, toggle: event.ctrlKey || event.metaKey })}
      onDoubleClick={() => onOpen(row)}
    >
      <td>
        {isSelectable(row) && (
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={`Select ${session.pid}`}
            checked={selected}
            onClick={(event) => {
              event.stopPropagation()
              onPick(index, { range: event.shiftKey, toggle: true })
            }}
            readOnly
          />
        )}
      </td>
      {columns.map(({ key, numeric, mono, text, draw }) => {
        const words = text(row)
        return (
          <td
            key={key}
            className={mono ? 'mono' : undefined}
            data-numeric={numeric}
            title={words.length > 12 ? words.slice(0, 500) : undefined}
          >
            {draw ? draw(row) : words}
          </td>
        )
      })}
    </tr>
  )
}

/** A refresh brings new objects for every session; a row is drawn again only where its words changed. */
export const SessionRowView = memo(
  drawRow,
  (before, after) =>
    before.index === after.index &&
    before.top === after.top &&
    before.selected === after.selected &&
    before.open === after.open &&
    before.reachable === after.reachable &&
    before.onPick === after.onPick &&
    before.onOpen === after.onOpen &&
    before.row.key === after.row.key &&
    before.row.level === after.row.level &&
    before.row.besides === after.row.besides &&
    before.row.standing === after.row.standing &&
    before.row.session.own === after.row.session.own &&
    columns.every(({ text }) => text(before.row) === text(after.row)),
)
