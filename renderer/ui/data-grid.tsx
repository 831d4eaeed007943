// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot hold rows that are placed by scrolling
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus and names the active cell
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useId, useRef, useState, useSyncExternalStore } from 'react'
import './data-grid.css'
import { copyCell, copyRows } from './data-grid-clipboard.ts'
import type { CopyFormat } from './data-grid-copy.ts'
import { CellDrawer } from './data-grid-drawer.tsx'
import { GridHeader, type GridOrder } from './data-grid-header.tsx'
import { moved, type Place } from './data-grid-keys.ts'
import { GridMenu, type MenuPlace } from './data-grid-menu.tsx'
import { GridRow } from './data-grid-row.tsx'
import { allRows, countSelected, extendTo, isSelected, noRows, onlyRow, type RowSelection, toggleRow } from './data-grid-selection.ts'
import type { RowSource } from './data-grid-source.ts'
import { useGridView } from './data-grid-view.ts'
import { useWidths } from './data-grid-widths.ts'
import { columnsInView, rowsInView, scrollHeight } from './data-grid-window.ts'

const rowHeight = 26
const headerHeight = 42
const rowsBeyond = 6
const fewColumns = 16

export interface DataGridProps {
  readonly source: RowSource
  /** Names the grid: `public.users`, `Result 1`. */
  readonly label: string
  /** Where an INSERT made of rows goes to: schema and name, or a name. */
  readonly table: readonly string[]
  readonly order?: readonly GridOrder[]
  /** Sorts on the server; `add` keeps the order so far in front. */
  readonly onSort?: (column: string, add: boolean) => void
  readonly onFilter?: (column: string, value: string | null) => void
  /** Stands in the place of rows where there are none. */
  readonly empty?: ReactNode
}

/**
 * Rows of data: a million scroll as ten do, because only those in view are in the document. The grid holds the focus and names the active cell.
 */
