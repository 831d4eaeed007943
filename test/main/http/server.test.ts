import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createBrowserServer } from '../../../main/http/server.ts'
import { createSeamRouter } from '../../seam/operations.ts'
import { startBrowserServer, type TestBrowserServer, writeBundle } from '../../support/browser-server.ts'
import { type RawAnswer, RawClient, rawText } from '../../support/raw-http.ts'

let server: TestBrowserServer
let client: RawClient

beforeEach(async () => {
  server = await startBrowserServer({ requestMs: 500 })
  client = new RawClient(server.port)
})
afterEach(async () => {
  client.close()
  await server[Symbol.asyncDispose]()
})

const host = () => `127.0.0.1:${server.port}`
const get = (target: string, headers: readonly (readonly [string, string])[] = [], method = 'GET') =>
  client.send(rawText({ method, target, headers: [['Host', host()], ...headers] }))
const post = (body: string, type = 'application/json', more: readonly (readonly [string, string])[] = []) =>
  client.send(
    rawText({
      method: 'POST',
      target: '/session',
      headers: [['Host', host()], ['Origin', `http://${host()}`], ['Content-Type', type], ...more],
      body,
    }),
  )
const refused = (answer: RawAnswer, status: number) => {
  expect(answer.status).toBe(status)
  expect(answer.body.toString()).toBe('')
  expect(answer.headers.get('content-security-policy')?.[0]).toMatch(/^default-src 'none'/)
}

describe('the page', () => {
  test('is served with a fresh nonce in its text and its policy, and may connect to its own line', async () => {
    const nonces = new Set<string>()
    for (let time = 0; time < 3; time += 1) {
      const response = await fetch(server.url)
      const html = await response.text()
      const nonce = /content="([^"]+)"/.exec(html)?.[1] ?? ''
      const policy = response.headers.get('content-security-policy') ?? ''
      expect(html).not.toContain('__STYLE_NONCE__')
      expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`)
      expect(policy).toContain(`connect-src 'self' ws://${host()}`)
      expect(Buffer.from(nonce, 'base64')).toHaveLength(18)
      nonces.add(nonce)
    }
    expect(nonces).toHaveLength(3)
  })

  test('has its files with their type; those named by their content are kept by the browser', async () => {
    const script = await get('/assets/main-1a2b3c4d.js')
    expect(script.body.toString()).toContain('document.title')
    expect(script.headers.get('content-type')).toEqual(['text/javascript; charset=utf-8'])
    expect(script.headers.get('cache-control')).toEqual(['private, max-age=31536000, immutable'])
    const icon = await get('/icon.svg')
    expect(icon.headers.get('content-type')).toEqual(['image/svg+xml'])
    expect(icon.headers.get('cache-control')).toEqual(['no-store'])
  })

  test.each([
    '/index.html',
    '/?',
    '/?token=x',
    '/#x',
    '//',
    '/./',
    '/assets',
    '/assets/',
    '/assets/main-1a2b3c4d.js/',
    '/assets/main-1a2b3c4d.js?x=1',
    '/assets/main-1a2b3c4d.js.map',
    '/assets/main-1a2b3c4d.js%00.png',
    '/%61ssets/main-1a2b3c4d.js',
    '/ASSETS/main-1a2b3c4d.js',
    '/assets//main-1a2b3c4d.js',
    '/assets/../assets/main-1a2b3c4d.js',
    '/../package.json',
    '/assets/../../../../../../etc/passwd',
    '/assets/..%2f..%2f..%2fetc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/%252e%252e/etc/passwd',
    '/..\\..\\etc\\passwd',
    '/..%5c..%5cetc%5cpasswd',
    '/etc/passwd',
    '//etc/passwd',
    '/proc/self/environ',
    'http://evil.example/',
    '*',
    '/session?x',
    '/session/',
    '/pages',
    '/pages/',
    '/pages/a/b',
    '/pages/../session',
    '/pages/%61',
    '/line?bearer=x',
    '/line/',
    '/__proto__',
    '/constructor',
  ])('is not found under %s', async (target) => {
    const bearer = await server.signIn()
    refused(await get(target, [['Authorization', `Bearer ${bearer}`]]), 404)
  })

  test('is not given to another site: as a picture, a frame or a fetch; a link to it may be followed', async () => {
    const asked = (site: string, mode: string, destination: string, target = '/') =>
      get(target, [
        ['Sec-Fetch-Site', site],
        ['Sec-Fetch-Mode', mode],
        ['Sec-Fetch-Dest', destination],
      ])
    expect((await asked('none', 'navigate', 'document')).status).toBe(200)
    expect((await asked('cross-site', 'navigate', 'document')).status).toBe(200)
    expect((await asked('same-origin', 'cors', 'script', '/assets/main-1a2b3c4d.js')).status).toBe(200)
    for (const site of ['cross-site', 'same-site', 'anything']) {
      refused(await asked(site, 'no-cors', 'image'), 403)
      refused(await asked(site, 'cors', 'empty'), 403)
      refused(await asked(site, 'navigate', 'iframe'), 403)
      refused(await asked(site, 'no-cors', 'script', '/assets/main-1a2b3c4d.js'), 403)
      refused(await asked(site, 'navigate', 'document', '/icon.svg'), 403)
    }
  })
})

