import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from './folder.ts'
import { type Desktop, launchDesktop, withoutServers } from './launch.ts'

const folder = temporaryFolder()
let desktop: Desktop

beforeAll(async () => {
  desktop = await launchDesktop({ dataFolder: await folder.path, environment: withoutServers })
  await desktop.page.getByRole('radiogroup', { name: 'Environment' }).waitFor()
})
afterAll(async () => {
  await desktop?.kill()
  await folder.remove()
})

const call = JSON.stringify({ i: '1', p: { u: '/settings/read', b: {} } })

/** Hands a port of one's own to the preload script as the page does, calls, and gives the answer. */
const callOverNewPort = (greeting: unknown, message: unknown = call) =>
  desktop.page.evaluate(
    async ({ hello, said }) => {
      const { port1, port2 } = new MessageChannel()
      const answer = new Promise<string>((resolve) => {
        port1.onmessage = ({ data }) => resolve(String(data))
        port1.addEventListener('close', () => resolve('closed'))
        setTimeout(() => resolve('silence'), 500)
      })
      window.postMessage(hello, location.origin, [port2])
      port1.postMessage(said)
      return answer
    },
    { hello: greeting, said: message },
  )

/** Sends main what an `ipcRenderer` elsewhere would send, and gives what comes back over the port. */
const callAs = (sender: 'foreign frame' | 'child frame' | 'null frame' | 'another window' | 'our own frame') =>
  desktop.inMain(
    ({ ipcMain, BrowserWindow }, { who, said }: { who: string; said: string }) => {
      const contents = BrowserWindow.getAllWindows()[0].webContents
      const own = contents.mainFrame
      const frames: Record<string, unknown> = {
        'foreign frame': { parent: null, origin: 'https://evil.example', url: 'https://evil.example/' },
        'child frame': { parent: own, origin: own.origin, url: own.url },
        'null frame': null,
        'another window': own,
        'our own frame': own,
      }
      const listeners: Record<string, ((event: unknown) => void)[]> = {}
      const heard: unknown[] = []
      const port = {
        on(event: string, listener: (event: unknown) => void) {
          listeners[event] = [...(listeners[event] ?? []), listener]
          return port
        },
        start() {
          for (const listener of listeners['message'] ?? []) listener({ data: said, ports: [] })
        },
        postMessage: (message: unknown) => heard.push(message),
        close: () => heard.push('closed'),
        emit: () => true,
      }
      const sender = who === 'another window' ? { id: 999, on: () => sender, off: () => sender } : contents
      ipcMain.emit('basepair:line', { senderFrame: frames[who], sender, ports: [port] })
      return new Promise((resolve) => setTimeout(() => resolve(JSON.stringify(heard)), 200))
    },
    { who: sender, said: call },
  )

describe('the line', () => {
  test.each(['foreign frame', 'child frame', 'null frame', 'another window'] as const)('is refused to: %s', async (sender) => {
    const answer = String(await callAs(sender))
    expect(answer).toContain('UNTRUSTED')
    expect(answer).toContain("Only the console's own page may speak to it.")
  })

  test('is one for each window: a second port is refused, and its caller told', async () => {
    const answer = await callOverNewPort('basepair:line')
    expect(answer).toContain('UNTRUSTED')
    expect(answer).toContain('This window has its line already')
  })

  test.each([
    ['another word', 'basepair:other'],
    ['an object', { line: true }],
    ['nothing', null],
  ])('is not opened by %s', async (_name, greeting) => {
    expect(await callOverNewPort(greeting)).toBe('silence')
  })

  test('is the same after the page is loaded anew, and the old one is gone', async () => {
    await desktop.page.reload()
    await desktop.page.getByRole('radiogroup', { name: 'Environment' }).waitFor()
    expect(await callOverNewPort('basepair:line')).toContain('UNTRUSTED')
  })

  test('no frame within the page can take it, and it has nothing from the preload script', async () => {
    await desktop.page.evaluate(() => {
      document.body.append(Object.assign(document.createElement('iframe'), { name: 'within' }))
    })
    const frame = desktop.page.frame({ name: 'within' })
    // Empty, it has the page's own origin: only the sender tells it from the page.
    const outcome = await frame?.evaluate(async (said) => {
      const { port1, port2 } = new MessageChannel()
      const answer = new Promise<string>((resolve) => {
        port1.onmessage = ({ data }) => resolve(String(data))
        setTimeout(() => resolve('silence'), 400)
      })
      port1.postMessage(said)
      parent.postMessage('basepair:line', '*', [port2])
      return { heard: await answer, exposed: 'basepair' in globalThis }
    }, call)
    await desktop.page.evaluate(() => document.querySelector('iframe[name=within]')?.remove())
    expect(outcome).toEqual({ heard: 'silence', exposed: false })
  })
})

describe('the app scheme', () => {
  const status = (path: string) =>
    desktop.page.evaluate(async (url) => {
      const request = new XMLHttpRequest()
      request.open('GET', url, false)
      request.send()
      return request.status
    }, path)

  test.each([
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '/%2e%2e%2fpackage.json',
    '/..%5cpackage.json',
    '/%5c..%5cpackage.json',
    '/assets/..%2f..%2fmain%2fdesktop.js',
    '/assets/%2e%2e/%2e%2e/main/desktop.js',
    '/....//package.json',
    '/%252e%252e%252fpackage.json',
    '/%c0%ae%c0%ae/package.json',
    '/etc/passwd',
    '/.//etc/passwd',
    '/%2fetc%2fpasswd',
    '/file:///etc/passwd',
    '/C:%5cWindows%5cwin.ini',
    '/index.html%00',
    '/index.html%00.js',
    '/%00',
    '/index.html',
    '/INDEX.HTML',
    '/main.tsx',
    '/assets',
    '/assets/',
    '/assets/.',
    '/index.html.map',
    '/assets/index.js.map',
    '/package.json',
    '/.git/config',
    '/constructor',
    '/__proto__',
    '/toString',
    '/pages/',
    '/pages/x',
    '/pages/../package.json',
    '/pages/%2e%2e%2fpackage.json',
    '/pages/constructor',
    `/pages/${'A'.repeat(200)}`,
  ])('answers 404 to %s', async (path) => {
    expect(await status(path)).toBe(404)
  })

  test('answers only GET', async () => {
    const statuses = await desktop.page.evaluate(() =>
      Promise.all(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'].map(async (method) => (await fetch('/', { method })).status)),
    )
    expect(new Set(statuses)).toEqual(new Set([404]))
  })

  test('sends the security headers with the page, its files and refusals', async () => {
    const policies = await desktop.page.evaluate(async () => {
      const script = document.querySelector<HTMLScriptElement>('script[src]')?.src ?? ''
      const answers = await Promise.all(['/', script, '/nothing'].map((url) => fetch(url)))
      return answers.map(({ headers }) => [
        headers.get('Content-Security-Policy')?.includes("default-src 'none'"),
        headers.get('X-Content-Type-Options'),
        headers.get('Access-Control-Allow-Origin'),
      ])
    })
    expect(policies).toEqual(Array(3).fill([true, 'nosniff', null]))
  })

  test('gives each answer of the page a nonce of its own', async () => {
    const nonces = await desktop.page.evaluate(async () => {
      const read = async () => /nonce-([^']+)'/.exec((await fetch('/')).headers.get('Content-Security-Policy') ?? '')?.[1]
      return [await read(), await read()]
    })
    expect(nonces[0]).toBeTruthy()
    expect(nonces[0]).not.toBe(nonces[1])
  })
})
