import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { InstanceKey, InstanceRow, Scope } from '../../preload/contract/instances.ts'
import { client, orpc, useStream } from '../client.ts'

/** Every instance of the chosen places, kept up to date by main. */
export function useFleet(environment: string) {
  return useStream(orpc.instances.watch, { environment })
}

export function useProfiles(environment: string) {
  return useQuery(orpc.instances.profiles.queryOptions({ input: { environment } }))
}

export function useRefresh(environment: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: () => client.instances.refresh({ environment }),
    onSuccess: () => cache.invalidateQueries({ queryKey: orpc.instances.details.key({ input: { environment } }) }),
  })
}

export function useChoose(environment: string) {
  return useMutation({ mutationFn: (scope: Scope) => client.instances.choose({ environment, scope }) })
}

/** What the page asks AWS to do with one instance. Its progress is told by the fleet. */
export function useStart(environment: string) {
  return useMutation({ mutationFn: (key: InstanceKey) => client.instances.start({ environment, key }) })
}

export function useKeepStopped(environment: string) {
  return useMutation({
    mutationFn: ({ key, on }: { key: InstanceKey; on: boolean }) => client.instances.keepStopped({ environment, key, on }),
  })
}

/** What makes an answer about an instance old: its status, or what is under way. */
const stateOf = ({ status, change }: InstanceRow) => `${status} ${change?.action ?? ''}`

/** All about one instance; asked anew when its state changed. */
export function useDetails(environment: string, row: InstanceRow) {
  const input = { environment, key: row.key }
  return useQuery({
    queryKey: [...orpc.instances.details.queryKey({ input }), stateOf(row)],
    queryFn: ({ signal }) => client.instances.details(input, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    refetchInterval: 60_000,
  })
}

export function useMetrics(environment: string, key: InstanceKey, hours: number) {
  return useQuery(
    orpc.instances.metrics.queryOptions({
      input: { environment, key, hours },
      staleTime: 30_000,
      refetchInterval: 30_000,
      placeholderData: keepPreviousData,
    }),
  )
}

/** The security list of one instance; checked anew when its state changed. */
export function usePosture(environment: string, row: InstanceRow) {
  const input = { environment, key: row.key }
  return useQuery({
    queryKey: [...orpc.instances.posture.queryKey({ input }), stateOf(row)],
    queryFn: ({ signal }) => client.instances.posture(input, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
}

export function useCreationOptions(environment: string, place: { profile: string; region: string }) {
  return useQuery(orpc.instances.creationOptions.queryOptions({ input: { environment, place }, staleTime: 300_000 }))
}
