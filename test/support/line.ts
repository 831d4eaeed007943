import { once } from 'node:events'
import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import type { EnvironmentState } from '../../preload/contract/environments.ts'
import type { Contract } from '../../preload/contract/index.ts'
import type { Action, Run } from '../../preload/contract/lifecycle.ts'
import type { RunEvent } from '../../preload/contract/query.ts'
import { type PackedPage, readPackedPage } from '../../renderer/ui/packed-reader.ts'
import { openSocket, socketLink } from '../seam/seam-client.ts'
import type { RunningConsole } from './console.ts'

export type Client = ContractRouterClient<Contract>

/** A signed-in window of a running console: the typed client on its real line, and the pages that are fetched beside it. */
export interface Line {
  readonly client: Client
  readonly bearer: string
  /** Fetches a packed page, as often as it is there. */
  page(address: string): Promise<PackedPage>
  /** Runs a text to its end and fetches its pages, as the page does. */
  query(environment: string, text: string): Promise<Answer>
  /** The first state of an environment that holds; waits for it. */
  until(environment: string, holds: (state: EnvironmentState) => boolean): Promise<EnvironmentState>
  /** Plans, types what the plan asks for, starts, and follows the run to its end. */
  run(environment: string, action: Action): Promise<Run>
  /** Follows the run under way until it is as asked, by default at its end. */
  follow(environment: string, holds?: (run: Run) => boolean): Promise<Run>
  close(): Promise<void>
}

export interface Answer {
  readonly events: readonly RunEvent[]
  readonly rows: readonly (readonly (string | null)[])[]
  readonly error: Extract<RunEvent, { event: 'error' }> | undefined
}

export const windowName = (window: number) => `window-${String(window).padStart(8, '0')}`

/** Exchanges the one-time token of a link; null where it is not taken. */
export async function signIn(link: string): Promise<string | null> {
  const url = new URL(link)
  const answer = await fetch(new URL('/session', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url.origin },
    body: JSON.stringify({ token: url.hash.slice(1) }),
  })
  return answer.ok ? ((await answer.json()) as { bearer: string }).bearer : null
}

/** Opens a window of a console; without a bearer it exchanges the printed link, which works once. */
export async function openLine(running: RunningConsole, window = 1, known?: string): Promise<Line> {
  const bearer = known ?? (await signIn(running.url))
  if (bearer === null) throw new Error('The link was used before')
  const { origin } = new URL(running.url)
  const socket = await openSocket(origin, { bearer, window: windowName(window) })
  const client: Client = createORPCClient(socketLink(socket))

  async function page(address: string): Promise<PackedPage> {
    const answer = await fetch(`${origin}/pages/${address}`, { headers: { authorization: `Bearer ${bearer}` } })
    if (!answer.ok) throw new Error(`The page was answered with ${answer.status}`)
    return readPackedPage(await answer.arrayBuffer())
  }

  async function first<T>(stream: AsyncIterable<T>, holds: (value: T) => boolean): Promise<T> {
    for await (const value of stream) if (holds(value)) return value
    throw new Error('The stream ended')
  }

  async function follow(environment: string, holds = (run: Run) => run.state !== 'running'): Promise<Run> {
    const found = await first(await client.lifecycle.watch({ environment }), (run) => run !== null && holds(run))
    if (found === null) throw new Error('There was no run')
    return found
  }

  return {
    client,
    bearer,
    page,
    follow,
    async query(environment, text) {
      const events: RunEvent[] = []
      const rows: (string | null)[][] = []
      for await (const event of await client.query.run({ environment, text })) {
        events.push(event)
        if (event.event === 'page') rows.push(...rowsOf(await page(event.page.address)))
      }
      return { events, rows, error: events.find((event) => event.event === 'error') }
    },
    async until(environment, holds) {
      const of = (states: readonly EnvironmentState[]) => states.find((state) => state.environment.id === environment && holds(state))
      const states = await first(await client.environments.watch(), (all) => of(all) !== undefined)
      return of(states) as EnvironmentState
    },
    async run(environment, action) {
      const { confirm } = await client.lifecycle.plan({ environment, action })
      const { id } = await client.lifecycle.start({ environment, action, confirm })
      return follow(environment, (run) => run.id === id && run.state !== 'running')
    },
    async close() {
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
}

/** The rows of a page as text. */
export const rowsOf = (page: PackedPage): (string | null)[][] =>
  Array.from({ length: page.rows }, (_, row) => Array.from({ length: page.columns }, (_, column) => page.value(row, column)))
