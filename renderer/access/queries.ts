import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Reach } from '../../preload/contract/access.ts'
import type { InstanceKey } from '../../preload/contract/instances.ts'
import { client, orpc, useEvents, useStream } from '../client.ts'

/** An environment and the instance that is looked at; without a key its own. */
export interface On {
  readonly environment: string
  readonly key?: InstanceKey
}

/** My address beside the rules, kept up to date by main. */
export function useReach(on: On) {
  return useStream<On, Reach>(orpc.access.watch, on)
}

/** The instances that can be looked at; null until a place has told of one, or all have told that there is none. */
export function useInstances(environment: string) {
  const { data } = useStream(orpc.instances.watch, { environment })
  if (data === undefined) return null
  return data.instances.length === 0 && data.places.some(({ state }) => state === 'loading') ? null : data.instances
}

export function useRefresh(on: On) {
  return useMutation({ mutationFn: () => client.access.refresh(on) })
}

export interface Allow {
  /** One that was typed; null means the one that was found. */
  readonly address: string | null
  /** Where this machine was when it was asked for. */
  readonly from: string | null
}

/** Lets this machine in. */
export function useAllow(on: On) {
  return useMutation({ mutationFn: ({ address }: Allow) => client.access.allow({ ...on, ...(address !== null && { address }) }) })
}

export function useRevoke(on: On) {
  return useMutation({ mutationFn: (rule: string) => client.access.revoke({ ...on, rule, confirm: null }) })
}

export function useSweep(on: On) {
  return useMutation({ mutationFn: () => client.access.sweep(on) })
}

export function useSetOptions(environment: string) {
  return useMutation({ mutationFn: (options: Reach['options']) => client.access.options({ environment, options }) })
}

/** The changes of access in the activity log, newest first. Every one of them names the group in its target. */
export function useHistory(environment: string) {
  const query = useQuery(
    orpc.activity.list.queryOptions({ input: { environment, search: 'security group', limit: 20 }, placeholderData: keepPreviousData }),
  )
  const read = () => void query.refetch()
  useEvents((signal) => client.activity.watch(undefined, { signal }), read, read)
  return query
}

/** The same object as long as it means the same. */
export function useOn(environment: string, key: InstanceKey | null): On {
  return useMemo(() => (key === null ? { environment } : { environment, key }), [environment, key])
}
