import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react'
import { useListedKeys } from '../ui/keys.ts'
import { columns, tracks } from './columns.tsx'
import { isSelectable, SessionRowView } from './session-row.tsx'
import type { SessionRow, Sort, SortKey } from './session-rows.ts'

const rowHeight = 30

const keys = [
  { keys: 'ArrowDown', does: 'Next session' },
  { keys: 'Space', does: 'Choose the session' },
  { keys: 'mod+A', does: 'Choose all that are shown' },
  { keys: 'Enter', does: 'Show the whole query' },
]

interface GridProps {
  readonly rows: readonly SessionRow[]
  readonly selected: ReadonlySet<string>
  readonly onSelect: (keys: ReadonlySet<string>) => void
  readonly openKey: string | null
  readonly onOpen: (row: SessionRow) => void
  readonly sort: Sort | null
  readonly onSort: (sort: Sort | null) => void
}

/** Ascending, descending, then the server's own order again. */
function nextSort(sort: Sort | null, key: SortKey): Sort | null {
  if (sort?.key !== key) return { key, descending: key === 'stateSeconds' || key === 'transactionSeconds' }
  const first = key === 'stateSeconds' || key === 'transactionSeconds'
  return sort.descending === first ? { key, descending: !first } : null
}

/** The sessions as a tree of who waits for whom; only the rows in view are in the document. */
export function SessionGrid({ rows, selected, onSelect, openKey, onOpen, sort, onSort }: GridProps) {
  useListedKeys('Sessions', keys)
  const viewport = useRef<HTMLDivElement>(null)
  const latest = useRef({ rows, selected, onSelect })
  latest.current = { rows, selected, onSelect }
  const [activeKey, setActiveKey] = useState<string | null>(null)
  const anchor = useRef<string | null>(null)
  /** Set by a key: the row that is to have the focus once it is drawn. */
  const toFocus = useRef<string | null>(null)

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 8,
    scrollPaddingStart: rowHeight,
  })
  const items = virtual.getVirtualItems()
  const activeAt = rows.findIndex((row) => row.key === activeKey)
  const reachable = items.some((item) => item.index === activeAt) ? activeAt : (items[0]?.index ?? -1)

  useEffect(() => {
    if (toFocus.current === null) return
    const row = viewport.current?.querySelector<HTMLElement>(`[data-index="${activeAt}"]`)
    if (!row) return
    toFocus.current = null
    row.focus({ preventScroll: true })
  })

  const pick = useCallback((index: number, { range, toggle }: { range: boolean; toggle: boolean }) => {
    const now = latest.current
    const row = now.rows[index]
    if (!row) return
    setActiveKey(row.key)
    const from = range ? now.rows.findIndex((one) => one.key === anchor.current) : -1
    if (from >= 0) {
      const span = now.rows.slice(Math.min(from, index), Math.max(from, index) + 1).filter(isSelectable)
      now.onSelect(new Set([...(toggle ? now.selected : []), ...span.map((one) => one.key)]))
      return
    }
    anchor.current = row.key
    if (!isSelectable(row)) return
    const next = new Set(toggle ? now.selected : [])
    if (now.selected.has(row.key) && (toggle || now.selected.size === 1)) next.delete(row.key)
    else next.add(row.key)
    now.onSelect(next)
  }, [])

  const goTo = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))]
    if (!row) return
    setActiveKey(row.key)
    toFocus.current = row.key
    virtual.scrollToIndex(rows.indexOf(row))
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLElement) || event.target.tagName !== 'TR') return
    const at = Math.max(0, reachable)
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
    const row = rows[at]
    if (step !== undefined) goTo(step)
    else if (event.key === ' ') pick(at, { range: event.shiftKey, toggle: true })
    else if (event.key === 'Enter' && row) onOpen(row)
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) onSelect(new Set(rows.filter(isSelectable).map((one) => one.key)))
    else return
    event.preventDefault()
  }

  return (
    <div className="session-grid" ref={viewport}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: ARIA's pattern of a treegrid is a table with this role
        role="treegrid"
        aria-label="Sessions"
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable
        onKeyDown={onKeyDown}
      >
        <thead>
          <tr aria-rowindex={1} style={{ gridTemplateColumns: tracks }}>
            <th scope="col">
              <span className="session-unseen">Chosen</span>
            </th>
            {columns.map(({ key, title, numeric }) => {
              const sorted = sort?.key === key ? (sort.descending ? 'descending' : 'ascending') : undefined
              return (
                <th key={key} scope="col" aria-sort={sorted ?? 'none'} data-numeric={numeric}>
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
          {items.map((item) => {
            const row = rows[item.index]
            if (!row) return null
            return (
              <SessionRowView
                key={item.key}
                row={row}
                index={item.index}
                top={item.start}
                selected={selected.has(row.key)}
                open={openKey === row.key}
                reachable={item.index === reachable}
                onPick={pick}
                onOpen={onOpen}
              />
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
