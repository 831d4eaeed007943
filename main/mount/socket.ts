import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { inspect } from 'node:util'
import { RPCHandler } from '@orpc/server/ws'
import { type MessageEvent, type WebSocket, WebSocketServer } from 'ws'
import * as z from 'zod'
import type { Caller } from '../environments/caller.ts'
import { incidentOptions, type Log, redact } from '../incidents.ts'

type AnyRouter = ConstructorParameters<typeof RPCHandler<Caller>>[0]

export interface SocketMountOptions {
  readonly router: AnyRouter
  /** The session of a bearer; null where it may not speak. */
  readonly session: (bearer: string) => { readonly id: string } | null
  readonly log: Log
  /** Answers a handshake that is no valid one, and hangs up. */
  readonly refuse: (socket: Duplex) => void
  /** Told when the last line of a window closed. */
  readonly left?: (window: string) => void
  /** Milliseconds for the first message, and between two looks at whether the peer is still there. */
  readonly greetingMs?: number
  readonly heartbeatMs?: number
}

export interface SocketMount {
  /** Takes over a handshake whose host, path and origin were checked already. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Closes every line, and with it the work begun on it. */
  close(): void
}

/** What the page sends first. `window` names the tab: unlocking belongs to it. */
const greeting = z.strictObject({ bearer: z.string().max(200), window: z.string().regex(/^[\w-]{8,64}$/) })

/** Close codes that the page tells apart: not authorised (do not try again), and something that is no message of the line. */
export const closeCodes = { unauthorised: 4401, malformed: 4400, leaving: 1001 } as const

/** A statement of five million characters, each of which may take six bytes in JSON. */
const largestMessage = 32 * 1024 * 1024
/** Above this many bytes on their way, answers wait until the reader took some: a stream is then not asked for more. */
const highWater = 1024 * 1024
/** With this many answers waiting, no further calls are read. */
const mostWaiting = 256
const mostStrangers = 32

/** The line of browser mode: a WebSocket that says who it is and then carries calls. Checks who may speak and nothing else. */
export function createSocketMount(options: SocketMountOptions): SocketMount {
  const { session, log } = options
  const handler = new RPCHandler<Caller>(options.router, incidentOptions(log))
  const server = new WebSocketServer({ noServer: true, clientTracking: true, maxPayload: largestMessage, perMessageDeflate: false })
  server.on('wsClientError', (_error, socket) => options.refuse(socket))
  const windows = new Map<string, number>()
  let strangers = 0

  function receive(socket: WebSocket): void {
    if (strangers >= mostStrangers) {
      socket.close(1013, 'Too many lines that have not said who they are.')
      return
    }
    strangers += 1
    const known = () => {
      strangers -= 1
      clearTimeout(patience)
      socket.off('message', hear).off('close', known)
    }
    const hear = (data: Buffer | ArrayBuffer | Buffer[], binary: boolean) => {
      known()
      const said = binary ? null : parseGreeting(data.toString())
      const who = said === null ? null : session(said.bearer)
      if (said === null || who === null) return socket.close(closeCodes.unauthorised, 'This page is not signed in to the console.')
      // Joined with the session, so that no page can pass for another browser's window.
      carry(socket, said.bearer, `${who.id}/${said.window}`)
      socket.send('ready')
    }
    const patience = setTimeout(
      () => socket.close(closeCodes.unauthorised, 'The first message did not come in time.'),
      options.greetingMs ?? 5000,
    )
    socket.on('message', hear).on('close', known)
    socket.on('error', (error) => log(`line: ${error.message}`))
  }

  function carry(socket: WebSocket, bearer: string, window: string): void {
    windows.set(window, (windows.get(window) ?? 0) + 1)
    const flow = createFlow(socket)
    const heartbeat = setInterval(() => {
      if (session(bearer) === null) return socket.close(closeCodes.unauthorised, 'The session is over.')
      if (!flow.alive()) return socket.terminate()
      socket.ping()
    }, options.heartbeatMs ?? 20_000)

    socket.on('close', () => {
      clearInterval(heartbeat)
      const left = (windows.get(window) ?? 1) - 1
      if (left > 0) windows.set(window, left)
      else {
        windows.delete(window)
        options.left?.(window)
      }
    })

    const line = {
      send: flow.send,
      addEventListener: (type: string, listener: (event: MessageEvent) => void) => {
        if (type !== 'message') return socket.addEventListener('close', listener as () => void)
        socket.addEventListener('message', (event) => {
          if (isMessage(event.data)) listener(event)
          else socket.close(closeCodes.malformed, 'That was no message of the line.')
        })
      },
    } as Pick<WebSocket, 'send' | 'addEventListener'> // `ws` overloads both; the handler uses them in this one way
    handler.upgrade(line, { context: { window } }).catch((error: unknown) => {
      log(`line: ${redact(inspect(error))}`)
      socket.terminate()
    })
  }

  return {
    upgrade: (request, socket, head) => server.handleUpgrade(request, socket, head, receive),
    close() {
      for (const socket of server.clients) {
        socket.close(closeCodes.leaving, 'Basepair is ending.')
        // A peer that does not answer the close must not hold up the end.
        setTimeout(() => socket.terminate(), 500).unref()
      }
      server.close()
    },
  }
}

function parseGreeting(text: string): z.infer<typeof greeting> | null {
  try {
    return greeting.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** A call, an event of a stream that the page sends, or the end of a call: `t` is missing, 3 or 4. */
const message = z.union([
  z.object({ i: z.string(), t: z.literal(1).optional(), p: z.object({ u: z.string().startsWith('/') }) }),
  z.object({ i: z.string(), t: z.literal(3), p: z.object({}) }),
  z.object({ i: z.string(), t: z.literal(4) }),
])

/** True for what our page can have sent. The rest must not reach a handler that would print its surprise. */
function isMessage(data: unknown): boolean {
  if (typeof data !== 'string') return false
  try {
    return message.safeParse(JSON.parse(data)).success
  } catch {
    return false
  }
}

/** Sends no faster than the peer reads, and knows whether it still does. */
function createFlow(socket: WebSocket) {
  let waiting = 0
  let heard = true
  const listen = () => {
    heard = true
  }
  socket.on('message', listen).on('pong', listen)
  return {
    async send(message: string): Promise<void> {
      if (socket.readyState !== socket.OPEN) return
      const sent = new Promise<void>((resolve) => {
        // The error of a closed line is told by its `close`.
        socket.send(message, () => {
          heard = true
          resolve()
        })
      })
      if (socket.bufferedAmount <= highWater) return
      waiting += 1
      if (waiting === mostWaiting) socket.pause()
      await sent
      if (waiting === mostWaiting) socket.resume()
      waiting -= 1
    },
    /** Whether anything was heard or taken since the last time this was asked. */
    alive(): boolean {
      const was = heard
      heard = false
      return was
    },
  }
}