describe('the exchange', () => {
  test('gives a bearer of 256 bits for a token of 256 bits, once', async () => {
    expect(Buffer.from(server.token, 'base64url')).toHaveLength(32)
    const answer = await post(JSON.stringify({ token: server.token }))
    const { bearer } = JSON.parse(answer.body.toString()) as { bearer: string }
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toEqual(['no-store'])
    expect(Buffer.from(bearer, 'base64url')).toHaveLength(32)
    expect(bearer).not.toBe(server.token)
    refused(await post(JSON.stringify({ token: server.token })), 401)
  })

  test('makes whoever guesses wait, and says how long', async () => {
    const tries: RawAnswer[] = []
    for (let time = 0; time < 7; time += 1) tries.push(await post(JSON.stringify({ token: `wrong ${time}` })))
    expect(tries.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429, 429])
    expect(Number(tries[6]?.headers.get('retry-after')?.[0])).toBeGreaterThan(0)
  })

  test.each([
    ['no JSON', 'token', 400],
    ['an empty body', '', 400],
    ['no token', '{}', 400],
    ['a token that is no text', '{"token":["x"]}', 400],
    ['more than was asked', '{"token":"x","window":"y"}', 400],
    ['a list', '["token"]', 400],
  ])('refuses %s', async (_what, body, status) => refused(await post(body), status))

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json; charset=utf-16', ''])(
    'refuses the type %s, which a page may send elsewhere without being asked',
    async (type) => {
      refused(await post(JSON.stringify({ token: server.token }), type), 415)
      expect((await post(JSON.stringify({ token: server.token }))).status).toBe(200)
    },
  )

  test('refuses a body that is too large, announced or not, and hangs up', async () => {
    const large = await post(JSON.stringify({ token: 'x'.repeat(5000) }))
    refused(large, 413)
    expect(large.headers.get('connection')).toEqual(['close'])
    const head = `POST /session HTTP/1.1\r\nHost: ${host()}\r\nOrigin: http://${host()}\r\nContent-Type: application/json\r\n`
    const chunk = `400\r\n${'x'.repeat(1024)}\r\n`
    refused(await client.send(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`), 413)
  })

  test('refuses a body and headers that do not come', async () => {
    const head = `POST /session HTTP/1.1\r\nHost: ${host()}\r\nOrigin: http://${host()}\r\nContent-Type: application/json\r\n`
    refused(await client.send(`${head}Content-Length: 60\r\n\r\n{"token"`), 408)
    refused(await client.send(head), 408)
  })
})

describe('packed pages', () => {
  test('are given once, to a bearer', async () => {
    const bearer = await server.signIn()
    server.pages.set('address_1-x', new Uint8Array([1, 2, 3, 250]).buffer)
    refused(await get('/pages/address_1-x'), 401)
    const answer = await get('/pages/address_1-x', [['Authorization', `Bearer ${bearer}`]])
    expect([...answer.body]).toEqual([1, 2, 3, 250])
    expect(answer.headers.get('content-type')).toEqual(['application/octet-stream'])
    expect(answer.headers.get('cache-control')).toEqual(['no-store'])
    refused(await get('/pages/address_1-x', [['Authorization', `Bearer ${bearer}`]]), 404)
  })

  test('cross whole when they are large', async () => {
    const bearer = await server.signIn()
    const bytes = new Uint8Array(20_000_000).map((_, index) => index % 251)
    server.pages.set('large', bytes.buffer)
    const answer = await get('/pages/large', [['Authorization', `Bearer ${bearer}`]])
    expect(answer.body.equals(bytes)).toBe(true)
  })
})

