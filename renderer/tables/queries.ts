import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { EnvironmentId } from '../../preload/contract/environments.ts'
import type { Filter, Relation } from '../../preload/contract/tables.ts'
import { client, fetchPage, orpc } from '../client.ts'
import type { GridOrder } from '../ui/data-grid-header.tsx'
import { readPackedPage } from '../ui/packed-reader.ts'
import { readRelationList } from './relation-list.ts'
import { createTableRows, type TableRows } from './row-blocks.ts'

/** The tables of the environment's database. */
export function useTableList(environment: EnvironmentId) {
  return useQuery({
    queryKey: orpc.tables.list.queryKey({ input: { environment } }),
    queryFn: async ({ signal }) => {
      const { database, pages } = await client.tables.list({ environment }, { signal })
      const buffers = await Promise.all(pages.map((page) => fetchPage(page.address, signal)))
      return readRelationList(database, buffers.map(readPackedPage))
    },
    // The pages are bytes with a reader, not values to compare.
    structuralSharing: false,
  })
}

export function useStructure(environment: EnvironmentId, oid: number) {
  return useQuery(orpc.tables.structure.queryOptions({ input: { environment, oid }, placeholderData: keepPreviousData }))
}

/** Which rows of a table are asked for. */
export interface RowsChoice {
  readonly order: readonly GridOrder[]
  readonly filters: readonly Filter[]
}

/** An exact count, when the user asks for it. */
export function useCount(environment: EnvironmentId, oid: number, { order, filters }: RowsChoice) {
  const count = useMutation({
    mutationFn: () => client.tables.count({ environment, oid, order: [...order], filters: [...filters] }),
  })
  const { reset } = count
  // A count is of one choice of rows at one moment.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the choice is what makes it old
  useEffect(reset, [environment, oid, order, filters, reset])
  return count
}

export function openRows(environment: EnvironmentId, relation: Relation, { order, filters }: RowsChoice): TableRows {
  const { oid } = relation
  const selection = { environment, oid, order: [...order], filters: [...filters] }
  return createTableRows({
    estimate: filters.length > 0 || relation.kind === 'view' ? null : relation.estimatedRows,
    async rows(input, signal) {
      const answer = await client.tables.rows({ ...selection, ...input }, { signal })
      return { ...answer, page: readPackedPage(await fetchPage(answer.page.address, signal)) }
    },
    async cell(input, signal) {
      const { page, bytes, truncated } = await client.tables.cell({ environment, oid, ...input }, { signal })
      return { text: readPackedPage(await fetchPage(page.address, signal)).value(0, 0), bytes, truncated }
    },
  })
}

/**
 * The rows to show for a choice. The rows before stay while those of a new choice are on their way; `refresh` reads all of it anew.
 * `first`: rows that were asked for before this was called, by the click that opened the table.
 */
export function useTableRows(environment: EnvironmentId, relation: Relation, choice: RowsChoice, first: TableRows | null) {
  const [shown, setShown] = useState<TableRows | null>(first)
  const [pending, setPending] = useState(false)
  const [round, setRound] = useState(0)
  const next = useRef<TableRows | null>(null)
  const given = useRef(first)
  // The estimate may change with each look at the list; the rows are those of the table.
  const latest = useRef(relation)
  latest.current = relation

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round is what asks again
  useEffect(() => {
    const source = given.current ?? openRows(environment, latest.current, choice)
    given.current = null
    next.current?.stop()
    next.current = source
    setPending(true)
    void source.ready.then(() => {
      if (next.current !== source) return
      setPending(false)
      setShown((before) =>
        source.problem() !== null && before !== null && before.columns.length > 0 ? failedOver(before, source) : source,
      )
    })
  }, [environment, choice, round])
  useEffect(() => () => next.current?.stop(), [])

  return { source: shown, pending, refresh: () => setRound((count) => count + 1) }
}

/** The old rows, with the problem that kept the new ones away. */
function failedOver(before: TableRows, failed: TableRows): TableRows {
  return { ...before, columns: before.columns, problem: failed.problem }
}
