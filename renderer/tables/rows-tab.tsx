import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useCallback, useMemo, useState, useSyncExternalStore } from 'react'
import type { EnvironmentId } from '../../preload/contract/environments.ts'
import type { Filter, Relation } from '../../preload/contract/tables.ts'
import { DataGrid } from '../ui/data-grid.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { useKeys } from '../ui/keys.ts'
import { LoadingRows } from '../ui/loading-rows.tsx'
import { countOf, formatCount } from '../ui/quantities.ts'
import { FiltersBar } from './filters-bar.tsx'
import { nextOrder } from './next-order.ts'
import { type RowsChoice, useCount, useTableRows } from './queries.ts'
import type { TableRows } from './row-blocks.ts'

export const everyRow: RowsChoice = { order: [], filters: [] }

/** The rows of one table, with what sorts and filters them on the server. */
export function RowsTab({ environment, relation, first }: { environment: EnvironmentId; relation: Relation; first: TableRows | null }) {
  const [choice, setChoice] = useState<RowsChoice>(everyRow)
  const { source, pending, refresh } = useTableRows(environment, relation, choice, first)
  const count = useCount(environment, relation.oid, choice)
  useKeys(
    'Tables',
    useMemo(() => [{ keys: 'r', does: 'Refresh the rows', run: refresh }], [refresh]),
  )

  const sort = useCallback(
    (column: string, add: boolean) => setChoice((before) => ({ ...before, order: nextOrder(before.order, column, add) })),
    [],
  )
  const filter = useCallback((filters: Filter[]) => setChoice((before) => ({ ...before, filters })), [])
  const filterBy = (column: string, value: string | null) =>
    filter([...choice.filters, value === null ? { column, operator: 'is null' } : { column, operator: '=', value }])

  return (
    <>
      <div className="rows-bar">
        <FiltersBar columns={source?.columns ?? []} filters={choice.filters} onApply={filter} />
        <span className="grow" />
        <span className="dim" aria-live="polite">
          {count.data ? countOf(Number(count.data.rows), 'row') : source && <KnownRows source={source} />}
        </span>
        <Button loading={count.isPending} onClick={() => count.mutate()}>
          Count
        </Button>
        <Button loading={pending && source !== null} leftSection={<IconRefresh size={14} aria-hidden />} onClick={refresh}>
          Refresh
        </Button>
      </div>
      {count.error && <ErrorNotice compact error={count.error} environment={environment} />}
      {source === null ? (
        <LoadingRows rows={12} />
      ) : (
        <RowsGrid
          environment={environment}
          relation={relation}
          source={source}
          choice={choice}
          onSort={sort}
          onFilter={filterBy}
          onRetry={refresh}
        />
      )}
    </>
  )
}

function useSource(source: TableRows): void {
  useSyncExternalStore(source.subscribe, source.version)
}

function KnownRows({ source }: { source: TableRows }) {
  useSource(source)
  return source.exact() ? countOf(source.rows(), 'row') : `about ${formatCount(source.rows())} rows, an estimate`
}

function RowsGrid({
  environment,
  relation,
  source,
  choice,
  onSort,
  onFilter,
  onRetry,
}: {
  environment: EnvironmentId
  relation: Relation
  source: TableRows
  choice: RowsChoice
  onSort: (column: string, add: boolean) => void
  onFilter: (column: string, value: string | null) => void
  onRetry: () => void
}) {
  useSource(source)
  const problem = source.problem()
  const retry = () => (source.columns.length > 0 && source.rows() > 0 ? source.retry() : onRetry())
  if (problem !== null && source.columns.length === 0) return <ErrorNotice error={problem} environment={environment} onRetry={onRetry} />
  return (
    <>
      {problem !== null && <ErrorNotice compact error={problem} environment={environment} onRetry={retry} />}
      <div className="rows-grid">
        <DataGrid
          source={source}
          label={`${relation.schema}.${relation.name}`}
          table={[relation.schema, relation.name]}
          order={choice.order}
          onSort={onSort}
          onFilter={onFilter}
          empty={
            choice.filters.length > 0 ? (
              <EmptyState title="No row matches">Change or remove a filter.</EmptyState>
            ) : (
              <EmptyState title="No rows">The table is empty.</EmptyState>
            )
          }
        />
      </div>
    </>
  )
}
