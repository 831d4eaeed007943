import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'

/** Sets up what is missing, then starts the console: the desktop window where it can be had, otherwise browser mode. */

const root = join(import.meta.dirname, '..')
const out = join(root, 'out')

/** What the build is made of, told by names, sizes and times: the same answer means that `out/` is up to date. */
function fingerprint(): string {
  const hash = createHash('sha256')
  const add = (path: string) => {
    const stat = statSync(path)
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name))
    else hash.update(`${path.slice(root.length)} ${stat.size} ${stat.mtimeMs}\n`)
  }
  for (const name of ['main', 'preload', 'renderer', 'practice', 'cloudwatch', 'electron.vite.config.ts', 'package-lock.json'])
    add(join(root, name))
  return hash.digest('hex')
}

function build(): boolean {
  const marker = join(out, 'built')
  const wanted = fingerprint()
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return true
  const vite = spawnSync(join(root, 'node_modules', '.bin', 'electron-vite'), ['build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (vite.status !== 0) {
    process.stderr.write(`${vite.stdout}${vite.stderr}\nBasepair could not be built; the lines above say why.\n`)
    return false
  }
  writeFileSync(marker, wanted)
  return true
}

/** The path of Electron's binary, or why the desktop window cannot be had. */
function desktop(): { readonly electron: string } | { readonly reason: string } {
  const folder = join(root, 'node_modules', 'electron')
  const path = join(folder, 'path.txt')
  const electron = existsSync(path) ? join(folder, 'dist', readFileSync(path, 'utf8').trim()) : null
  if (electron === null || !existsSync(electron)) return { reason: "Electron's binary is not installed" }
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return { reason: 'there is no display' }
  return { electron }
}

const program = new Command('npm start --')
  .option('--browser', 'serve the page to a browser')
  .option('--desktop', 'open the desktop window, or fail')
  .option('--port <number>', 'port of browser mode; 0 takes any')
  .option('--no-open', 'do not open a browser')
  .option('--data <folder>', 'where settings, state and the embedded servers live')
  .option('--aws-endpoint <url>', 'send every AWS call there (default: AWS_ENDPOINT_URL)')
  .option('--allow-prod-changes', 'let browser mode unlock guarded environments')
  .showHelpAfterError()
  .parse()
const options = program.opts<{ browser?: boolean; desktop?: boolean; data?: string; awsEndpoint?: string }>()

if (options.browser === true && options.desktop === true) program.error('Give --browser or --desktop, not both.')
const found = desktop()
if (options.desktop === true && 'reason' in found) program.error(`The desktop window cannot be opened: ${found.reason}.`)

if (!build()) process.exitCode = 1
else if ('electron' in found && options.browser !== true) {
  const { data, awsEndpoint } = options
  const args = [
    root,
    ...(data === undefined ? [] : ['--data', data]),
    ...(awsEndpoint === undefined ? [] : ['--aws-endpoint', awsEndpoint]),
  ]
  const child = spawn(found.electron, args, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  child.on('exit', (code) => {
    process.exitCode = code ?? 1
  })
} else {
  if ('reason' in found && options.browser !== true) process.stderr.write(`Browser mode, because ${found.reason}.\n`)
  await import(join(out, 'main', 'browser.js'))
}
