import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect } from 'react'
import type { Action, Run } from '../../preload/contract/lifecycle.ts'
import { client, orpc, useStream } from '../client.ts'

/** Whether the database is there, marked, and which project it belongs to. */
export function useLifecycleState(environment: string) {
  return useQuery(orpc.lifecycle.state.queryOptions({ input: { environment }, refetchInterval: 10_000 }))
}

/** What a run of this action would do now. Looked at more often while something is in the way, since that passes. */
export function usePlan(environment: string, action: Action) {
  return useQuery(
    orpc.lifecycle.plan.queryOptions({
      input: { environment, action },
      refetchInterval: ({ state }) => (state.data?.refusal?.code === 'BUSY' ? 2_000 : 10_000),
    }),
  )
}

/** The run under way or the last one. */
export function useRun(environment: string) {
  return useStream<{ environment: string }, Run | null>(orpc.lifecycle.watch, { environment })
}

function useRefresh(environment: string) {
  const cache = useQueryClient()
  return useCallback(
    () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: orpc.lifecycle.state.key({ input: { environment } }) }),
        // Without the action: the plans of all of them.
        cache.invalidateQueries({
          queryKey: orpc.lifecycle.plan.key(),
          predicate: ({ queryKey }) => JSON.stringify(queryKey).includes(`"${environment}"`),
        }),
      ]),
    [cache, environment],
  )
}

/** Looks at state and plans anew when something that they depend on has changed: a run began or ended, the guard was turned. */
export function useRefreshOn(environment: string, what: string): void {
  const refresh = useRefresh(environment)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `what` is the occasion
  useEffect(() => {
    void refresh()
  }, [refresh, what])
}

export function useCancelRun(environment: string) {
  return useMutation({ mutationFn: () => client.lifecycle.cancel({ environment }) })
}

export function useProtect(environment: string) {
  const refresh = useRefresh(environment)
  return useMutation({
    mutationFn: (input: { protect: boolean; confirm: string | null }) => client.lifecycle.protect({ environment, ...input }),
    onSuccess: refresh,
  })
}

/** Chooses the project by its name or its folder. */
export function useChooseProject(environment: string) {
  const refresh = useRefresh(environment)
  return useMutation({ mutationFn: (project: string) => client.lifecycle.choose({ environment, project }), onSuccess: refresh })
}
