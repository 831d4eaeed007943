import { once } from 'node:events'
import { type ClientLink, createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { WebSocket } from 'ws'
import type { seamContract } from './operations.ts'

export type SeamClient = ContractRouterClient<typeof seamContract>

export const createSeamClient = (link: ClientLink<Record<never, never>>): SeamClient => createORPCClient(link)

// The socket of `ws` can do what the link asks of the browser's, though its types say it in other words.
export const socketLink = (socket: WebSocket) => new RPCLink({ websocket: socket as unknown as globalThis.WebSocket })

/** A socket as the page opens it, once it heard `ready`. Fails with the close code where it is refused. */
export async function openSocket(url: string, greeting: unknown, origin: string = new URL(url).origin): Promise<WebSocket> {
  const websocket = new WebSocket(new URL('/line', url.replace('http', 'ws')), { origin })
  await once(websocket, 'open')
  websocket.send(typeof greeting === 'string' || Buffer.isBuffer(greeting) ? greeting : JSON.stringify(greeting))
  return new Promise((resolve, reject) => {
    websocket.once('message', (data) => {
      if (data.toString() === 'ready') resolve(websocket)
      else reject(new Error(`Heard ${data.toString()}`))
    })
    websocket.once('close', (code, reason) => reject(new Error(`${code} ${reason.toString()}`)))
  })
}
