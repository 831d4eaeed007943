import type { Bundle } from './bundle.ts'

/** What a route asks of its caller, beyond a known host: nothing, one of our own pages, or a bearer. */
export type Needs = 'nothing' | 'own page' | 'bearer'

/** One thing that the server answers. Whatever no route names is refused. */
export interface Route {
  readonly name: 'page' | 'file' | 'session' | 'rows' | 'line'
  readonly method: 'GET' | 'POST'
  /** The whole path as the request line holds it; `/pages/` stands for one address behind it. */
  readonly path: string
  readonly needs: Needs
  /** Answers only a WebSocket handshake. */
  readonly upgrade: boolean
}

export interface RouteTable {
  readonly routes: readonly Route[]
  /** Finds by the request line's target, unaltered: a query, an encoded or an absolute form matches nothing. */
  find(target: string): Route | null
}

const rowsPath = '/pages/'
const rowsTarget = /^\/pages\/[\w-]{1,100}$/

/** The address behind `/pages/` in a target that matched the route `rows`. */
export const rowsAddress = (target: string): string => target.slice(rowsPath.length)

/** The closed table: the page, each file of its bundle, the exchange of a one-time token, packed pages and the line. */
export function createRouteTable(bundle: Bundle): RouteTable {
  const routes: readonly Route[] = [
    { name: 'page', method: 'GET', path: '/', needs: 'nothing', upgrade: false },
    ...[...bundle.files.keys()].map((path): Route => ({ name: 'file', method: 'GET', path, needs: 'nothing', upgrade: false })),
    { name: 'session', method: 'POST', path: '/session', needs: 'own page', upgrade: false },
    { name: 'rows', method: 'GET', path: rowsPath, needs: 'bearer', upgrade: false },
    // Its bearer comes as the first message, because a page can send no header with a WebSocket.
    { name: 'line', method: 'GET', path: '/line', needs: 'own page', upgrade: true },
  ]
  const byPath = new Map(routes.map((route) => [route.path, route]))
  return { routes, find: (target) => byPath.get(rowsTarget.test(target) ? rowsPath : target) ?? null }
}
