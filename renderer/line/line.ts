import { ORPCError } from '@orpc/client'
import { type Connection, type Link, Refused, type Transport } from './transport.ts'

export type LineState =
  | { readonly state: 'opening' }
  | { readonly state: 'open' }
  | { readonly state: 'lost' }
  | { readonly state: 'refused' }

/** What an operation fails with while there is no line to main. A command is not sent again: nobody knows whether it was done. */
export class LineLost extends ORPCError<'LOST', undefined> {
  constructor() {
    super('LOST', { message: 'The line to the console was lost. Whether this was done is not known; look before you try again.' })
  }
}

export interface Line {
  readonly link: Link
  current(): LineState
  subscribe(listener: () => void): () => void
  open(): void
  /** Cuts the wait before the next try short. */
  tryNow(): void
  fetchPage(address: string, signal?: AbortSignal): Promise<ArrayBuffer>
}

/** Milliseconds before try `n`, counted from 0: at once, then up to five seconds. */
export function backOff(n: number): number {
  return n === 0 ? 0 : Math.min(5000, 250 * 2 ** (n - 1))
}

/** Keeps one line to main open: the first call waits for it, a lost one is opened again. */
export function createLine(transport: Transport): Line {
  const listeners = new Set<() => void>()
  let state: LineState = { state: 'opening' }
  let connection: Connection | null = null
  let first = Promise.withResolvers<void>()
  let wake = () => {}

  const become = (next: LineState) => {
    state = next
    for (const listener of listeners) listener()
  }

  async function keep(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, backOff(attempt))
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      try {
        connection = await transport.connect()
      } catch (error) {
        if (error instanceof Refused) {
          become({ state: 'refused' })
          return
        }
        if (state.state !== 'lost') become({ state: 'lost' })
        continue
      }
      attempt = 0
      become({ state: 'open' })
      first.resolve()
      await connection.closed
      connection = null
      first = Promise.withResolvers()
      become({ state: 'lost' })
    }
  }

  const connected = async (): Promise<Connection> => {
    if (state.state === 'opening') await first.promise
    if (connection === null) throw new LineLost()
    return connection
  }

  return {
    link: {
      async call(path, input, options) {
        const used = await connected()
        const lost = (error: unknown) => (used === connection || options.signal?.aborted ? error : new LineLost())
        try {
          const output = await used.link.call(path, input, options)
          return isIterator(output) ? withLoss(output, lost) : output
        } catch (error) {
          throw lost(error)
        }
      },
    },
    current: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    open: () => void keep(),
    tryNow: () => wake(),
    async fetchPage(address, signal) {
      const answer = await transport.fetchPage(address, signal)
      if (!answer.ok) throw new ORPCError('GONE', { message: 'These rows were fetched before or have expired; run it again.' })
      return answer.arrayBuffer()
    },
  }
}

function isIterator(value: unknown): value is AsyncIterableIterator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

async function* withLoss(events: AsyncIterable<unknown>, lost: (error: unknown) => unknown): AsyncGenerator<unknown, void, void> {
  try {
    yield* events
  } catch (error) {
    throw lost(error)
  }
}
