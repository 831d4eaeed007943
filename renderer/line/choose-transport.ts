import { createBrowserTransport } from './browser-transport.ts'
import { createDesktopTransport, isDesktop } from './desktop-transport.ts'
import type { Transport } from './transport.ts'

/** The message port on the desktop, a WebSocket in a browser. */
export function chooseTransport(): Transport {
  return isDesktop() ? createDesktopTransport() : createBrowserTransport()
}
