import { randomBytes } from 'node:crypto'
import { protocol } from 'electron'
import { type Bundle, readBundle } from './http/bundle.ts'
import { contentSecurityPolicy, securityHeaders } from './http/headers.ts'

const scheme = 'app'
const host = 'basepair'

/** The origin of the console's own page, as Chromium writes it. */
export const appOrigin = `${scheme}://${host}`
export const appPage = `${appOrigin}/`

/** The path of one of our own addresses, or null. Parsed, because a prefix also fits `app://basepair.evil`. */
export function ownPath(address: string): string | null {
  const url = URL.parse(address)
  if (url === null || url.protocol !== `${scheme}:` || url.host !== host || url.username !== '' || url.password !== '') return null
  return url.pathname
}

/** Must run before the app is ready. Without `corsEnabled`: it would let other origins read, not keep them out. */
export function registerAppScheme(): void {
  // The page fetches its packed rows, which takes `supportFetchAPI`.
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }])
}

export interface AppSchemeOptions {
  /** Where the build put the page. */
  readonly bundleFolder: string
  /** Packed pages by their one-time address; null until the console is open. */
  readonly pages: () => { take(address: string): ArrayBuffer | null } | null
}

/** Answers the page's own scheme: the built files by exact name, and packed pages. All else is 404. */
export async function serveAppScheme(options: AppSchemeOptions): Promise<void> {
  const bundle = await readBundle(options.bundleFolder)
  protocol.handle(scheme, (request) => answer(request, bundle, options.pages))
}

const rows = /^\/pages\/([\w-]{1,100})$/

function answer(request: Request, bundle: Bundle, pages: AppSchemeOptions['pages']): Response {
  const path = ownPath(request.url)
  if (path === null || request.method !== 'GET' || !isOwnCaller(request)) return refuse()
  if (path === '/') {
    const nonce = randomBytes(18).toString('base64')
    return respond(bundle.index(nonce), 'text/html; charset=utf-8', contentSecurityPolicy({ nonce }))
  }
  const file = bundle.files.get(path)
  if (file !== undefined) return respond(file.body, file.type)
  const address = rows.exec(path)?.[1]
  const page = address === undefined ? null : (pages()?.take(address) ?? null)
  return page === null ? refuse() : respond(page, 'application/octet-stream')
}

/** False where another origin asks. A same-origin GET carries no `Origin`. */
function isOwnCaller(request: Request): boolean {
  const origin = request.headers.get('origin')
  const site = request.headers.get('sec-fetch-site')
  return (origin === null || origin === appOrigin) && (site === null || site === 'same-origin' || site === 'none')
}

const respond = (body: Buffer | ArrayBuffer, type: string, policy?: string): Response =>
  // A Buffer may be a view of a larger one; `Response` takes only its own bytes.
  new Response(new Uint8Array(body), { headers: { ...securityHeaders(policy), 'Content-Type': type } })

const refuse = (): Response => new Response(null, { status: 404, headers: securityHeaders() })
