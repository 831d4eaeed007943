import { RPCHandler } from '@orpc/server/message-port'
import { type IpcMainEvent, ipcMain, type MessagePortMain, type WebContents } from 'electron'
import { Failure } from '../../preload/contract/errors.ts'
import { lineChannel } from '../../preload/host.ts'
import type { Caller } from '../environments/caller.ts'
import { incidentOptions, type Log } from '../incidents.ts'

type AnyRouter = ConstructorParameters<typeof RPCHandler<Caller>>[0]

export interface MessagePortMountOptions {
  /** May still be on its way: what the page asks meanwhile waits in its port. */
  readonly router: AnyRouter | Promise<AnyRouter>
  /** Whether this came from the top frame of one of our own windows, showing our own page. */
  readonly isOurPage: (event: IpcMainEvent) => boolean
  readonly log: Log
  /** Told when the line of a window closed. */
  readonly left?: (window: string) => void
}

export interface MessagePortMount {
  /** Closes every line, and with it the work begun on it. */
  close(): void
}

/** The line of the desktop: the one port that the page hands over. Checks who may speak and nothing else. */
export function mountMessagePort(options: MessagePortMountOptions): MessagePortMount {
  const { isOurPage, log, left } = options
  const router = Promise.resolve(options.router)
  const handler = router.then((known) => new RPCHandler<Caller>(known, incidentOptions(log)))
  // Whoever composes the router tells of its failure; here nobody waits for it but the calls.
  handler.catch(() => {})
  const lines = new Map<string, MessagePortMain>()

  // A refused caller learns of it from each of its calls, in the words of the contract.
  const refuse = (port: MessagePortMain, why: string): void => {
    const refusal = () => {
      throw new Failure('UNTRUSTED', why)
    }
    new RPCHandler<Caller>({}, { interceptors: [refusal] }).upgrade(
      onlyCalls(port, () => port.close()),
      { context: { window: 'refused' } },
    )
    port.start()
  }

  const receive = (event: IpcMainEvent): void => {
    // At once and not later: the frame of an event is null as soon as it shows another document.
    const ours = isOurPage(event)
    const [port, ...others] = event.ports
    for (const other of others) other.close()
    if (port === undefined) {
      log('line: a frame asked for a line without a port.')
      return
    }
    const window = `desktop-${event.sender.id}`
    if (!ours) {
      log("line: refused to a frame that is not the console's own page.")
      refuse(port, "Only the console's own page may speak to it.")
    } else if (lines.has(window)) refuse(port, 'This window has its line already.')
    else carry(port, window, event.sender)
  }

  const carry = (port: MessagePortMain, window: string, contents: WebContents): void => {
    lines.set(window, port)
    // Once, whichever comes first: the page closes its end, or another document takes its place.
    const end = (): void => {
      if (lines.get(window) !== port) return
      lines.delete(window)
      contents.off('did-navigate', end)
      port.close()
      // A port tells of its other end's close only, and the calls under way are to end with ours too.
      port.emit('close')
      left?.(window)
    }
    const malformed = (): void => {
      log('line: closed, because what arrived was no message of the line.')
      end()
    }
    port.on('close', end)
    contents.on('did-navigate', end)
    handler.then((ready) => {
      ready.upgrade(onlyCalls(port, malformed), { context: { window } })
      port.start()
    }, end)
  }

  ipcMain.on(lineChannel, receive)
  return {
    close() {
      ipcMain.off(lineChannel, receive)
      for (const port of [...lines.values()]) port.emit('close')
    },
  }
}

/** The port as the handler uses it, without what is no message of the line: our page sends JSON objects as text and nothing else. */
function onlyCalls(port: MessagePortMain, malformed: () => void): Pick<MessagePortMain, 'postMessage' | 'on'> {
  const on = (type: string, listener: (event: { readonly data: unknown }) => void): MessagePortMain =>
    type === 'message'
      ? port.on('message', (event) => {
          if (isCall(event.data)) listener(event)
          else malformed()
        })
      : port.on('close', () => listener({ data: undefined }))
  // Electron overloads `on` by event; the handler uses it in this one way.
  return { postMessage: (message) => port.postMessage(message), on: on as MessagePortMain['on'] }
}

function isCall(data: unknown): boolean {
  if (typeof data !== 'string') return false
  try {
    const message: unknown = JSON.parse(data)
    return typeof message === 'object' && message !== null && !Array.isArray(message)
  } catch {
    return false
  }
}
