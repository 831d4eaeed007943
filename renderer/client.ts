import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import { onlineManager, QueryClient, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { Contract } from '../preload/contract/index.ts'
import { chooseTransport } from './line/choose-transport.ts'
import { backOff, createLine, LineLost, type LineState } from './line/line.ts'

/** The one line of this page. */
export const line = createLine(chooseTransport())

/** Every operation of the contract as a typed function. */
export const client: ContractRouterClient<Contract> = createORPCClient(line.link)

/** Options and keys for TanStack Query: `useQuery(orpc.tables.list.queryOptions({ input: { environment } }))`. */
export const orpc = createTanstackQueryUtils(client)

/** Gets the bytes of one packed page; each address answers once. */
export const fetchPage = line.fetchPage

export function useLine(): LineState {
  return useSyncExternalStore(line.subscribe, line.current)
}

/** Queries wait while the line is lost and are asked again when it is back; commands fail at once and are never repeated. */
export function createQueryClient(): QueryClient {
  onlineManager.setEventListener((setOnline) => line.subscribe(() => setOnline(line.current().state !== 'lost')))
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (_count, error) => error instanceof LineLost,
        retryDelay: backOff,
        staleTime: 2000,
        refetchOnReconnect: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}

/** A stream of the contract, as `orpc` has it. */
interface StreamOperation<Input, Event> {
  call(input: Input, options: { signal: AbortSignal }): Promise<AsyncIterable<Event>>
  experimental_liveKey(options: { input: Input }): readonly unknown[]
}

/**
 * The latest value of a stream, shared by everyone who watches the same one: `useStream(orpc.lifecycle.watch, { environment })`.
 * Starts again after a lost line, and where main ends it; `data` keeps the last value meanwhile. With `enabled` false it is not asked for.
 */
export function useStream<Input, Event>(operation: StreamOperation<Input, Event>, input: Input, enabled = true): UseQueryResult<Event> {
  const key = operation.experimental_liveKey({ input })
  return useQuery<Event>({
    queryKey: key,
    queryFn: async ({ signal, client: cache }) => {
      for await (const event of await operation.call(input, { signal })) {
        if (signal.aborted) break
        cache.setQueryData(key, event)
      }
      throw new LineLost()
    },
    staleTime: 0,
    refetchOnWindowFocus: false,
    enabled,
  })
}

/**
 * Hands over every event of a stream, for those where each one counts. Starts again after a lost line; `onStart` is called each time
 * before the first event, to read anew what was missed.
 */
export function useEvents<Event>(
  start: (signal: AbortSignal) => Promise<AsyncIterable<Event>>,
  onEvent: (event: Event) => void,
  onStart?: () => void,
): void {
  const latest = useRef({ start, onEvent, onStart })
  latest.current = { start, onEvent, onStart }
  useEffect(() => {
    const controller = new AbortController()
    const follow = async () => {
      for (let attempt = 0; !controller.signal.aborted; attempt++) {
        try {
          const events = await latest.current.start(controller.signal)
          latest.current.onStart?.()
          for await (const event of events) {
            attempt = 0
            latest.current.onEvent(event)
          }
        } catch {
          // The stream brings no message of its own: the banner tells of a lost line, the list of what cannot be read.
        }
        await new Promise((resolve) => setTimeout(resolve, backOff(attempt + 1)))
      }
    }
    void follow()
    return () => controller.abort()
  }, [])
}
