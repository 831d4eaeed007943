import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Session, Signalled } from '../../preload/contract/sessions.ts'
import { client, orpc } from '../client.ts'
import { keyOf } from './session-rows.ts'

/** The sessions of the server, looked at every so many seconds while the page is seen; 0 looks once. */
export function useSessions(environment: string, everySeconds: number) {
  return useQuery(
    orpc.sessions.list.queryOptions({
      input: { environment },
      refetchInterval: everySeconds > 0 && everySeconds * 1000,
      // The rows are new each time: comparing them deeply to keep old objects costs more than drawing what changed.
      structuralSharing: false,
    }),
  )
}

/** What holds the environment's database open. Never looked at more than once in five seconds. */
export function useHolding(environment: string, everySeconds: number) {
  return useQuery(
    orpc.sessions.holding.queryOptions({ input: { environment }, refetchInterval: everySeconds > 0 && Math.max(5, everySeconds) * 1000 }),
  )
}

export type Signal = 'cancel' | 'terminate'

/** What became of a signal, with the words for whom it was for. */
export interface SignalResult extends Signalled {
  readonly who: string
}

/** `psql, pid 4127`: how a session is called in a sentence. */
export function nameOf(session: Pick<Session, 'pid' | 'application' | 'user'>): string {
  return `${session.application ?? session.user ?? 'session'}, pid ${session.pid}`
}

function useRefresh(environment: string) {
  const cache = useQueryClient()
  return () =>
    Promise.all([
      cache.invalidateQueries({ queryKey: orpc.sessions.list.key({ input: { environment } }) }),
      cache.invalidateQueries({ queryKey: orpc.sessions.holding.key({ input: { environment } }) }),
    ])
}

const isNameable = (session: Session): session is Session & { backendStart: string } => session.backendStart !== null

/** Sends a signal to sessions; its data says what became of each. Sessions whose start is hidden cannot be signalled. */
export function useSignal(environment: string) {
  const refresh = useRefresh(environment)
  return useMutation({
    mutationFn: async ({ signal, sessions }: { signal: Signal; sessions: readonly Session[] }): Promise<SignalResult[]> => {
      const names = new Map(sessions.map((session) => [keyOf(session), nameOf(session)]))
      const backends = sessions.filter(isNameable).map(({ pid, backendStart }) => ({ pid, backendStart }))
      const results = await client.sessions[signal]({ environment, backends })
      return results.map((result) => ({ ...result, who: names.get(keyOf(result)) ?? `pid ${result.pid}` }))
    },
    onSettled: refresh,
  })
}

/** Frees the environment's database of everyone. */
export function useFree(environment: string) {
  const refresh = useRefresh(environment)
  return useMutation({ mutationFn: () => client.sessions.free({ environment }), onSettled: refresh })
}
