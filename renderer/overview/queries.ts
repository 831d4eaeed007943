import { useQuery } from '@tanstack/react-query'
import type { EnvironmentState } from '../../preload/contract/environments.ts'
import type { PathLink } from '../../preload/contract/overview.ts'
import { orpc } from '../client.ts'

/** Milliseconds between two looks at a path while nothing else asks for one. */
const lookAgain = 20_000
/** Until a way is found that is cut outside of Basepair: by a network, a console of AWS. */
const cutOff = 6_000
/** While a link changes by itself. */
const follow = 2_000

function pauseAfter(links: readonly PathLink[] | undefined): number {
  if (links?.some(({ state }) => state === 'changing')) return follow
  return links?.some(({ link, state }) => state === 'broken' && (link === 'instance' || link === 'network')) ? cutOff : lookAgain
}

/** The path of one environment, looked at anew whenever its connection or the reason behind its loss changes. */
export function usePath({ environment, connection }: EnvironmentState) {
  const reason = connection.state === 'lost' || connection.state === 'failed' ? connection.problem.message : null
  return useQuery(
    orpc.overview.path.queryOptions({
      input: { environment: environment.id },
      queryKey: [...orpc.overview.path.key({ type: 'query', input: { environment: environment.id } }), connection.state, reason],
      placeholderData: (previous) => previous,
      refetchInterval: ({ state }) => pauseAfter(state.data?.links),
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
