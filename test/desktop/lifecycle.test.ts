import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFailed, onTestFinished, test } from 'vitest'
import { lockFolder } from '../../main/data/lock.ts'
import { isAlive } from '../../main/data/process.ts'
import { temporaryFolder } from '../support/folders.ts'
import { temporaryFolder as folderOfFile } from './folder.ts'
import { type Desktop, desktopCommand, findElectron, type LaunchOptions, launchDesktop, withoutServers } from './launch.ts'

const running = new Set<Desktop>()
afterEach(async () => {
  await Promise.all([...running].map((desktop) => desktop.kill()))
  running.clear()
})

async function launch(dataFolder: string, options: Omit<LaunchOptions, 'dataFolder'> = {}): Promise<Desktop> {
  const desktop = await launchDesktop({ ...options, dataFolder })
  running.add(desktop)
  onTestFailed(() => void process.stderr.write(`${desktop.said()}\n`))
  return desktop
}

/** Waits until the page shows what came from main. */
const usable = (desktop: Desktop) => desktop.page.getByRole('radiogroup', { name: 'Environment' }).waitFor()

/** Process ids of the servers that run from this data folder. */
function servers(dataFolder: string): number[] {
  return readdirSync(dataFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('postmaster.pid'))
    .map((name) => Number(readFileSync(join(dataFolder, name), 'utf8').split('\n')[0]))
    .filter(isAlive)
}

const log = (dataFolder: string) => readFileSync(join(dataFolder, 'basepair.log'), 'utf8')

/** Starts the app by hand, for a start that is to fail. */
async function refusedStart(dataFolder: string, options: Omit<LaunchOptions, 'dataFolder'> = {}) {
  const { command, args } = desktopCommand({ ...options, dataFolder })
  const child = spawn(command, args, {
    cwd: join(import.meta.dirname, '..', '..'),
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...options.environment },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString()
  })
  const [code] = await once(child, 'exit')
  return { code, said }
}

describe('quitting', () => {
  test('stops every server, keeps the data, forgets what the page stored, and remembers the window', async () => {
    const folder = await temporaryFolder()
    const first = await launch(folder)
    await usable(first)
    const started = servers(folder)
    expect(started.length).toBeGreaterThanOrEqual(2)
    await first.page.evaluate(() => {
      localStorage.setItem('left', 'behind')
    })
    const bounds = { x: 40, y: 50, width: 900, height: 700 }
    await first.inMain(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0].setBounds(to), bounds)
    expect(await first.quit()).toBe(0)
    expect(servers(folder)).toEqual([])
    expect(started.filter(isAlive)).toEqual([])
    expect(log(folder)).toMatch(/ended\n$/)

    const second = await launch(folder)
    await usable(second)
    expect(await second.page.evaluate(() => localStorage.getItem('left'))).toBeNull()
    expect(await second.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].getBounds())).toEqual(bounds)
    expect(await second.quit()).toBe(0)
  })

  test('by closing the window, except where apps stay without one', async () => {
    const folder = await temporaryFolder()
    const desktop = await launch(folder)
    await usable(desktop)
    await desktop.inMain(({ BrowserWindow }) => setImmediate(() => BrowserWindow.getAllWindows()[0].close()) && null)
    if (process.platform !== 'darwin') await expect.poll(() => servers(folder), { timeout: 20_000 }).toEqual([])
  })

  test('before everything is started still stops what was', async () => {
    const folder = await temporaryFolder()
    const desktop = await launch(folder)
    expect(await desktop.quit()).toBe(0)
    expect(servers(folder)).toEqual([])
  })
})

describe('two consoles', () => {
  test('a second start brings the window of the first to the front and ends', async () => {
    const folder = await temporaryFolder()
    const first = await launch(folder, { environment: withoutServers })
    await usable(first)
    await first.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].minimize())
    const second = await refusedStart(folder)
    expect(second.code).toBe(0)
    expect(second.said).toContain('runs already')
    await expect
      .poll(() => first.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].isMinimized()), { timeout: 15_000 })
      .toBe(false)
    expect(first.pages()).toHaveLength(1)
  })

  test('what the second was started with changes nothing in the first', async () => {
    const folder = await temporaryFolder()
    const first = await launch(folder, { environment: withoutServers })
    await usable(first)
    await refusedStart(folder, { arguments: ['https://evil.example/', '--no-sandbox', '--inspect=0', 'app://evil/', '../../x.sql'] })
    expect(await first.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].webContents.getURL().replace(/#.*/, ''))).toBe(
      'app://basepair/',
    )
    expect(first.pages()).toHaveLength(1)
  })

  test('a data folder that another console uses is said, and the app ends', async () => {
    const folder = await temporaryFolder()
    const lock = await lockFolder(folder)
    const { code, said } = await refusedStart(folder)
    await lock.release()
    expect(code).toBe(1)
    expect(said).toContain('Another Basepair')
    expect(servers(folder)).toEqual([])
  })
})

