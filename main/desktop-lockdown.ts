import { app, type Session, type WebContents } from 'electron'
import { ownPath } from './app-scheme.ts'

/** Switches that open the process to a debugger or change its engine. The packaged app does not start with one of them. */
const debugSwitches = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-address',
  'remote-allow-origins',
  'inspect',
  'inspect-brk',
  'inspect-port',
  'inspect-publish-uid',
  'js-flags',
  'no-sandbox',
  'disable-web-security',
  'load-extension',
]

/** The first debug switch that this process was started with; null where there is none. */
export function debugSwitch(): string | null {
  return debugSwitches.find((name) => app.commandLine.hasSwitch(name)) ?? null
}

/** Denies everything that the page never needs, on every page and every session that there will be. Must run before the app is ready. */
export function lockDown(): void {
  app.on('session-created', denyPermissions)
  app.on('web-contents-created', (_event, contents) => lockNavigation(contents))
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, decide) => {
    event.preventDefault()
    decide(false)
  })
  app.on('select-client-certificate', (event, _contents, _url, _certificates, choose) => {
    event.preventDefault()
    choose()
  })
  app.on('login', (event) => event.preventDefault())
}

/**
 * Electron grants each permission by default; each of the four ways to ask for one has a handler of its own.
 * The one thing granted is what the page's copy buttons need: putting text on the clipboard. Reading it is not.
 */
function denyPermissions(of: Session): void {
  // What the request itself says counts: the contents may be on their way to another address.
  const isCopying = (permission: string, from: string | undefined): boolean =>
    permission === 'clipboard-sanitized-write' && from !== undefined && ownPath(from) !== null
  of.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(isCopying(permission, details.isMainFrame ? details.requestingUrl : undefined)),
  )
  of.setPermissionCheckHandler((_contents, permission, origin) => isCopying(permission, origin))
  of.setDevicePermissionHandler(() => false)
  of.setDisplayMediaRequestHandler((_request, answer) => answer(null))
  // Nothing is loaded from a network. DevTools, where there are any, are pages of their own.
  of.webRequest.onBeforeRequest((details, answer) => answer({ cancel: ownPath(details.url) === null && !/^devtools:/.test(details.url) }))
}

function lockNavigation(contents: WebContents): void {
  const stay = (event: { preventDefault(): void; readonly url: string }): void => {
    if (ownPath(event.url) === null) event.preventDefault()
  }
  contents.on('will-navigate', stay)
  contents.on('will-redirect', stay)
  contents.on('will-frame-navigate', stay)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}
