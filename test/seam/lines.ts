import { EventEmitter, once } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { ipcMain } from 'electron'
import { mountMessagePort } from '../../main/mount/message-port.ts'
import { lineChannel } from '../../preload/host.ts'
import type { Connection } from '../../renderer/line/transport.ts'
import { startBrowserServer } from '../support/browser-server.ts'
import { createSeamRouter, newWitness, type Witness } from './operations.ts'
import { createSeamClient, openSocket, type SeamClient, socketLink } from './seam-client.ts'

/** A page with its line to main. */
export interface Page extends Connection {
  readonly client: SeamClient
  /** Ends the line without a word, as a killed page or a broken network does. */
  cut(): void
}

/** Main with one kind of line to it. */
export interface Seam extends AsyncDisposable {
  readonly witness: Witness
  readonly logged: readonly string[]
  /** Opens a page; the same window again is a reload. */
  open(window: number): Promise<Page>
  /** Changes the total without being one of the console's own pages, in each way there is; every one must fail. */
  readonly strangers: Readonly<Record<string, () => Promise<unknown>>>
}

export interface LineKind {
  readonly name: string
  start(): Promise<Seam>
}

const windowName = (window: number) => `window-${String(window).padStart(8, '0')}`
const aCall = JSON.stringify({ i: '1', p: { u: '/items/change', b: { json: { by: 1 } } } })

const socketLine: LineKind = {
  name: 'WebSocket',
  async start() {
    const server = await startBrowserServer()
    const bearer = await server.signIn()
    const window = windowName(9)
    const greet = (greeting: unknown, origin?: string) => async () => {
      const websocket = await openSocket(server.url, greeting, origin)
      await createSeamClient(socketLink(websocket)).items.change({ by: 1 })
    }
    return {
      witness: server.witness,
      logged: server.logged,
      async open(number) {
        const websocket = await openSocket(server.url, { bearer, window: windowName(number) })
        const link = socketLink(websocket)
        return { client: createSeamClient(link), link, cut: () => websocket.terminate(), closed: once(websocket, 'close').then(() => {}) }
      },
      strangers: {
        'a call as first message': greet(aCall),
        'no bearer': greet({ window }),
        'an empty bearer': greet({ bearer: '', window }),
        'a wrong bearer': greet({ bearer: 'A'.repeat(43), window }),
        'the bearer in another type': greet({ bearer: [bearer], window }),
        'a one-time token as bearer': greet({ bearer: server.token, window }),
        'the bearer with a prefix': greet({ bearer: `Bearer ${bearer}`, window }),
        'the bearer and more than was asked': greet({ bearer, window, admin: true }),
        'no window': greet({ bearer }),
        'a window that is no name': greet({ bearer, window: '../../x' }),
        'something that is no JSON': greet(`${bearer}`),
        'a binary first message': greet(Buffer.from(JSON.stringify({ bearer, window }))),
        'another origin': greet({ bearer, window }, 'https://evil.example'),
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  },
}

const ownPage = 'app://basepair/'

/** The desktop's mount as it is; the channel over which Electron hands it a port is a plain emitter here. */
const portLine: LineKind = {
  name: 'message port',
  async start() {
    const witness = newWitness()
    const logged: string[] = []
    const mount = mountMessagePort({
      router: createSeamRouter(witness),
      isOurPage: (event) => event.senderFrame?.url === ownPage,
      log: (entry) => logged.push(entry),
    })
    const ports = new Set<MessagePort>()
    const senders = new Map<number, EventEmitter>()
    const senderOf = (id: number) => {
      const sender = senders.get(id) ?? Object.assign(new EventEmitter(), { id })
      senders.set(id, sender)
      return sender
    }
    const open = (window: number, url: string): Page => {
      const { port1, port2 } = new MessageChannel()
      ports.add(port2)
      const sender = senderOf(window)
      // What Electron tells of a window whose page is loaded anew, before the new page can speak.
      sender.emit('did-navigate')
      ipcMain.emit(lineChannel, { ports: [mainPort(port1)], sender, senderFrame: { url } })
      const link = new PortLink({ port: port2 })
      port2.start()
      return { client: createSeamClient(link), link, cut: () => port2.close(), closed: once(port2, 'close').then(() => {}) }
    }
    const stranger = (url: string) => () => open(9, url).client.items.change({ by: 1 })
    return {
      witness,
      logged,
      open: async (window) => open(window, ownPage),
      strangers: {
        'another site': stranger('https://evil.example/'),
        'a name that begins like ours': stranger('app://basepair.evil/'),
        'our address in the path': stranger(`app://evil/${ownPage}`),
      },
      async [Symbol.asyncDispose]() {
        mount.close()
        for (const port of ports) port.close()
      },
    }
  },
}

/** Main's end as Electron has it: an emitter whose messages are events, and wait until it is started. */
function mainPort(port: MessagePort) {
  const main = Object.assign(new EventEmitter(), {
    start: () => {
      port.on('message', (data: unknown) => main.emit('message', { data, ports: [] }))
    },
    postMessage: (message: unknown) => port.postMessage(message),
    close: () => port.close(),
  })
  port.on('close', () => main.emit('close'))
  return main
}

export const lineKinds: readonly LineKind[] = [socketLine, portLine]
