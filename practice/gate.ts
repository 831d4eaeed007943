import { connect, createServer, type Socket } from 'node:net'
import { choosePort } from '../main/embedded/port.ts'
import { listenOnLoopback } from '../main/http/listen.ts'

export interface GateOptions {
  /** Tried in this order; where none is free, any is taken. */
  readonly ports: readonly number[]
  /** The port of the server behind, where a connection may pass now; null where the caller is to hear nothing. */
  readonly opening: () => number | null
}

/** What stands before an instance, as the network of AWS does. */
export interface Gate {
  readonly port: number
  /** The connections that passed and are still open. */
  connections(): number
  /** From now on nobody hears anything on the connections there are: the network under them is gone. */
  silence(): void
  /** Ends every connection. */
  cut(): void
  close(): Promise<void>
}

const limits = {
  /** What a caller may say before it is let in; a first packet is far shorter. */
  waitingBytes: 65_536,
  /** More callers than these are not kept waiting, but turned away. */
  waiting: 500,
  /** As a client repeats its first packet where nobody answered, a caller that waits is looked at again. */
  againMs: 1_000,
} as const

interface Waiting {
  readonly socket: Socket
  readonly said: Buffer[]
  length: number
  /** True while the server behind is called for it. */
  calling: boolean
}

/**
 * Opens the gate of an instance on loopback. Who may not pass is neither answered nor turned away, and passes when the way opens while it waits.
 * Fails with the system's error where no port can be had.
 */
export async function openGate(options: GateOptions): Promise<Gate> {
  const waiting = new Set<Waiting>()
  const passing = new Map<Socket, Socket>()
  const silenced = new Set<Socket>()
  let again: NodeJS.Timeout | undefined

  const lookAgain = (): void => {
    for (const one of waiting) tryToPass(one)
    if (waiting.size > 0) return
    clearInterval(again)
    again = undefined
  }

  const admit = (socket: Socket): void => {
    if (waiting.size >= limits.waiting) {
      socket.destroy()
      return
    }
    const one: Waiting = { socket, said: [], length: 0, calling: false }
    waiting.add(one)
    again ??= setInterval(lookAgain, limits.againMs)
    // Read on, because only who reads hears that the caller gave up.
    socket.on('data', (said: Buffer) => {
      one.length += said.length
      if (one.length > limits.waitingBytes) socket.destroy()
      else one.said.push(said)
    })
    // Without a listener, a connection that breaks would end the process.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => waiting.delete(one))
    tryToPass(one)
  }

  const tryToPass = (one: Waiting): void => {
    const port = one.calling ? null : options.opening()
    if (port === null) return
    one.calling = true
    const behind = connect({ host: '127.0.0.1', port, noDelay: true })
    behind.on('error', () => {
      // A server that is just coming up or going down: the caller waits.
      one.calling = false
      behind.destroy()
    })
    behind.on('connect', () => {
      one.calling = false
      if (options.opening() !== null && waiting.delete(one)) join(one, behind)
      else behind.destroy()
    })
  }

  const join = ({ socket, said }: Waiting, behind: Socket): void => {
    passing.set(socket, behind)
    behind.on('close', () => {
      if (passing.delete(socket)) socket.destroySoon()
    })
    socket.on('close', () => {
      if (passing.delete(socket)) behind.destroy()
    })
    socket.removeAllListeners('data')
    for (const part of said) behind.write(part)
    socket.pipe(behind)
    behind.pipe(socket)
  }

  const server = createServer({ noDelay: true }, admit)
  const port = await listenOnLoopback(server, await choosePort(options.ports))

  const cut = (): void => {
    for (const [socket, behind] of passing) {
      passing.delete(socket)
      socket.destroySoon()
      behind.destroy()
    }
  }
  return {
    port,
    connections: () => passing.size,
    silence() {
      for (const [socket, behind] of passing) {
        passing.delete(socket)
        behind.unpipe(socket)
        socket.unpipe(behind)
        behind.destroy()
        silenced.add(socket)
        socket.on('close', () => silenced.delete(socket))
        socket.resume()
      }
    },
    cut,
    close: () =>
      new Promise((resolve) => {
        clearInterval(again)
        cut()
        for (const { socket } of waiting) socket.destroy()
        for (const socket of silenced) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
