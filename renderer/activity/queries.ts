import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { client, orpc, useEvents } from '../client.ts'

export interface ActivityFilter {
  readonly environment: string | null
  readonly search: string
  readonly limit: number
}

/** The entries that match, read anew with every entry that is opened or closed. */
export function useActivity({ environment, search, limit }: ActivityFilter) {
  const query = useQuery(
    orpc.activity.list.queryOptions({
      input: { limit, ...(environment ? { environment } : {}), ...(search ? { search } : {}) },
      placeholderData: keepPreviousData,
    }),
  )
  const read = () => void query.refetch()
  useEvents((signal) => client.activity.watch(undefined, { signal }), read, read)
  return query
}
