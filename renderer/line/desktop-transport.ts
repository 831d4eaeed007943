import { RPCLink } from '@orpc/client/message-port'
import { type Host, lineChannel } from '../../preload/host.ts'
import type { Transport } from './transport.ts'

declare global {
  interface Window {
    /** Put there by the preload script; missing in a browser. */
    readonly basepair?: Host
  }
}

export function isDesktop(): boolean {
  return window.basepair !== undefined
}

export function createDesktopTransport(): Transport {
  return {
    async connect() {
      const { port1, port2 } = new MessageChannel()
      const closed = new Promise<void>((resolve) => port1.addEventListener('close', () => resolve(), { once: true }))
      const link = new RPCLink({ port: port1 })
      port1.start()
      window.postMessage(lineChannel, location.origin, [port2])
      return { link, closed }
    },
    fetchPage: (address, signal) => fetch(`/pages/${encodeURIComponent(address)}`, signal ? { signal } : {}),
  }
}
