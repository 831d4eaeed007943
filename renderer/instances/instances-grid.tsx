import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { copyText } from '../ui/copy.tsx'
import { useListedKeys } from '../ui/keys.ts'
import { type CellContext, columns } from './columns.tsx'
import type { PlacedRow, Sort, SortKey } from './instance-rows.ts'

const rowHeight = 48
const headHeight = 30

const keys = [
  { keys: 'ArrowDown', does: 'Next instance' },
  { keys: 'Enter', does: 'Show all about the instance' },
  { keys: 'Escape', does: 'Close what is shown about it' },
  { keys: 'ArrowLeft', does: 'Fold a cluster; to its cluster' },
  { keys: 'mod+C', does: 'Copy the endpoint' },
]

interface GridProps {
  readonly rows: readonly PlacedRow[]
  readonly context: CellContext
  /** The row that the buttons act on. */
  readonly currentKey: string | null
  /** The row whose details are shown. */
  readonly openKey: string | null
  readonly onCurrent: (key: string) => void
  readonly onOpen: (key: string) => void
  /** Closes the details. */
  readonly onClose: () => void
  readonly onFold: (key: string, folded: boolean) => void
  readonly sort: Sort | null
  readonly onSort: (sort: Sort | null) => void
}

/** One way, the other way, then by name again. */
function nextSort(sort: Sort | null, key: SortKey): Sort | null {
  if (sort?.key !== key) return { key, descending: key === 'cost' }
  return sort.descending === (key === 'cost') ? { key, descending: !sort.descending } : null
}

/** The instances, members under their cluster; only the rows in view are in the document. */
export function InstancesGrid({ rows, context, currentKey, openKey, onCurrent, onOpen, onClose, onFold, sort, onSort }: GridProps) {
  useListedKeys('Instances', keys)
  const viewport = useRef<HTMLDivElement>(null)
  /** Set by a key: the row that is to have the focus once it is drawn. */
  const toFocus = useRef<string | null>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 8,
    scrollPaddingStart: headHeight,
  })
  const items = virtual.getVirtualItems()
  const currentAt = rows.findIndex(({ key }) => key === currentKey)
  const reachable = items.some(({ index }) => index === currentAt) ? currentAt : (items[0]?.index ?? -1)

  useEffect(() => {
    if (toFocus.current === null) return
    const row = viewport.current?.querySelector<HTMLElement>(`[data-index="${rows.findIndex(({ key }) => key === toFocus.current)}"]`)
    if (!row) return
    toFocus.current = null
    row.focus({ preventScroll: true })
  })

  const goTo = (index: number) => {
    const at = Math.max(0, Math.min(rows.length - 1, index))
    const row = rows[at]
    if (!row) return
    toFocus.current = row.key
    onCurrent(row.key)
    virtual.scrollToIndex(at)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.target as HTMLElement).closest('button')) return
    const at = Math.max(0, reachable)
    const placed = rows[at]
    if (!placed) return
    const page = Math.max(1, Math.floor((viewport.current?.clientHeight ?? 300) / rowHeight) - 2)
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: rows.length - 1,
    }
    const step = steps[event.key]
    const modified = event.ctrlKey || event.metaKey
    if (step !== undefined) goTo(step)
    else if (event.key === 'Enter' || event.key === ' ') onOpen(placed.key)
    else if (event.key === 'Escape' && openKey !== null) onClose()
    else if (event.key === 'ArrowRight' && placed.expanded === false) onFold(placed.key, false)
    else if (event.key === 'ArrowLeft' && placed.expanded) onFold(placed.key, true)
    else if (event.key === 'ArrowLeft' && placed.level === 2) goTo(rows.findLastIndex(({ level }, index) => index < at && level === 1))
    else if (event.key === 'c' && modified && placed.row.endpoint && window.getSelection()?.isCollapsed !== false) {
      const text = `${placed.row.endpoint.host}:${placed.row.endpoint.port}`
      void copyText(text, text)
    } else return
    event.preventDefault()
  }

  return (
    <div className="instances-grid" ref={viewport}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: ARIA's pattern of a treegrid is a table with this role
        role="treegrid"
        aria-label="Instances"
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length}
        onKeyDown={onKeyDown}
      >
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(({ key, title, numeric }) => {
              const sorted = sort?.key === key ? (sort.descending ? 'descending' : 'ascending') : undefined
              return (
                <th key={key} scope="col" aria-sort={sorted ?? 'none'} data-column={key} data-numeric={numeric}>
                  <button type="button" onClick={() => onSort(nextSort(sort, key))}>
                    {title}
                    <i aria-hidden>{sorted === undefined ? '' : sorted === 'ascending' ? '↑' : '↓'}</i>
                  </button>
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, key, start }) => {
            const placed = rows[index]
            if (!placed) return null
            return (
              <tr
                key={key}
                aria-rowindex={index + 2}
                aria-level={placed.level}
                aria-expanded={placed.expanded ?? undefined}
                aria-selected={placed.key === currentKey}
                data-index={index}
                data-instance={placed.row.key.identifier}
                data-open={placed.key === openKey || undefined}
                data-quiet={placed.besides || undefined}
                tabIndex={index === reachable ? 0 : -1}
                style={{ transform: `translateY(${start}px)` }}
                onFocus={(event) => event.target === event.currentTarget && placed.key !== currentKey && onCurrent(placed.key)}
                onClick={() => onOpen(placed.key)}
              >
                {columns.map((column) => (
                  <td key={column.key} data-column={column.key} data-numeric={column.numeric}>
                    {column.key === 'instance' && (placed.level === 2 || placed.expanded !== null) ? (
                      <span className="instance-tree" data-level={placed.level}>
                        <Branch placed={placed} onFold={onFold} />
                        {column.draw(placed, context)}
                      </span>
                    ) : (
                      column.draw(placed, context)
                    )}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

function Branch({ placed, onFold }: { placed: PlacedRow; onFold: GridProps['onFold'] }) {
  if (placed.expanded === null) return <i aria-hidden>└</i>
  return (
    <button
      type="button"
      className="instance-fold"
      tabIndex={-1}
      aria-label={`${placed.expanded ? 'Fold' : 'Unfold'} ${placed.row.key.identifier}`}
      onClick={(event) => {
        event.stopPropagation()
        onFold(placed.key, placed.expanded === true)
      }}
    >
      {placed.expanded ? '▾' : '▸'}
    </button>
  )
}
