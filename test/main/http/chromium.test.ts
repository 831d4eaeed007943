import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startBrowserServer, type TestBrowserServer } from '../../support/browser-server.ts'
import { launchChromium } from '../../support/chromium.ts'

/** What pages of other sites can do to browser mode from a real browser, with every secret in their hands. */

interface Secrets {
  readonly origin: string
  readonly token: string
  readonly bearer: string
  readonly window: string
}

let browser: Browser
let server: TestBrowserServer
let stranger: Server
let secrets: Secrets
let page: Page

beforeAll(async () => {
  browser = await launchChromium(['--host-resolver-rules=MAP evil.example 127.0.0.1'])
})
afterAll(() => browser?.close())

beforeEach(async () => {
  server = await startBrowserServer()
  server.pages.set('secret-rows', new TextEncoder().encode('rows of prod').buffer)
  const port = String(server.port)
  const bearer = await server.signIn()
  secrets = { origin: `http://127.0.0.1:${port}`, token: server.token, bearer, window: 'window-00000001' }
  // Another program's page, as any other port of this machine may serve one.
  stranger = createServer((_request, response) =>
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>stranger</title>'),
  ).listen(0, '127.0.0.1')
  await new Promise((resolve) => stranger.once('listening', resolve))
  page = await browser.newPage()
})
afterEach(async () => {
  await page.close()
  stranger.closeAllConnections()
  await new Promise((resolve) => stranger.close(resolve))
  await server[Symbol.asyncDispose]()
})

const strangerAt = (host: string) => `http://${host}:${(stranger.address() as AddressInfo).port}/`

/** Tries everything that a page may try, and gives what it could read, by what it tried. Runs in the page. */
async function attack({ origin, token, bearer, window: name }: Secrets): Promise<Record<string, string>> {
  const got: Record<string, string> = {}
  const read = async (what: string, path: string, init: RequestInit) => {
    const text = await fetch(`${origin}${path}`, init).then(
      async (answer) => (answer.ok ? await answer.text() : ''),
      () => '',
    )
    if (text !== '') got[what] = text
  }
  const credential = { authorization: `Bearer ${bearer}` }
  const body = JSON.stringify({ token })
  for (const mode of ['cors', 'no-cors', 'same-origin'] as const) {
    await read(`page, ${mode}`, '/', { mode })
    await read(`script, ${mode}`, '/assets/main-1a2b3c4d.js', { mode })
    await read(`rows, ${mode}`, '/pages/secret-rows', { mode, credentials: 'include' })
    await read(`session as text, ${mode}`, '/session', { mode, method: 'POST', body })
    await read(`session as form, ${mode}`, '/session', { mode, method: 'POST', body: new URLSearchParams({ token }) })
  }
  await read('rows with the bearer', '/pages/secret-rows', { headers: credential })
  await read('session', '/session', { method: 'POST', headers: { 'content-type': 'application/json', ...credential }, body })
  await read('anything', '/session', { method: 'DELETE', headers: credential })
  navigator.sendBeacon(`${origin}/session`, new Blob([body], { type: 'text/plain' }))

  const loaded = (what: string, element: HTMLElement) =>
    new Promise<void>((resolve) => {
      element.addEventListener('load', () => {
        got[what] = 'loaded'
        resolve()
      })
      element.addEventListener('error', () => resolve())
      document.body.append(element)
    })
  // Our own page may not even name one: its policy asks for Trusted Types.
  if (origin !== location.origin || location.hostname === 'evil.example')
    await loaded('a script element', Object.assign(document.createElement('script'), { src: `${origin}/assets/main-1a2b3c4d.js` }))
  await loaded('a picture', Object.assign(document.createElement('img'), { src: `${origin}/icon.svg` }))
  await loaded('a style', Object.assign(document.createElement('link'), { rel: 'stylesheet', href: `${origin}/assets/main-5e6f7a8b.css` }))

  await new Promise<void>((resolve) => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/line`)
    socket.addEventListener('open', () => socket.send(JSON.stringify({ bearer, window: name })))
    const answered = (event: MessageEvent) => {
      got['a line'] = String(event.data)
      socket.send(JSON.stringify({ i: '1', p: { u: '/items/change', b: { json: { by: 1 } } } }))
      resolve()
    }
    // Only the greeting is answered with a call; the answers to the call are not.
    socket.addEventListener('message', answered, { once: true })
    socket.addEventListener('close', () => resolve())
  })
  return got
}

/** The secrets are still unused: nothing that was sent did anything. */
async function expectUntouched(): Promise<void> {
  expect(server.witness.total).toBe(0)
  expect([...server.pages.keys()]).toEqual(['secret-rows'])
  const answer = await fetch(`${secrets.origin}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: secrets.origin },
    body: JSON.stringify({ token: secrets.token }),
  })
  expect(answer.status).toBe(200)
}

