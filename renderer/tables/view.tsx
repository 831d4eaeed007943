import { Tabs } from '@mantine/core'
import { useCallback, useMemo, useRef } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import type { EnvironmentId } from '../../preload/contract/environments.ts'
import type { Relation } from '../../preload/contract/tables.ts'
import { VisibleText } from '../ui/data-grid-row.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { useEnvironmentId } from '../ui/environment.ts'
import { SectionHeader } from '../ui/layout.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { openRows, useTableList } from './queries.ts'
import type { RelationList } from './relation-list.ts'
import type { TableRows } from './row-blocks.ts'
import { everyRow, RowsTab } from './rows-tab.tsx'
import { StructureTab } from './structure-tab.tsx'
import { TablesTree } from './tables-tree.tsx'
import './tables.css'

/** The tables of the environment at the left; the rows and the structure of one of them at the right. */
export function TablesView() {
  const environment = useEnvironmentId()
  const list = useTableList(environment)
  return (
    <div className="tables-view">
      <SectionHeader title="Tables" />
      <Loaded query={list} environment={environment} rows={12}>
        {(found) => <TablesPanes environment={environment} list={found} />}
      </Loaded>
    </div>
  )
}

function TablesPanes({ environment, list }: { environment: EnvironmentId; list: RelationList }) {
  const [place] = useSearchParams()
  const navigate = useNavigate()
  /** Rows asked for by the click itself, before the page has drawn the table's panes. */
  const early = useRef<{ oid: number; rows: TableRows } | null>(null)
  const schema = place.get('schema')
  const name = place.get('table')
  const current = useMemo(() => (schema === null || name === null ? -1 : list.find(schema, name)), [list, schema, name])
  const relation = current < 0 ? null : list.relation(current)
  const tab = place.get('tab') === 'structure' ? 'structure' : 'rows'

  const open = useCallback(
    (chosen: Relation, on: string = tab) => {
      if (on === 'rows') early.current = { oid: chosen.oid, rows: openRows(environment, chosen, everyRow) }
      const search = new URLSearchParams({ schema: chosen.schema, table: chosen.name, ...(on === 'rows' ? {} : { tab: on }) })
      // In the next task, so that the rows are asked for before the page draws: both then go on side by side.
      setTimeout(() => void navigate({ search: `?${search}` }, { flushSync: true }))
    },
    [environment, navigate, tab],
  )
  const takeEarly = (oid: number): TableRows | null => {
    const rows = early.current?.oid === oid ? early.current.rows : null
    early.current = null
    return rows
  }

  return (
    <div className="tables-panes">
      <TablesTree list={list} current={current} onOpen={open} />
      <section className="table-pane" aria-label={relation === null ? 'Table' : `${relation.schema}.${relation.name}`}>
        {relation === null ? (
          <NoTable list={list} missing={name} />
        ) : (
          <>
            <header className="table-head">
              <h2 className="mono">
                <VisibleText text={`${relation.schema}.${relation.name}`} />
              </h2>
              <span className="dim">{relation.kind}</span>
              <Tabs value={tab} onChange={(next) => open(relation, next ?? 'rows')}>
                <Tabs.List aria-label="What to see of the table">
                  <Tabs.Tab value="rows">Rows</Tabs.Tab>
                  <Tabs.Tab value="structure">Structure</Tabs.Tab>
                </Tabs.List>
              </Tabs>
            </header>
            {tab === 'rows' ? (
              <RowsTab key={relation.oid} environment={environment} relation={relation} first={takeEarly(relation.oid)} />
            ) : (
              <StructureTab environment={environment} oid={relation.oid} />
            )}
          </>
        )}
      </section>
    </div>
  )
}

function NoTable({ list, missing }: { list: RelationList; missing: string | null }) {
  if (missing !== null)
    return <EmptyState title={`${missing} is not there`}>The table was dropped or renamed. Choose another one.</EmptyState>
  if (list.names.length === 0) return <EmptyState title="No tables yet">Load a schema in Lifecycle to begin.</EmptyState>
  return <EmptyState title="Choose a table">Its rows and structure stand here.</EmptyState>
}
