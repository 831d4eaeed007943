import { RPCLink } from '@orpc/client/websocket'
import { Refused, type Transport } from './transport.ts'
import { windowName } from './window-name.ts'

const bearerKey = 'basepair.bearer'

/** Policy violation, and the private codes beside HTTP 401 and 403. */
const refusals = new Set([1008, 4401, 4403])

/** The page's own addresses begin with `#/`. */
function hasToken(): boolean {
  return location.hash.length > 1 && !location.hash.startsWith('#/')
}

/** Takes the one-time token out of the address, so that neither history nor a screenshot keeps it. */
function takeToken(): string | null {
  if (!hasToken()) return null
  const token = location.hash.slice(1)
  history.replaceState(null, '', location.pathname)
  return token
}

/** A new address pasted into an open page changes its fragment only: begin anew, before the router takes it for one of its own. */
function beginAnewWithToken(): void {
  window.addEventListener(
    'popstate',
    (event) => {
      if (!hasToken()) return
      event.stopImmediatePropagation()
      location.reload()
    },
    { capture: true },
  )
}

async function exchange(token: string): Promise<string | null> {
  const answer = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  if (!answer.ok) return null
  // The route's answer is fixed; anything else fails at the next step, where the bearer is checked.
  const { bearer } = (await answer.json()) as { bearer: string }
  localStorage.setItem(bearerKey, bearer)
  return bearer
}

function openSocket(bearer: string, name: string): Promise<WebSocket> {
  const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/line`)
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => socket.send(JSON.stringify({ bearer, window: name })), { once: true })
    socket.addEventListener('message', () => resolve(socket), { once: true })
    socket.addEventListener('close', (event) => reject(refusals.has(event.code) ? new Refused() : new Error('The line was closed.')), {
      once: true,
    })
  })
}

export function createBrowserTransport(): Transport {
  let token = takeToken()
  beginAnewWithToken()

  const bearer = async (): Promise<string> => {
    if (token !== null) {
      const unused = token
      const fresh = await exchange(unused)
      token = null
      if (fresh !== null) return fresh
    }
    const kept = localStorage.getItem(bearerKey)
    if (kept === null) throw new Refused()
    return kept
  }

  return {
    async connect() {
      const socket = await openSocket(await bearer(), await windowName())
      const closed = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve(), { once: true }))
      return { link: new RPCLink({ websocket: socket }), closed }
    },
    fetchPage: (address, signal) =>
      fetch(`/pages/${encodeURIComponent(address)}`, {
        headers: { authorization: `Bearer ${localStorage.getItem(bearerKey) ?? ''}` },
        ...(signal ? { signal } : {}),
      }),
  }
}