describe('what is no proper request', () => {
  test.each([
    ['nonsense', 'HELLO\r\n\r\n', 400],
    ['another protocol', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
    ['two lengths', 'POST /session HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
    ['a length and chunks', 'POST /session HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`, 431],
    ['a tunnel', 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n', 405],
  ])('is refused: %s', async (_what, text, status) => refused(await client.send(text), status))

  test('a body that waits to be invited is not invited by a refusal', async () => {
    const head = 'POST /session HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 20\r\n'
    refused(await client.send(`${head}Expect: 100-continue\r\n\r\n`), 421)
    refused(await client.send(`GET / HTTP/1.1\r\nHost: ${host()}\r\nExpect: something\r\n\r\n`), 417)
  })

  test('a handshake that is none is refused without a word', async () => {
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
    refused(
      await client.send(`GET /line HTTP/1.1\r\nHost: ${host()}\r\nOrigin: http://${host()}\r\n${upgrade}Sec-WebSocket-Key: short\r\n\r\n`),
      400,
    )
  })
})

describe('the server', () => {
  test('listens on the loopback address alone', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((found) => found ?? [])
      .filter(({ address }) => address !== '127.0.0.1')
      .map(({ address, scopeid }) => (scopeid ? `${address}%${scopeid}` : address))
    for (const address of [...others, '127.0.0.2', '::1']) {
      const socket = connect({ host: address, port: server.port })
      await expect(once(socket, 'connect'), address).rejects.toThrow()
    }
  })

  test('fails with the name of the system where the port is taken', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'basepair-bundle-'))
    await writeBundle(folder)
    const options = { router: createSeamRouter(server.witness), pages: { take: () => null }, bundleFolder: folder, log: () => {} }
    await expect(createBrowserServer({ ...options, port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await rm(folder, { recursive: true })
  })

  test('says which file is missing where the page was not built', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'basepair-bundle-'))
    const options = { router: createSeamRouter(server.witness), pages: { take: () => null }, bundleFolder: folder, port: 0, log: () => {} }
    await expect(createBrowserServer(options)).rejects.toThrow(/index\.html is not there/)
    await rm(folder, { recursive: true })
  })

  test('serves no link out of its folder, no file of another kind and no source map', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'basepair-bundle-'))
    await writeBundle(folder)
    await writeFile(join(folder, 'assets', 'main-1a2b3c4d.js.map'), '{}')
    await writeFile(join(folder, '.env'), 'SECRET=1')
    await symlink('/etc/passwd', join(folder, 'link.txt'))
    await mkdir(join(folder, 'folder.js'))
    await using other = await startBrowserServer({ bundleFolder: folder })
    expect(
      other.routes
        .filter(({ name }) => name === 'file')
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(['/assets/main-1a2b3c4d.js', '/assets/main-5e6f7a8b.css', '/icon.svg'])
    await rm(folder, { recursive: true })
  })

  test('answers a defect with 500 and logs neither a header nor an address', async () => {
    let broken = false
    await using other = await startBrowserServer({
      now: () => {
        if (broken) throw new Error('the clock stands still')
        return Date.now()
      },
    })
    const bearer = await other.signIn()
    broken = true
    const raw = new RawClient(other.port)
    const common = [
      ['Host', `127.0.0.1:${other.port}`],
      ['Origin', `http://127.0.0.1:${other.port}`],
      ['Authorization', `Bearer ${bearer}`],
    ] as const
    const upgrade = [
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
    ] as const
    for (const request of [
      { method: 'GET', target: '/', headers: common },
      { method: 'GET', target: '/pages/canary-address', headers: common },
      { method: 'POST', target: '/session', headers: common, body: '{}' },
      { method: 'GET', target: '/line', headers: [...common, ...upgrade] },
    ])
      refused(await raw.send(rawText(request)), 500)
    raw.close()
    broken = false
    expect(other.logged.join('\n')).toContain('the clock stands still')
    expect(other.logged.join('\n')).not.toMatch(new RegExp(`${bearer}|canary-address`))
  })

  test('closes every connection and answers nothing more, however often it is asked to close', async () => {
    await get('/')
    const idle = connect({ host: '127.0.0.1', port: server.port })
    await once(idle, 'connect')
    const gone = once(idle, 'close')
    await Promise.all([server.close(), server.close()])
    await gone
    await expect(fetch(server.url)).rejects.toThrow()
  })
})
