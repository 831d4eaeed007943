import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder } from './folder.ts'
import { type Desktop, launchDesktop, withoutServers } from './launch.ts'

const folder = temporaryFolder()
let desktop: Desktop
let elsewhere: Server
/** What the other server was asked for: it must stay nothing. */
const asked: string[] = []

beforeAll(async () => {
  elsewhere = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.setHeader('Content-Type', 'text/html').end('<title>elsewhere</title>')
  })
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  desktop = await launchDesktop({ dataFolder: await folder.path, environment: withoutServers })
})
afterAll(async () => {
  await desktop?.kill()
  elsewhere.closeAllConnections()
  elsewhere.close()
  await folder.remove()
})

const there = (): string => `127.0.0.1:${(elsewhere.address() as AddressInfo).port}`

/** Main's view of the window: where it is, and how many there are. */
const state = () =>
  desktop.inMain(({ BrowserWindow }) => {
    const windows = BrowserWindow.getAllWindows()
    return { windows: windows.length, url: windows[0].webContents.getURL().replace(/#.*/, '') }
  })

const here = { windows: 1, url: 'app://basepair/' }
/** Time for a navigation to begin and a window to open, were they not refused. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 60))

/** Survives only as long as the document does. */
beforeEach(() => desktop.page.evaluate(() => Object.assign(window, { sameDocument: true })))
afterEach(async () => {
  expect(await desktop.page.evaluate(() => Reflect.get(window, 'sameDocument'))).toBe(true)
  expect(await state()).toEqual(here)
  expect(desktop.pages()).toHaveLength(1)
  expect(asked).toEqual([])
})

const addresses = [
  'http://HOST/',
  'http://HOST/app://basepair/',
  'http://app@HOST/',
  'http://app:basepair@HOST/',
  'http://basepair@HOST/',
  'http://HOST:PORT/',
  '//HOST/',
  'https://HOST/',
  'https://evil.example/',
  'https://basepair/',
  'https://app.basepair/',
  'https://basepair.evil.example/',
  'ws://HOST/',
  'wss://HOST/',
  'ftp://HOST/',
  'file:///etc/passwd',
  'file://HOST/etc/passwd',
  'file:///proc/self/environ',
  'filesystem:app://basepair/temporary/x',
  'view-source:http://HOST/',
  'view-source:app://basepair/',
  'app://evil/',
  'app://basepair.evil/',
  'app://evil.basepair/',
  'app://basepair@evil/',
  'app://evil@basepair.evil/',
  'app://basepair%2eevil/',
  'app:evil',
  'app:///basepair/',
  'App://EVIL/',
  'apps://basepair/',
  'data:text/html,<title>data</title>',
  'data:text/html;base64,PHRpdGxlPmRhdGE8L3RpdGxlPg==',
  'about:blank',
  'about:srcdoc',
  'javascript:document.title="run"',
  'JaVaScRiPt:document.title="run"',
  'chrome://version/',
  'chrome://settings/',
  'devtools://devtools/bundled/inspector.html',
  'chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/x.html',
  'mailto:someone@evil.example',
  'tel:+1',
  'smb://HOST/share',
  'vscode://file/etc/passwd',
  'ms-settings:',
  'intent://x#Intent;end',
]
const withHost = (address: string): string => address.replace('HOST:PORT', there()).replace('HOST', there())

describe('the page stays where it is', () => {
  test.each(addresses)('location = %s', async (address) => {
    await desktop.page.evaluate((url) => {
      try {
        location.href = url
      } catch {
        // Refused by the page itself.
      }
    }, withHost(address))
    await settle()
    expect(await desktop.page.title()).not.toBe('run')
  })

  test.each(addresses)('a followed link to %s', async (address) => {
    await desktop.page.evaluate((url) => {
      const link = document.createElement('a')
      link.setAttribute('href', url)
      document.body.append(link)
      link.click()
      link.remove()
    }, withHost(address))
    await settle()
  })

  test('a form that is sent', async () => {
    await desktop.page.evaluate((url) => {
      const form = document.createElement('form')
      form.setAttribute('action', url)
      form.method = 'post'
      document.body.append(form)
      form.submit()
      form.remove()
    }, withHost('http://HOST/'))
    await settle()
  })

  test('a refresh asked for by the document', async () => {
    await desktop.page.evaluate((url) => {
      const meta = document.createElement('meta')
      meta.httpEquiv = 'refresh'
      meta.content = `0; url=${url}`
      document.head.append(meta)
      meta.remove()
    }, withHost('http://HOST/'))
    await settle()
  })

  test('a blob of the page', async () => {
    await desktop.page.evaluate(() => {
      location.href = URL.createObjectURL(new Blob(['<title>blob</title>'], { type: 'text/html' }))
    })
    await settle()
  })
})

describe('no second window opens', () => {
  test.each(addresses.slice(0, 32))('window.open of %s', async (address) => {
    await desktop.page.evaluate((url) => {
      for (const [name, features] of [[], ['named', 'width=200,height=200'], ['_blank', 'noopener']]) {
        try {
          window.open(url, name, features)
        } catch {
          // No address in the page's own eyes.
        }
      }
    }, withHost(address))
    await settle()
  })

  test('a link with a target, clicked plainly, with the shift key, and with the middle button', async () => {
    await desktop.page.evaluate((url) => {
      const link = document.createElement('a')
      link.href = url
      link.target = '_blank'
      link.id = 'outside'
      link.textContent = 'outside'
      // Nonce-less styles are refused, but an object's style is not: on top of all else, to be clicked.
      Object.assign(link.style, { position: 'fixed', top: '0', left: '0', zIndex: '100000', background: 'white' })
      document.body.append(link)
    }, withHost('http://HOST/'))
    await desktop.page.click('#outside')
    await desktop.page.click('#outside', { modifiers: ['Shift'] })
    await desktop.page.click('#outside', { modifiers: ['ControlOrMeta'] })
    await desktop.page.click('#outside', { button: 'middle' })
    await settle()
    await desktop.page.evaluate(() => document.getElementById('outside')?.remove())
  })

  test('a webview stays an unknown element', async () => {
    const size = await desktop.page.evaluate((url) => {
      const view = document.createElement('webview')
      view.setAttribute('src', url)
      view.setAttribute('allowpopups', '')
      document.body.append(view)
      const kind = Object.prototype.toString.call(view)
      view.remove()
      return kind
    }, withHost('http://HOST/'))
    await settle()
    expect(size).toBe('[object HTMLElement]')
  })

  test('a webview that asks to be attached is refused', async () => {
    const prevented = await desktop.inMain(({ BrowserWindow }) => {
      const event = {
        defaultPrevented: false,
        preventDefault() {
          this.defaultPrevented = true
        },
      }
      BrowserWindow.getAllWindows()[0].webContents.emit('will-attach-webview', event, {}, {})
      return event.defaultPrevented
    })
    expect(prevented).toBe(true)
  })
})

test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('%s is refused by itself, but to our own page', async (name) => {
  const prevented = await desktop.inMain(
    ({ BrowserWindow }, { event: eventName, urls }) =>
      urls.map((url) => {
        const event = {
          url,
          isMainFrame: true,
          defaultPrevented: false,
          preventDefault() {
            this.defaultPrevented = true
          },
        }
        BrowserWindow.getAllWindows()[0].webContents.emit(eventName, event, url, false, true)
        return event.defaultPrevented
      }),
    { event: name, urls: ['https://evil.example/', 'app://basepair.evil/', 'app://x@basepair/', 'app://basepair/'] },
  )
  expect(prevented).toEqual([true, true, true, false])
})

test('nothing is loaded from a network', async () => {
  const cancelled = await desktop.page.evaluate(async (url) => {
    const seen = await fetch(url, { mode: 'no-cors' }).then(
      () => 'answered',
      () => 'refused',
    )
    return seen
  }, withHost('http://HOST/'))
  expect(cancelled).toBe('refused')
})
