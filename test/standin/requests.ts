import type { Session as Devtools, Json } from './cdp.ts'
import { isRegistered, toApp } from './scheme-map.ts'
import type { Session } from './session.ts'

/** What a page decides about its own navigations; `false` refuses. */
export interface NavigationRules {
  allows(url: string, frameId: string, redirected: boolean): boolean
}

/** Answers what a page asks for: addresses of the app's scheme from its handler, everything else from the network if `webRequest` lets it. */
export async function answerRequests(devtools: Devtools, session: Session, rules: NavigationRules): Promise<void> {
  devtools.on('Fetch.requestPaused', (event: Json) => {
    answer(devtools, session, rules, event).catch((error: unknown) => {
      // The page may be gone by now, and its request with it.
      if (!/gone|Invalid InterceptionId|Session with given id/.test(String(error))) throw error
    })
  })
  await devtools.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] })
}

async function answer(devtools: Devtools, session: Session, rules: NavigationRules, event: Json): Promise<void> {
  const { requestId, request, resourceType, frameId, redirectedRequestId } = event
  const refuse = (errorReason: string): Promise<Json> => devtools.send('Fetch.failRequest', { requestId, errorReason })
  const url = toApp(request.url + (request.urlFragment ?? ''))
  if (resourceType === 'Document' && !rules.allows(url, frameId, redirectedRequestId !== undefined)) return void (await refuse('Aborted'))
  if (await session.webRequest.cancels(url, resourceType)) return void (await refuse('BlockedByClient'))

  const scheme = url.slice(0, url.indexOf(':'))
  if (!isRegistered(scheme)) return void (await devtools.send('Fetch.continueRequest', { requestId }))
  const handler = session.protocol.handlerOf(scheme)
  if (!handler) return void (await refuse('Failed'))

  const body = request.hasPostData ? (request.postData ?? '') : undefined
  const [plain] = url.split('#')
  const asked = new Request(plain ?? url, {
    method: request.method,
    headers: ownNames(request.headers),
    ...(body === undefined ? {} : { body }),
  })
  try {
    const response = await handler(asked)
    await devtools.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: response.status,
      responseHeaders: [...response.headers].map(([name, value]) => ({ name, value })),
      body: Buffer.from(await response.arrayBuffer()).toString('base64'),
    })
  } catch (error) {
    process.stderr.write(`protocol handler failed for ${url}: ${error instanceof Error ? error.stack : String(error)}\n`)
    await refuse('Failed')
  }
}

/** Headers that name the page's origin, in the app's own terms. */
function ownNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, /^(origin|referer)$/i.test(name) ? toApp(value) : value]))
}
