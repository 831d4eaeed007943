import { contextBridge, ipcRenderer } from 'electron'
import { type Host, lineChannel } from './host.ts'

/** Sandboxed and isolated: hands the page's message port to main, and tells the page where it runs. Nothing else crosses. */

window.addEventListener('message', (event) => {
  // Only the page's own window; a frame within it has another `source`.
  if (event.source !== window || event.origin !== location.origin || event.data !== lineChannel) return
  const [port] = event.ports
  if (port !== undefined) ipcRenderer.postMessage(lineChannel, null, [port])
})

const host: Host = { platform: process.platform }
contextBridge.exposeInMainWorld('basepair', host)