describe('our own page', () => {
  test('can do all that the others try', async () => {
    await page.goto(secrets.origin)
    await page.waitForFunction(() => document.title === 'started')
    const got = await page.evaluate(attack, secrets)
    expect(got).toMatchObject({
      'page, cors': expect.stringContaining('<!doctype html>'),
      'script, same-origin': expect.stringContaining('started'),
      'rows with the bearer': 'rows of prod',
      session: expect.stringContaining('bearer'),
      'a picture': 'loaded',
      'a style': 'loaded',
      'a line': 'ready',
    })
    await expect.poll(() => server.witness.total).toBe(1)
  })

  test('runs no script and shows no frame that is not its own', async () => {
    await page.goto(secrets.origin)
    const violations = await page.evaluate(async (from: string) => {
      const found: string[] = []
      document.addEventListener('securitypolicyviolation', (event) => found.push(event.effectiveDirective))
      const tries: (() => unknown)[] = [
        () => document.body.append(Object.assign(document.createElement('iframe'), { src: from })),
        () => document.body.append(Object.assign(document.createElement('img'), { src: `${from}x.png` })),
        () => fetch(from).catch(() => {}),
        () => document.body.append(Object.assign(document.createElement('style'), { textContent: 'body { color: red }' })),
        () => {
          document.body.innerHTML = '<img src=x onerror="document.title = \'run\'">'
        },
        () => {
          document.body.append(Object.assign(document.createElement('script'), { textContent: "document.title = 'run'" }))
        },
        () => document.head.append(Object.assign(document.createElement('base'), { href: from })),
      ]
      for (const attempt of tries) {
        try {
          await attempt()
        } catch (error) {
          found.push(error instanceof Error ? error.name : 'thrown')
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 300))
      return found
    }, strangerAt('127.0.0.1'))
    expect(await page.title()).not.toBe('run')
    for (const directive of ['frame-src', 'img-src', 'connect-src', 'style-src-elem', 'require-trusted-types-for', 'base-uri'])
      expect(violations).toContain(directive)
  })
})

describe('a rebound name', () => {
  test('shows nothing of the page', async () => {
    const answer = await page.goto(`http://evil.example:${server.port}/`).catch(() => null)
    expect(answer === null || answer.status() === 421).toBe(true)
    expect(await page.title()).not.toMatch(/Basepair|started/)
  })

  test('gives its page nothing, though the browser calls every request its own', async () => {
    // The page came from the attacker's address before the name was bound to this machine.
    await page.route(`http://evil.example:${server.port}/rebound`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>rebound</title>' }),
    )
    await page.goto(`http://evil.example:${server.port}/rebound`)
    expect(await page.evaluate(attack, { ...secrets, origin: `http://evil.example:${server.port}` })).toEqual({})
    await expectUntouched()
  })
})

describe.each(['127.0.0.1', 'localhost', 'evil.example'])('a page of another port, at %s,', (host) => {
  test('reads nothing and changes nothing', async () => {
    await page.goto(strangerAt(host))
    expect(await page.evaluate(attack, secrets)).toEqual({})
    expect(await page.evaluate(attack, { ...secrets, origin: secrets.origin.replace('127.0.0.1', 'localhost') })).toEqual({})
    await expectUntouched()
  })

  test('cannot send a form that opens a session', async () => {
    await page.goto(strangerAt(host))
    await page.evaluate(({ origin, token }) => {
      const form = Object.assign(document.createElement('form'), { action: `${origin}/session`, method: 'post', enctype: 'text/plain' })
      // As text, `{"token":"…","x":"=1"}`.
      form.append(Object.assign(document.createElement('input'), { name: `{"token":"${token}","x":"`, value: '1"}' }))
      document.body.append(form)
      form.submit()
    }, secrets)
    await page.waitForLoadState().catch(() => {})
    await expectUntouched()
  })

  test('cannot put it in a frame or hold on to its window', async () => {
    await page.goto(strangerAt(host))
    const framed = await page.evaluate(async ({ origin }) => {
      const frame = Object.assign(document.createElement('iframe'), { src: origin })
      document.body.append(frame)
      await new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
      return frame.contentWindow?.length ?? 0
    }, secrets)
    expect(framed).toBe(0)
    const shown = page.frames().filter((frame) => frame !== page.mainFrame())
    for (const frame of shown) expect(await frame.title().catch(() => '')).not.toMatch(/Basepair|started/)

    const opened = page.waitForEvent('popup')
    await page.evaluate(({ origin }) => {
      Object.assign(globalThis, { opened: globalThis.open(origin) })
    }, secrets)
    const popup = await opened
    await popup.waitForFunction(() => document.title === 'started')
    expect(await popup.evaluate(() => globalThis.opener)).toBeNull()
    await popup.close()
  })
})

test('the server sets no cookie, so that none can cross to another port', async () => {
  await page.goto(secrets.origin)
  await page.evaluate(attack, secrets)
  expect(await page.context().cookies()).toEqual([])
})
