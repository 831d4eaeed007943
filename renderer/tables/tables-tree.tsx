// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot hold rows that are placed by scrolling
// biome-ignore-all lint/a11y/useFocusableInteractive: the tree keeps the focus and names the active row
import { CloseButton, TextInput } from '@mantine/core'
import { IconChevronDown, IconChevronRight, IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useMemo, useState } from 'react'
import type { Relation } from '../../preload/contract/tables.ts'
import { VisibleText } from '../ui/data-grid-row.tsx'
import { useGridView } from '../ui/data-grid-view.ts'
import { rowsInView, scrollHeight } from '../ui/data-grid-window.ts'
import { countOf } from '../ui/quantities.ts'
import { estimatedRowsText, kindLetter, sizeText } from './columns.tsx'
import { type ListRow, listRows, type RelationList } from './relation-list.ts'

const rowHeight = 24
const headerHeight = 25

/** The schemas and tables of a database: any number of them, because only those in view are in the document. */
export function TablesTree({
  list,
  current,
  onOpen,
}: {
  list: RelationList
  /** The number of the table that is shown. */
  current: number
  onOpen: (relation: Relation) => void
}) {
  const id = useId()
  const [search, setSearch] = useState('')
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const wanted = useDeferredValue(search)
  const rows = useMemo(() => listRows(list, wanted, closed), [list, wanted, closed])
  const { scroller, view, extent, onScroll, scrollTo, toStart } = useGridView(rows.length, rowHeight, headerHeight)
  const [active, setActive] = useState(0)
  const inView = rowsInView(extent, view.top, 8)

  // biome-ignore lint/correctness/useExhaustiveDependencies: another search begins at its start
  useEffect(() => {
    setActive(0)
    toStart()
  }, [wanted, toStart])

  function act(row: ListRow | undefined): void {
    if (row?.kind === 'table') onOpen(list.relation(row.at))
    else if (row !== undefined) toggle(row.schema, row.open)
  }

  function toggle(schema: string, open: boolean): void {
    setClosed((before) => {
      const next = new Set(before)
      if (open) next.add(schema)
      else next.delete(schema)
      return next
    })
  }

  function onKeyDown(event: KeyboardEvent): void {
    const next = nextActive(rows, active, event.key, Math.max(1, Math.floor(extent.viewport / rowHeight) - 1))
    const row = rows[active]
    if (next !== null) {
      setActive(next)
      scrollTo({ row: next })
    } else if (event.key === 'Enter' || event.key === ' ') act(row)
    else if (row?.kind === 'schema' && event.key === (row.open ? 'ArrowLeft' : 'ArrowRight')) toggle(row.schema, row.open)
    else return
    event.preventDefault()
  }

  return (
    <div className="tables-tree">
      <TextInput
        aria-label="Filter tables"
        placeholder="Filter tables"
        leftSection={<IconSearch size={14} aria-hidden />}
        rightSection={search !== '' && <CloseButton size="xs" aria-label="Clear the filter" onClick={() => setSearch('')} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setSearch('')
          if (event.key !== 'ArrowDown' && event.key !== 'Enter') return
          event.preventDefault()
          if (event.key === 'Enter') {
            // What is drawn may lag behind what was typed.
            act(listRows(list, event.currentTarget.value, closed).find((row) => row.kind === 'table'))
          } else {
            setActive(
              Math.max(
                0,
                rows.findIndex((row) => row.kind === 'table'),
              ),
            )
            scroller.current?.focus()
          }
        }}
      />
      <div
        ref={scroller}
        role="treegrid"
        aria-label="Tables"
        aria-rowcount={rows.length + 1}
        aria-colcount={3}
        aria-activedescendant={active >= inView.from && active < inView.to ? `${id}-${active}` : undefined}
        tabIndex={0}
        className="tree-scroller"
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        <div role="row" aria-rowindex={1} className="tree-row tree-head">
          <span role="columnheader">Name</span>
          <span role="columnheader" title="An estimate of the planner's, from the last ANALYZE">
            Rows, est.
          </span>
          <span role="columnheader" title="Bytes of the table itself when it was last analysed">
            Size, est.
          </span>
        </div>
        <div style={{ height: scrollHeight(extent) }}>
          <div style={{ transform: `translateY(${view.scrollTop + inView.from * rowHeight - view.top}px)` }}>
            {rows.slice(inView.from, inView.to).map((row, place) => (
              <TreeRow
                key={row.kind === 'schema' ? `schema ${row.schema}` : row.at}
                id={`${id}-${inView.from + place}`}
                index={inView.from + place}
                row={row}
                list={list}
                active={active === inView.from + place}
                current={row.kind === 'table' && row.at === current}
                onAct={() => {
                  setActive(inView.from + place)
                  act(row)
                }}
              />
            ))}
          </div>
        </div>
        {rows.length === 0 && (
          <p className="dim tree-none">{list.names.length === 0 ? 'There are no tables.' : `No table matches ${search}.`}</p>
        )}
      </div>
      <p className="dim tree-count">
        {countOf(list.names.length, 'table')} in {list.database}
      </p>
    </div>
  )
}

function nextActive(rows: readonly ListRow[], active: number, key: string, page: number): number | null {
  const within = (row: number) => Math.max(0, Math.min(rows.length - 1, row))
  switch (key) {
    case 'ArrowDown':
      return within(active + 1)
    case 'ArrowUp':
      return within(active - 1)
    case 'PageDown':
      return within(active + page)
    case 'PageUp':
      return within(active - page)
    case 'Home':
      return 0
    case 'End':
      return within(rows.length - 1)
    case 'ArrowLeft': {
      // From a table to its schema.
      if (rows[active]?.kind !== 'table') return null
      return rows.findLastIndex((row, at) => at < active && row.kind === 'schema')
    }
    default:
      return null
  }
}

interface TreeRowProps {
  readonly id: string
  readonly index: number
  readonly row: ListRow
  readonly list: RelationList
  readonly active: boolean
  readonly current: boolean
  readonly onAct: () => void
}

function TreeRow({ id, index, row, list, active, current, onAct }: TreeRowProps) {
  const common = { id, 'aria-rowindex': index + 2, className: 'tree-row', 'data-active': active || undefined, onClick: onAct }
  if (row.kind === 'schema') {
    const Icon = row.open ? IconChevronDown : IconChevronRight
    return (
      <div role="row" {...common} aria-level={1} aria-expanded={row.open} data-schema>
        <span role="gridcell">
          <Icon size={13} aria-hidden />
          <b>
            <VisibleText text={row.schema} />
          </b>
        </span>
        <span role="gridcell">{countOf(row.tables, 'table')}</span>
        <span role="gridcell" />
      </div>
    )
  }
  const relation = list.relation(row.at)
  return (
    <div role="row" {...common} aria-level={2} aria-selected={current} title={relation.comment ?? undefined}>
      <span role="gridcell">
        <i title={relation.kind}>{kindLetter(relation.kind)}</i>
        <span className="tree-name">
          <VisibleText text={relation.name} />
        </span>
      </span>
      <span role="gridcell">{estimatedRowsText(relation)}</span>
      <span role="gridcell">{sizeText(relation)}</span>
    </div>
  )
}
