import { Button } from '@mantine/core'
import { IconArrowUp } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useListedKeys } from '../ui/keys.ts'
import { formatCount } from '../ui/quantities.ts'
import { zoneName } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import { columns, tracks } from './invocation-columns.tsx'
import { type DetailActions, InvocationDetail } from './invocation-detail.tsx'
import { InvocationRowView } from './invocation-row.tsx'
import type { InvocationRow } from './invocation-rows.ts'
import { needsRow } from './sign-up-rows.ts'
import { useHeldScroll } from './use-held-scroll.ts'
import type { UserRows } from './user-rows.ts'

const rowHeight = 30

const keys = [
  { keys: 'ArrowDown', does: 'Next invocation' },
  { keys: 'Enter', does: 'Show its lines' },
]

interface ListProps {
  /** The newest first. */
  readonly rows: readonly InvocationRow[]
  /** Another object begins the list at its top again. */
  readonly choice: unknown
  readonly opened: ReadonlySet<string>
  readonly onToggle: (row: InvocationRow) => void
  /** The row to bring into view; another object each time. */
  readonly goTo: { readonly key: string } | null
  readonly actions: DetailActions
  /** Null while nothing is known of the rows in `users`. */
  readonly users: UserRows | null
}

interface Item {
  readonly key: string
  readonly row: InvocationRow
  readonly rowIndex: number
  readonly isDetail: boolean
}

/** The rows, and under each open one its lines. */
function itemsOf(rows: readonly InvocationRow[], opened: ReadonlySet<string>): Item[] {
  const items: Item[] = []
  for (const row of rows) {
    items.push({ key: row.key, row, rowIndex: items.length + 2, isDetail: false })
    if (opened.has(row.key)) items.push({ key: `${row.key}\nlines`, row, rowIndex: items.length + 2, isDetail: true })
  }
  return items
}

