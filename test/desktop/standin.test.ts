import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from './folder.ts'
import { type Desktop, findElectron, launchDesktop, withoutServers } from './launch.ts'

const folder = temporaryFolder()
let desktop: Desktop

/** What the stand-in cannot do it must refuse: an app that relied on it would pass here and fail on Electron. */
describe.runIf(findElectron() === null)('the stand-in refuses', () => {
  beforeAll(async () => {
    desktop = await launchDesktop({ dataFolder: await folder.path, environment: withoutServers })
  })
  afterAll(async () => {
    await desktop?.kill()
    await folder.remove()
  })

  test('what it does not have', async () => {
    await expect(desktop.inMain(({ app }) => app.getGPUInfo('basic'))).rejects.toThrow('has no app.getGPUInfo')
    await expect(desktop.inMain(({ session }) => session.defaultSession.cookies.get({}))).rejects.toThrow('has no session.cookies')
    await expect(desktop.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].webContents.debugger.attach())).rejects.toThrow(
      'has no webContents.debugger',
    )
  })

  test('listeners for events that it never emits', async () => {
    await expect(desktop.inMain(({ powerMonitor }) => powerMonitor.on('thermal-state-change', () => {}) && null)).rejects.toThrow(
      'never emits',
    )
  })

  test.each([
    ['contextIsolation', false],
    ['sandbox', false],
    ['nodeIntegration', true],
    ['nodeIntegrationInSubFrames', true],
    ['webviewTag', true],
    ['webSecurity', false],
    ['enableBlinkFeatures', 'x'],
  ])('a page with %s: %j', async (preference, value) => {
    await expect(
      desktop.inMain(({ BrowserWindow }, given) => new BrowserWindow({ show: false, webPreferences: given }) && null, {
        [preference]: value,
      }),
    ).rejects.toThrow('The stand-in for Electron')
  })

  test('a scheme with privileges beyond those of its https origin', async () => {
    await expect(
      desktop.inMain(({ protocol }) =>
        protocol.registerSchemesAsPrivileged([{ scheme: 'late', privileges: { standard: true, secure: true } }]),
      ),
    ).rejects.toThrow('before app is ready')
  })
})
