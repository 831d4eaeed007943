import type { Chromium } from './cdp.ts'
import type { Running } from './running.ts'
import { isRegistered, toPage } from './scheme-map.ts'
import { requireKnown } from './strict.ts'
import type { WebContents } from './web-contents.ts'

type Handler = (request: Request) => Response | Promise<Response>
type PermissionRequest = (contents: WebContents, permission: string, callback: (granted: boolean) => void, details: object) => void
type PermissionCheck = (contents: WebContents | null, permission: string, origin: string, details: object) => boolean
type DeviceCheck = (details: object) => boolean
type DisplayMedia = (request: object, callback: (streams: object | null) => void) => void
type RequestDetails = { readonly url: string; readonly resourceType: string }

/** Electron's names of permissions beside those of the DevTools protocol, where the two have the same thing. */
const permissions: Readonly<Record<string, string>> = {
  geolocation: 'geolocation',
  notifications: 'notifications',
  midi: 'midi',
  'clipboard-read': 'clipboard-read',
  'clipboard-sanitized-write': 'clipboard-write',
  'background-sync': 'background-sync',
  'persistent-storage': 'persistent-storage',
  'screen-wake-lock': 'screen-wake-lock',
  'idle-detection': 'idle-detection',
  'local-fonts': 'local-fonts',
  'window-management': 'window-management',
  'storage-access': 'storage-access',
  sensors: 'accelerometer',
  'display-capture': 'display-capture',
  keyboardLock: 'keyboard-lock',
  pointerLock: 'pointer-lock',
  'local-network-access': 'local-network-access',
}

class Protocol {
  readonly #handlers = new Map<string, Handler>()

  handle(scheme: string, handler: Handler): void {
    if (!isRegistered(scheme)) throw new Error(`The stand-in serves only registered schemes, not ${scheme}`)
    if (this.#handlers.has(scheme)) throw new Error(`The scheme ${scheme} has a handler already`)
    this.#handlers.set(scheme, handler)
  }

  unhandle(scheme: string): void {
    this.#handlers.delete(scheme)
  }

  isProtocolHandled(scheme: string): boolean {
    return this.#handlers.has(scheme)
  }

  /** For the stand-in itself. */
  handlerOf(scheme: string): Handler | undefined {
    return this.#handlers.get(scheme)
  }
}

class WebRequest {
  #listener: ((details: RequestDetails, callback: (answer: { cancel?: boolean }) => void) => void) | undefined

  onBeforeRequest(listener: (details: RequestDetails, callback: (answer: { cancel?: boolean }) => void) => void): void {
    this.#listener = listener
  }

  /** For the stand-in itself: whether the app's listener cancels this request. */
  cancels(url: string, resourceType: string): Promise<boolean> {
    const listener = this.#listener
    if (!listener) return Promise.resolve(false)
    return new Promise((resolve) =>
      listener({ url, resourceType }, (answer) => {
        requireKnown('onBeforeRequest', answer, ['cancel'])
        resolve(answer.cancel === true)
      }),
    )
  }
}

/** The one session: handlers that the app sets, and what Chromium is told of their answers. */
export class Session {
  readonly protocol = new Protocol()
  readonly webRequest = new WebRequest()
  #request: PermissionRequest | null = null
  #check: PermissionCheck | null = null
  #device: DeviceCheck | null = null
  #displayMedia: DisplayMedia | null = null
  #spellChecker = true
  readonly #chromium: () => Promise<Running>
  readonly #origins = new Set<string>()

  constructor(chromium: () => Promise<Running>) {
    this.#chromium = chromium
  }

  setPermissionRequestHandler(handler: PermissionRequest | null): void {
    this.#request = handler
  }

  setPermissionCheckHandler(handler: PermissionCheck | null): void {
    this.#check = handler
  }

  setDevicePermissionHandler(handler: DeviceCheck | null): void {
    this.#device = handler
  }

  setDisplayMediaRequestHandler(handler: DisplayMedia | null): void {
    this.#displayMedia = handler
  }

  setSpellCheckerEnabled(enabled: boolean): void {
    this.#spellChecker = enabled
  }

  isSpellCheckerEnabled(): boolean {
    return this.#spellChecker
  }

  /** For the stand-in itself: notes the origin of a page, to clear its storage later. */
  visited(url: string): void {
    const origin = /^https?:\/\/[^/?#]+/.exec(toPage(url))?.[0]
    if (origin) this.#origins.add(origin)
  }

  async clearStorageData(): Promise<void> {
    const { browser, targets } = await this.#chromium()
    const { targetId, devtools } = await targets.create()
    for (const origin of this.#origins) await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' })
    await browser.browser.send('Target.closeTarget', { targetId })
  }

  async clearCache(): Promise<void> {
    // Answers of the app's own scheme are never cached here: the stand-in answers each request anew.
  }

  /**
   * Chromium asks nobody over the DevTools protocol, so the app's handlers are asked beforehand, once for each permission,
   * and Chromium is told the answer. Without handlers everything is granted, as in Electron.
   */
  async applyPermissions(chromium: Chromium, contents: WebContents, url: string): Promise<void> {
    for (const [permission, name] of Object.entries(permissions)) {
      const setting = (await this.#grants(contents, permission, url)) ? 'granted' : 'denied'
      await chromium.browser.send('Browser.setPermission', { permission: { name }, setting })
    }
    if (this.#device?.({ deviceType: 'usb', origin: url, device: {} })) throw new Error('The stand-in for Electron has no devices to grant')
    this.#displayMedia?.({ frame: null, securityOrigin: url }, (streams) => {
      if (streams !== null) throw new Error('The stand-in for Electron has no screen to share')
    })
    const media = (await this.#grants(contents, 'media', url)) ? 'granted' : 'denied'
    for (const name of ['camera', 'microphone'])
      await chromium.browser.send('Browser.setPermission', { permission: { name }, setting: media })
  }

  async #grants(contents: WebContents, permission: string, url: string): Promise<boolean> {
    const origin = `${/^[a-z][a-z0-9+.-]*:\/\/[^/?#]+/i.exec(url)?.[0] ?? ''}/`
    if (this.#check && !this.#check(contents, permission, origin, { requestingUrl: url, isMainFrame: true })) return false
    const request = this.#request
    return !request || new Promise((resolve) => request(contents, permission, resolve, { requestingUrl: url, isMainFrame: true }))
  }
}
