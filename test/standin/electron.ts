/** The `electron` module as the built main bundle imports it here. A name that is not exported fails the import; what else is missing throws. */
import { app } from './app.ts'
import { BrowserWindow } from './browser-window.ts'
import { listenForTests } from './control.ts'
import { defaultSession } from './default-session.ts'
import { ipcMain } from './ipc-main.ts'
import { isRegistered, registerScheme } from './scheme-map.ts'
import { requireKnown, strict } from './strict.ts'
import { dialog, Menu, nativeTheme, powerMonitor, safeStorage, screen } from './system.ts'

const session = strict('session', { defaultSession })

const protocol = strict('protocol', {
  registerSchemesAsPrivileged(schemes: readonly { scheme: string; privileges?: object }[]): void {
    if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    for (const { scheme, privileges = {} } of schemes) {
      // The page's stand-in origin is https: standard, secure and good for fetch. It cannot be less, and must not be more.
      requireKnown('privileges', privileges, ['standard', 'secure', 'supportFetchAPI'])
      if (!('standard' in privileges) || !('secure' in privileges))
        throw new Error('The stand-in for Electron serves standard, secure schemes only')
      registerScheme(scheme)
    }
  },
  handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>): void =>
    defaultSession.protocol.handle(scheme, handler),
  unhandle: (scheme: string): void => defaultSession.protocol.unhandle(scheme),
  isProtocolHandled: (scheme: string): boolean => isRegistered(scheme) && defaultSession.protocol.isProtocolHandled(scheme),
})

// A test run that was killed leaves nothing running.
process.once('disconnect', () => app.quit())
listenForTests({ app, BrowserWindow, dialog, ipcMain, Menu, nativeTheme, powerMonitor, protocol, safeStorage, screen, session })

export { app, BrowserWindow, dialog, ipcMain, Menu, nativeTheme, powerMonitor, protocol, safeStorage, screen, session }
