import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { chromiumPath, chromiumSwitches } from '../support/chromium-switches.ts'

/** Parameters and results as Chromium's DevTools protocol has them; each reader picks the fields it needs. */
// biome-ignore lint/suspicious/noExplicitAny: the protocol is JSON whose shape depends on the method.
export type Json = any

/** One DevTools session: of the browser where `id` is undefined, otherwise of one target. */
export class Session extends EventEmitter {
  readonly id: string | undefined
  readonly #send: (method: string, parameters: object, session: string | undefined) => Promise<Json>

  constructor(id: string | undefined, send: (method: string, parameters: object, session: string | undefined) => Promise<Json>) {
    super()
    this.id = id
    this.#send = send
    this.setMaxListeners(50)
  }

  send(method: string, parameters: object = {}): Promise<Json> {
    return this.#send(method, parameters, this.id)
  }
}

/** A Chromium of our own, spoken to over the DevTools protocol with one socket for all its targets. */
export class Chromium {
  readonly browser: Session
  readonly endpoint: string
  readonly #process: ChildProcess
  readonly #socket: WebSocket
  readonly #sessions = new Map<string | undefined, Session>()
  readonly #waiting = new Map<number, { resolve(value: Json): void; reject(error: Error): void; method: string }>()
  #next = 1

  constructor(process: ChildProcess, socket: WebSocket, endpoint: string) {
    this.#process = process
    this.#socket = socket
    this.endpoint = endpoint
    this.browser = this.session(undefined)
    socket.on('message', (data) => this.#receive(JSON.parse(String(data))))
    socket.on('close', () => {
      for (const { reject, method } of this.#waiting.values()) reject(new Error(`${method}: Chromium is gone`))
      this.#waiting.clear()
      this.browser.emit('gone')
    })
  }

  session(id: string | undefined): Session {
    const known = this.#sessions.get(id)
    if (known) return known
    const session = new Session(id, (method, parameters, sessionId) => this.#send(method, parameters, sessionId))
    this.#sessions.set(id, session)
    return session
  }

  async close(): Promise<void> {
    const ended = this.#process.exitCode === null && this.#process.signalCode === null ? once(this.#process, 'exit') : undefined
    this.#socket.terminate()
    this.#process.kill('SIGTERM')
    await ended
  }

  #send(method: string, parameters: object, sessionId: string | undefined): Promise<Json> {
    const id = this.#next++
    return new Promise((resolve, reject) => {
      if (this.#socket.readyState !== WebSocket.OPEN) return reject(new Error(`${method}: Chromium is gone`))
      this.#waiting.set(id, { resolve, reject, method })
      this.#socket.send(JSON.stringify({ id, method, params: parameters, sessionId }))
    })
  }

  #receive(message: Json): void {
    if (message.id === undefined) {
      this.#sessions.get(message.sessionId)?.emit(message.method, message.params)
      return
    }
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (message.error) waiting?.reject(new Error(`${waiting.method}: ${message.error.message}`))
    else waiting?.resolve(message.result)
  }
}

/** Starts Debian's Chromium without a display, with its profile in `folder`. */
export async function startChromium(folder: string): Promise<Chromium> {
  const child = spawn(
    chromiumPath,
    [
      '--headless=new',
      '--remote-debugging-port=0',
      `--user-data-dir=${folder}`,
      '--no-startup-window',
      // `--no-sandbox` is among them: the stand-in proves nothing about the operating system's sandbox.
      ...chromiumSwitches,
      '--disable-dev-shm-usage',
      '--hide-scrollbars',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const endpoint = await new Promise<string>((resolve, reject) => {
    const said: string[] = []
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line)
      const found = /^DevTools listening on (ws:\S+)$/.exec(line)
      if (found?.[1]) resolve(found[1])
    })
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`Chromium ended with ${code}: ${said.slice(-5).join(' | ')}`)))
  })
  const socket = new WebSocket(endpoint, { perMessageDeflate: false, maxPayload: 1 << 30 })
  await once(socket, 'open')
  return new Chromium(child, socket, endpoint)
}
