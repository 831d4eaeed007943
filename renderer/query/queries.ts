import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { EnvironmentId } from '../../preload/contract/environments.ts'
import { client, orpc } from '../client.ts'

/** What was run here, the newest first. */
export function useHistory(environment: EnvironmentId, search: string) {
  return useQuery(orpc.query.history.queryOptions({ input: { environment, search }, placeholderData: keepPreviousData }))
}

export function useClearHistory(environment: EnvironmentId) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: () => client.query.clearHistory({ environment }),
    onSettled: () => cache.invalidateQueries({ queryKey: orpc.query.history.key() }),
  })
}

export function useFiles(environment: EnvironmentId) {
  return useQuery(orpc.query.files.queryOptions({ input: { environment } }))
}

/** Names for completion. The editor does without where they cannot be had. */
export function useCatalogue(environment: EnvironmentId, connected: boolean) {
  return useQuery(orpc.query.catalogue.queryOptions({ input: { environment }, enabled: connected, staleTime: 60_000 }))
}