/** The invocations, each with its lines under it once it is opened. What is in view stays where it is while new ones come. */
export function InvocationsList({ rows, choice, opened, onToggle, goTo, actions, users }: ListProps) {
  useListedKeys('Invocations', keys)
  const zone = useZone()
  const viewport = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLTableSectionElement>(null)
  const [activeKey, setActiveKey] = useState<string | null>(null)
  /** Set by a key: the row that is to have the focus once it is drawn. */
  const toFocus = useRef<string | null>(null)
  const items = useMemo(() => itemsOf(rows, opened), [rows, opened])
  const itemKeys = useMemo(() => items.map(({ key }) => key), [items])

  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => viewport.current,
    estimateSize: useCallback((index: number) => (items[index]?.isDetail ? 160 : rowHeight), [items]),
    getItemKey: useCallback((index: number) => items[index]?.key ?? index, [items]),
    overscan: 8,
    scrollPaddingStart: rowHeight,
  })
  const drawn = virtual.getVirtualItems()
  const startOf = useCallback((index: number) => virtual.measurementsCache[index]?.start ?? index * rowHeight, [virtual])
  const openedNow = useRef(opened)
  openedNow.current = opened
  const isBusy = useCallback(() => openedNow.current.size > 0 || body.current?.contains(document.activeElement) === true, [])
  const { newer, onScroll } = useHeldScroll({ viewport, body, keys: itemKeys, startOf, isBusy, choice })
  const newCount = newer === null ? 0 : rows.findIndex(({ key }) => key === newer)

  const activeAt = items.findIndex(({ key }) => key === activeKey)
  const reachable = drawn.some(({ index }) => index === activeAt)
    ? activeAt
    : (drawn.find(({ index }) => !items[index]?.isDetail)?.index ?? -1)

  useEffect(() => {
    if (toFocus.current === null) return
    const row = viewport.current?.querySelector<HTMLElement>(`tr[data-row="${CSS.escape(toFocus.current)}"]`)
    if (!row) return
    toFocus.current = null
    row.focus({ preventScroll: true })
  })

  const bring = useCallback(
    (index: number, align: 'auto' | 'center' = 'auto') => {
      const item = items[index]
      if (item === undefined) return
      setActiveKey(item.key)
      toFocus.current = item.key
      virtual.scrollToIndex(index, { align })
    },
    [items, virtual],
  )

  const latest = useRef({ items, bring })
  latest.current = { items, bring }
  useEffect(() => {
    if (goTo === null) return
    const now = latest.current
    now.bring(
      now.items.findIndex(({ key }) => key === goTo.key),
      'center',
    )
  }, [goTo])

  const toggle = useCallback(
    (row: InvocationRow) => {
      // A selection of text is no click.
      if ((document.getSelection()?.toString() ?? '') !== '') return
      setActiveKey(row.key)
      onToggle(row)
    },
    [onToggle],
  )

  const press = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLElement) || event.target.tagName !== 'TR') return
    const at = Math.max(0, reachable)
    const item = items[at]
    const page = Math.max(1, Math.floor((viewport.current?.clientHeight ?? 300) / rowHeight) - 2)
    const isRow = (index: number) => items[index]?.isDetail === false
    const step = (by: number) => {
      let next = Math.max(0, Math.min(items.length - 1, at + by))
      while (next > 0 && !isRow(next)) next += by > 0 && next < items.length - 1 ? 1 : -1
      bring(next)
    }
    const isOpen = item !== undefined && opened.has(item.row.key)
    switch (event.key) {
      case 'ArrowDown':
        step(1)
        break
      case 'ArrowUp':
        step(-1)
        break
      case 'PageDown':
        step(page)
        break
      case 'PageUp':
        step(-page)
        break
      case 'Home':
        bring(0)
        break
      case 'End':
        bring(items.findLastIndex(({ isDetail }) => !isDetail))
        break
      case 'Enter':
      case ' ':
        if (item) onToggle(item.row)
        break
      case 'ArrowRight':
        if (item && !isOpen) onToggle(item.row)
        break
      case 'ArrowLeft':
        if (item && isOpen) onToggle(item.row)
        break
      default:
        return
    }
    event.preventDefault()
  }

  return (
    <div className="invocations-panel">
      {newCount > 0 && (
        <Button
          className="invocations-new"
          size="compact-sm"
          variant="filled"
          leftSection={<IconArrowUp size={13} aria-hidden />}
          onClick={() => viewport.current?.scrollTo({ top: 0 })}
        >
          {formatCount(newCount)} new
        </Button>
      )}
      <div className="invocations-grid" ref={viewport} onScroll={onScroll}>
        <table
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: ARIA's pattern of a treegrid is a table with this role
          role="treegrid"
          aria-label="Invocations"
          aria-rowcount={items.length + 1}
          aria-colcount={columns.length}
          style={tracks}
          onKeyDown={press}
        >
          <thead>
            <tr aria-rowindex={1}>
              {columns.map(({ title, numeric, from }) => (
                <th key={title} scope="col" data-numeric={numeric} data-from={from}>
                  {title === 'Time' ? `Time (${zoneName(zone)})` : title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body} style={{ height: virtual.getTotalSize() }}>
            {drawn.map(({ index, start }) => {
              const item = items[index]
              if (item === undefined) return null
              const { key, row, rowIndex, isDetail } = item
              const signUp = users?.signUpOf(row) ?? null
              return isDetail ? (
                <tr
                  key={key}
                  ref={virtual.measureElement}
                  className="invocation-lines"
                  aria-rowindex={rowIndex}
                  aria-level={2}
                  data-index={index}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <td colSpan={columns.length}>
                    <InvocationDetail
                      row={row}
                      actions={actions}
                      repair={users !== null && signUp !== null && needsRow(signUp) ? { signUp, insert: users.insert } : null}
                    />
                  </td>
                </tr>
              ) : (
                <InvocationRowView
                  key={key}
                  row={row}
                  index={index}
                  rowIndex={rowIndex}
                  top={start}
                  open={opened.has(row.key)}
                  inUsers={signUp?.row ?? null}
                  why={signUp === null ? null : (users?.whyUnknown(signUp) ?? null)}
                  reachable={index === reachable}
                  onToggle={toggle}
                />
              )
            })}
          </tbody>
        </table>
      </div>
    </div>
  )
}
