import { useQuery } from '@tanstack/react-query'
import type { EnvironmentState } from '../../preload/contract/environments.ts'
import { orpc } from '../client.ts'

/** Milliseconds between two looks at a path while nothing else asks for one. */
const lookAgain = 20_000
/** While a link changes by itself. */
const follow = 2_000

/** The path of one environment, looked at anew whenever its connection changes. */
export function usePath({ environment, connection }: EnvironmentState) {
  return useQuery(
    orpc.overview.path.queryOptions({
      input: { environment: environment.id },
      queryKey: [...orpc.overview.path.key({ type: 'query', input: { environment: environment.id } }), connection.state],
      placeholderData: (previous) => previous,
      refetchInterval: ({ state }) => (state.data?.links.some((link) => link.state === 'changing') ? follow : lookAgain),
    }),
  )
}

export function useLastChanges() {
  return useQuery(orpc.activity.list.queryOptions({ input: { limit: 8 }, refetchInterval: lookAgain }))
}

/** What `undo` would bring back; asked only where it may be offered. */
export function usePrevious(environment: string, enabled: boolean) {
  return useQuery(orpc.lifecycle.state.queryOptions({ input: { environment }, enabled, select: (state) => state.previous }))
}