export function DataGrid({ source, label, table, order = [], onSort, onFilter, empty }: DataGridProps) {
  const id = useId()
  const version = useSyncExternalStore(source.subscribe, source.version)
  const count = source.rows()
  const { scroller, view, extent, onScroll, scrollTo, toStart } = useGridView(count, rowHeight, headerHeight)
  const gutter = 22 + 7.3 * Math.max(2, String(count).length)
  const { edges, resize } = useWidths(source)
  const [active, setActive] = useState<Place>({ row: 0, column: 0 })
  const [selection, setSelection] = useState<RowSelection>(noRows)
  const [opened, setOpened] = useState<Place | null>(null)
  const [menu, setMenu] = useState<MenuPlace | null>(null)

  const shownSource = useRef(source)
  useEffect(() => {
    if (shownSource.current === source) return
    shownSource.current = source
    setSelection(noRows)
    setActive((before) => ({ row: Math.min(before.row, 0), column: Math.min(before.column, Math.max(0, source.columns.length - 1)) }))
    toStart()
  }, [source, toStart])

  const rows = rowsInView(extent, view.top, rowsBeyond)
  // Few columns are all in the document: the browser's own search and screen readers find what is beside the view.
  const few = source.columns.length <= fewColumns
  const columns = few ? { from: 0, to: source.columns.length } : columnsInView(edges, view.left, Math.max(0, view.width - gutter))
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is here changes with the version
  useEffect(() => source.show(rows.from, rows.to), [source, rows.from, rows.to, version])

  const total = edges.at(-1) ?? 0
  const bounds = { rows: count, columns: source.columns.length, page: Math.max(1, Math.floor(extent.viewport / rowHeight) - 1) }

  function go(place: Place, extend: boolean): void {
    setActive(place)
    if (place.row >= 0 && extend) setSelection((before) => extendTo(before.anchor === null ? onlyRow(active.row) : before, place.row))
    const left = edges[place.column] ?? 0
    const right = (edges[place.column + 1] ?? left) + gutter
    scrollTo(place.row < 0 ? { left, right } : { row: place.row, left, right })
  }

  const sort = (column: number, add: boolean) => onSort?.(source.columns[column]?.name ?? '', add)
  const chosen = (): RowSelection =>
    countSelected(selection) > 0 ? selection : active.row >= 0 && active.row < count ? onlyRow(active.row) : noRows
  const copy = (format: CopyFormat) => void copyRows(source, chosen(), format, table)

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>): void {
    if (event.target !== event.currentTarget) return
    if (onCommandKey(event)) {
      event.preventDefault()
      return
    }
    if (event.altKey) return
    const next = moved(active, event, bounds)
    if (next === null) return
    event.preventDefault()
    go(next, event.shiftKey)
  }

  /** Keys that do something other than move. True where the key was one. */
  function onCommandKey(event: KeyboardEvent<HTMLDivElement>): boolean {
    const command = event.ctrlKey || event.metaKey
    const inHeader = active.row < 0
    if (command && event.key === 'c') {
      if (countSelected(selection) > 0) copy('text')
      else if (!inHeader && count > 0) void copyCell(source, active.row, active.column)
      return true
    }
    if (command && event.key === 'a') {
      setSelection(allRows(count))
      return true
    }
    if (command) return false
    if (event.altKey && inHeader && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      const width = (edges[active.column + 1] ?? 0) - (edges[active.column] ?? 0)
      resize(active.column, width + (event.key === 'ArrowRight' ? 20 : -20))
      return true
    }
    switch (event.key) {
      case 'Enter':
        if (inHeader) sort(active.column, event.shiftKey)
        else if (source.value(active.row, active.column) !== undefined) setOpened(active)
        return true
      case ' ':
        if (!inHeader && count > 0) setSelection((before) => toggleRow(before, active.row))
        return true
      case 'Escape':
        if (countSelected(selection) === 0) return false
        setSelection(noRows)
        return true
      case 'ContextMenu':
      case 'F10': {
        if (event.key === 'F10' && !event.shiftKey) return false
        const cell = document.getElementById(`${id}-${active.row}-${active.column}`)?.getBoundingClientRect()
        // Once this key's event is over: the menu closes with a key that is pressed outside of it.
        if (cell) setTimeout(() => setMenu({ x: cell.left + 12, y: cell.bottom }))
        return true
      }
      default:
        return false
    }
  }

  function onMouseDown(event: MouseEvent<HTMLDivElement>): void {
    const place = placeOf(event)
    if (place === null || event.button > 2) return
    // The right button opens the menu for what is selected, if it was on that.
    if (event.button === 2 && isSelected(selection, place.row)) {
      setActive({ row: place.row, column: place.column ?? active.column })
      return
    }
    setActive({ row: place.row, column: place.column ?? active.column })
    if (event.shiftKey) setSelection((before) => extendTo(before.anchor === null ? onlyRow(active.row) : before, place.row))
    else if (event.ctrlKey || event.metaKey) setSelection((before) => toggleRow(before, place.row))
    else setSelection(place.column === null ? onlyRow(place.row) : noRows)
  }

  return (
    <>
      <div
        ref={scroller}
        className="data-grid"
        role="grid"
        aria-label={label}
        aria-rowcount={source.exact() ? count + 1 : -1}
        aria-colcount={source.columns.length + 1}
        aria-multiselectable
        aria-activedescendant={active.row < 0 ? `${id}-header-${active.column}` : `${id}-${active.row}-${active.column}`}
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onMouseDown={onMouseDown}
        onDoubleClick={(event) => {
          const place = placeOf(event)
          if (place?.column != null && source.value(place.row, place.column) !== undefined)
            setOpened({ row: place.row, column: place.column })
        }}
        onContextMenu={(event) => {
          if (placeOf(event) === null) return
          event.preventDefault()
          setMenu({ x: event.clientX, y: event.clientY })
        }}
      >
        <div role="rowgroup" className="grid-top" style={{ width: gutter + total }}>
          <GridHeader
            id={id}
            source={source}
            edges={edges}
            from={columns.from}
            to={columns.to}
            gutter={gutter}
            active={active.row < 0 ? active.column : -1}
            order={order}
            sortable={onSort !== undefined}
            onSort={sort}
            onResize={resize}
            onSelectAll={() => setSelection(allRows(count))}
          />
        </div>
        <div role="rowgroup" className="grid-body" style={{ height: scrollHeight(extent), width: gutter + total }}>
          <div className="grid-rows" style={{ transform: `translateY(${view.scrollTop + rows.from * rowHeight - view.top}px)` }}>
            {Array.from({ length: rows.to - rows.from }, (_, place) => rows.from + place).map((row) => (
              <GridRow
                key={row}
                id={id}
                row={row}
                source={source}
                loaded={source.columns.length === 0 || source.value(row, 0) !== undefined}
                edges={edges}
                from={columns.from}
                to={columns.to}
                gutter={gutter}
                active={active.row === row ? active.column : -1}
                selected={isSelected(selection, row)}
              />
            ))}
          </div>
        </div>
        {count === 0 && empty !== undefined && <div className="grid-empty">{empty}</div>}
      </div>
      {menu !== null && (
        <GridMenu
          place={menu}
          selected={countSelected(chosen())}
          onClose={() => {
            setMenu(null)
            scroller.current?.focus()
          }}
          onOpen={() => setOpened(active)}
          onCopyCell={() => void copyCell(source, active.row, active.column)}
          onCopyRows={copy}
          onFilter={
            onFilter && (() => onFilter(source.columns[active.column]?.name ?? '', source.value(active.row, active.column) ?? null))
          }
        />
      )}
      <CellDrawer
        source={source}
        place={opened}
        onClose={() => {
          setOpened(null)
          scroller.current?.focus()
        }}
      />
    </>
  )
}

/** The cell under a pointer; a row's number has no column. */
function placeOf(event: MouseEvent): { row: number; column: number | null } | null {
  const element = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-row]') : null
  if (element === null) return null
  const { row, column } = element.dataset
  return { row: Number(row), column: column === undefined ? null : Number(column) }
}
