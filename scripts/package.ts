import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { problemsOf } from './package/archive.ts'
import { wrongFuses } from './package/fuses.ts'
import { writeStandinDistribution } from './package/standin-distribution.ts'

/** Packs the app for this system, then looks into what was packed. Each system packs its own: the Postgres programs come with `npm ci`. */

const root = join(import.meta.dirname, '..')
const bin = (name: string) => join(root, 'node_modules', '.bin', name)

const program = new Command('npm run package --')
  .option('--dir', 'pack into a folder, without an installer')
  .option('--output <folder>', 'where to put it', join(root, 'dist'))
  .option('--no-build', 'pack what was built last')
  .showHelpAfterError()
  .parse()
const options = program.opts<{ dir?: boolean; output: string; build: boolean }>()
const output = resolve(options.output)

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  if (status !== 0) throw new Error(`${command} ${args[0] ?? ''} failed${error ? `: ${error.message}` : ''}`)
}

/** The folder that electron-builder packed into, by the platform of this machine. */
function packedFolder(): { readonly binary: string; readonly resources: string } {
  const name = readdirSync(output).find((entry) => /^(linux|mac|win)(-.+)?(-unpacked)?$/.test(entry))
  if (name === undefined) throw new Error(`Nothing was packed into ${output}.`)
  const folder = join(output, name)
  switch (process.platform) {
    case 'darwin':
      return { binary: join(folder, 'Basepair.app'), resources: join(folder, 'Basepair.app', 'Contents', 'Resources') }
    case 'win32':
      return { binary: join(folder, 'Basepair.exe'), resources: join(folder, 'resources') }
    default:
      return { binary: join(folder, 'basepair'), resources: join(folder, 'resources') }
  }
}

async function pack(): Promise<void> {
  if (options.build) run(bin('electron-vite'), ['build', '--logLevel', 'warn'])
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', 'electron', 'package.json'), 'utf8')) as { version: string }
  const args = [
    '--config',
    'electron-builder.yml',
    `-c.directories.output=${output}`,
    '--publish',
    'never',
    ...(options.dir ? ['--dir'] : []),
  ]
  const real = join(root, 'node_modules', 'electron', 'dist')
  if (existsSync(real)) run(bin('electron-builder'), [...args, `-c.electronDist=${real}`])
  else if (options.dir && process.platform === 'linux') {
    console.log(
      'PACKED WITH A STAND-IN FOR ELECTRON, whose binary is not installed: what comes out shows what a package holds, and does not start.',
    )
    const standin = mkdtempSync(join(tmpdir(), 'basepair-electron-'))
    try {
      writeStandinDistribution(standin, version)
      run(bin('electron-builder'), [...args, `-c.electronDist=${standin}`])
    } finally {
      rmSync(standin, { recursive: true, force: true })
    }
  } else run(bin('electron-builder'), args)

  const { binary, resources } = packedFolder()
  const problems = [...problemsOf(resources), ...(await wrongFuses(binary)).map((name) => `The fuse ${name} is not as it must be.`)]
  for (const problem of problems) console.error(problem)
  console.log(problems.length === 0 ? `Packed and checked: ${resources}` : `${problems.length} problems in ${resources}`)
  process.exitCode = problems.length === 0 ? 0 : 1
}

await pack()
