import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { orpc } from '../client.ts'

export function useConsole() {
  return useQuery(orpc.settings.read.queryOptions())
}

/** Reads the settings file anew. */
export function useReload() {
  const cache = useQueryClient()
  return useMutation(
    orpc.settings.reload.mutationOptions({ onSuccess: (value) => cache.setQueryData(orpc.settings.read.queryKey(), value) }),
  )
}

export function useLink() {
  return useMutation(orpc.settings.link.mutationOptions())
}
