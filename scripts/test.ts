import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromiumPath } from '../test/support/chromium-switches.ts'

/** Everything that must hold: types, lint, dead code, the build, and every test. Ends on one line over all of it. */

const root = join(import.meta.dirname, '..')
const bin = (name: string) => join(root, 'node_modules', '.bin', name)
let passed = 0
let failed = 0

function run(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, FORCE_COLOR: process.env['FORCE_COLOR'] ?? '0' },
    })
    child.on('error', (error) => {
      console.error(error.message)
      resolve(1)
    })
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

async function check(title: string, command: string, args: readonly string[]): Promise<boolean> {
  const code = await run(command, args)
  console.log(`${code === 0 ? '✓' : '✗'} ${title}`)
  if (code === 0) passed++
  else failed++
  return code === 0
}

/** The page is tested in Debian's Chromium: installed here where that can be, otherwise named. */
function ensureChromium(): boolean {
  if (existsSync(chromiumPath)) return true
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Installing chromium for the page tests')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env })
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { stdio: ['ignore', 'ignore', 'inherit'], env })
    if (existsSync(chromiumPath)) return true
  }
  console.error(
    `The page tests need Chromium at ${chromiumPath}. Install it (Debian: apt-get install chromium) or name another with CHROMIUM_PATH.`,
  )
  return false
}

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numFailedTestSuites: number
}

async function runTests(filters: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'basepair-test-'))
  const file = join(folder, 'report.json')
  try {
    const code = await run(bin('vitest'), ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...filters])
    const report: Report = JSON.parse(readFileSync(file, 'utf8'))
    passed += report.numPassedTests
    failed += report.numFailedTests
    // A suite that cannot even be read, or an error outside of any test, fails the run without failing a test.
    if (report.numFailedTests === 0 && code !== 0) failed += Math.max(1, report.numFailedTestSuites)
  } catch (error) {
    console.error(`The tests left no report: ${error instanceof Error ? error.message : String(error)}`)
    failed++
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const filters = process.argv.slice(2)
if (!ensureChromium()) failed++
else {
  if (filters.length === 0) {
    await check('types', bin('tsc'), ['--noEmit'])
    await check('lint', bin('biome'), ['check', '--error-on-warnings', '.'])
    await check('dead code', bin('knip'), [])
  }
  if (await check('build', bin('electron-vite'), ['build', '--logLevel', 'warn'])) await runTests(filters)
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