describe('while it runs', () => {
  const folder = folderOfFile()
  let desktop: Desktop
  beforeAll(async () => {
    desktop = await launchDesktop({ dataFolder: await folder.path })
    await usable(desktop)
  })
  afterAll(async () => {
    await desktop?.kill()
    await folder.remove()
  })

  test('rows of a table reach the page through the app scheme, exactly', async () => {
    const fetched: string[] = []
    desktop.page.on('response', (response) => {
      if (new URL(response.url()).pathname.startsWith('/pages/')) fetched.push(String(response.status()))
    })
    await desktop.page.getByRole('link', { name: 'Query', exact: true }).click()
    await desktop.page.getByRole('textbox').first().click()
    await desktop.page.keyboard.press('ControlOrMeta+a')
    await desktop.page.keyboard.type("SELECT 'exactly ' || 42 AS answer")
    await desktop.page.getByRole('button', { name: 'Run', exact: true }).click()
    await desktop.page.getByText('exactly 42').first().waitFor()
    expect(fetched).toContain('200')
  })

  test('after the machine slept, every connection is looked at anew', async () => {
    const path = await folder.path
    await desktop.inMain(({ powerMonitor }) => powerMonitor.emit('resume') && null)
    await expect.poll(() => log(path), { timeout: 15_000 }).toContain('resumed')
    await desktop.page.getByText('connected').first().waitFor()
  })

  test('the menu has what every app has, and is asked for nothing else', async () => {
    const labels = await desktop.inMain(({ Menu }) => {
      interface Item {
        role?: string
        submenu?: { items: Item[] } | Item[]
      }
      const walk = (items: readonly Item[]): string[] =>
        items.flatMap((item) => {
          const below = item.submenu === undefined ? [] : Array.isArray(item.submenu) ? item.submenu : item.submenu.items
          return [...(item.role ? [String(item.role).toLowerCase()] : []), ...walk(below)]
        })
      return walk(Menu.getApplicationMenu().items)
    })
    expect(labels).toEqual(expect.arrayContaining(['editmenu', 'reload', 'resetzoom', 'windowmenu']))
  })

  test('a page that crashed is loaded anew', async () => {
    const url = await desktop.inMain(
      ({ BrowserWindow }) =>
        new Promise((resolve) => {
          const contents = BrowserWindow.getAllWindows()[0].webContents
          contents.once('did-finish-load', () => resolve(contents.getURL().replace(/#.*/, '')))
          contents.forcefullyCrashRenderer()
        }),
    )
    expect(url).toBe('app://basepair/')
  })
})

// Only a package is packaged: on real Electron this needs the packed app, which `npm run package` checks.
describe.runIf(findElectron() === null)('packed', () => {
  const environment = { ...withoutServers, STANDIN_PACKAGED: '1' }

  test.each([
    '--remote-debugging-port=0',
    '--remote-debugging-pipe',
    '--inspect',
    '--inspect-brk=0',
    '--js-flags=--expose-gc',
    '--no-sandbox',
    '--disable-web-security',
    '--load-extension=/tmp/x',
  ])('does not start with %s', async (given) => {
    const folder = await temporaryFolder()
    const { code, said } = await refusedStart(folder, { arguments: [given], environment })
    expect(code).toBe(1)
    expect(said).toContain('does not start with')
    expect(servers(folder)).toEqual([])
  })

  test('has no developer tools', async () => {
    const desktop = await launch(await temporaryFolder(), { environment })
    const found = await desktop.inMain(({ BrowserWindow, Menu }) => ({
      devTools: BrowserWindow.getAllWindows()[0].webContents.getLastWebPreferences().devTools,
      menu: JSON.stringify(Menu.getApplicationMenu().items).includes('toggleDevTools'),
    }))
    expect(found).toEqual({ devTools: false, menu: false })
  })
})
