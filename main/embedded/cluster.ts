import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { appendFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { Failure } from '../../preload/contract/errors.ts'
import { syncFolder, writeDurably } from '../data/durable-file.ts'
import { fileFailure } from '../data/file-failure.ts'
import { readText, writeIfDifferent } from '../data/text-file.ts'
import type { Binaries } from './binaries.ts'
import type { Wrap } from './run-as.ts'

const run = promisify(execFile)

/** The major version whose data these binaries can read. */
const major = '18'

/** Settings that Basepair decides; written anew at each start and read after Postgres' own file. */
const settingsFile = 'basepair.conf'

/** Where the parts of one embedded server are. */
export interface Places {
  readonly folder: string
  readonly data: string
  readonly password: string
  readonly port: string
  readonly log: string
  readonly certificate: string
  readonly key: string
}

export function placesIn(folder: string): Places {
  const at = (name: string): string => join(folder, name)
  return {
    folder,
    data: at('data'),
    password: at('password'),
    port: at('port'),
    log: at('server.log'),
    certificate: at('server.crt'),
    key: at('server.key'),
  }
}

/** How the programs of Postgres are run on the data of one server. */
export interface Cluster {
  readonly places: Places
  readonly binaries: Binaries
  readonly wrap: Wrap
  readonly superuser: string
  readonly password: string
}

/** A password made once and kept in a file that only the user can read. */
export async function keptPassword(file: string): Promise<string> {
  const kept = (await readText(file))?.trim() ?? ''
  if (kept !== '') return kept
  const made = randomBytes(32).toString('base64url')
  await writeDurably(file, `${made}\n`)
  return made
}

/** Makes the data folder unless it is there. It takes its name only when it is whole, so a half-made one is never used. */
export async function ensureCluster(
  cluster: Cluster,
  options: { readonly sync: boolean; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const { places } = cluster
  const version = await readText(join(places.data, 'PG_VERSION'))
  if (version !== null) {
    if (version.trim() === major) return
    throw new Failure(
      'FILE',
      `The data in ${places.data} belongs to Postgres ${version.trim()}, and Basepair brings Postgres ${major}: move the folder away, or start Basepair with another data folder.`,
      { file: places.data },
    )
  }
  await clearUnfinished(places)
  const unfinished = `${places.data}.new-${randomBytes(4).toString('hex')}`
  await initdb(cluster, unfinished, options)
  await appendFile(join(unfinished, 'postgresql.conf'), `\ninclude '${settingsFile}'\n`)
  await writeFile(join(unfinished, settingsFile), '', { mode: 0o600 })
  try {
    await rename(unfinished, places.data)
  } catch (error) {
    throw fileFailure(error, places.data, 'made')
  }
  await syncFolder(places.folder)
}

async function initdb(
  { places, binaries, wrap, superuser }: Cluster,
  data: string,
  { sync, signal }: { readonly sync: boolean; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const command = wrap(binaries.initdb, [
    `--pgdata=${data}`,
    `--username=${superuser}`,
    `--pwfile=${places.password}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
    ...(sync ? [] : ['--no-sync']),
  ])
  const running = run(command.file, [...command.args], { signal, env: surroundings(), windowsHide: true })
  try {
    await running
  } catch (error) {
    // Told to end, it still clears its folder.
    if (running.child.pid !== undefined && running.child.exitCode === null && running.child.signalCode === null)
      await once(running.child, 'exit')
    await rm(data, { recursive: true, force: true, maxRetries: 3 })
    if (signal?.aborted) throw new Failure('CANCELLED', 'The start of the embedded server was cancelled.')
    throw new Failure('FILE', `The embedded server's data could not be made in ${places.folder}: ${complaint(error)}`, {
      file: places.folder,
    })
  }
}

/** Removes what starts that were interrupted left of a cluster. */
async function clearUnfinished({ folder, data }: Places): Promise<void> {
  const left = (await readdir(folder)).filter((name) => name.startsWith(`${basename(data)}.new`))
  for (const name of left) {
    try {
      await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 })
    } catch {
      // The initdb of a console that was killed still writes there: a later start finds it still.
    }
  }
}

/** Writes the settings and who may connect how. Returns whether anything is different from what was there. */
export async function writeSettings(places: Places, settings: Readonly<Record<string, string>>, tlsOnly: boolean): Promise<boolean> {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`)
  const access = tlsOnly ? 'hostssl' : 'host'
  const written = [
    await writeIfDifferent(join(places.data, settingsFile), `${lines.join('\n')}\n`),
    await writeIfDifferent(join(places.data, 'pg_hba.conf'), `${access} all all 127.0.0.1/32 scram-sha-256\n`),
  ]
  return written.includes(true)
}

/**
 * Gives the superuser the kept password again, where the file or the role's password was lost: Postgres in single-user
 * mode asks for none. The server must not run.
 */
export async function resetPassword({ wrap, binaries, places, superuser, password }: Cluster): Promise<void> {
  const command = wrap(binaries.postgres, ['--single', '-D', places.data, 'postgres'])
  const child = spawn(command.file, [...command.args], { stdio: ['pipe', 'ignore', 'ignore'], env: surroundings(), windowsHide: true })
  const ended = new Promise<void>((resolve, reject) => {
    child.once('exit', () => resolve())
    child.once('error', reject)
    // It may end before it has read everything; the sign-in that follows tells whether this worked.
    child.stdin.once('error', () => {})
  })
  child.stdin.end(`ALTER ROLE "${superuser.replaceAll('"', '""')}" LOGIN PASSWORD '${password.replaceAll("'", "''")}'\n`)
  await ended
}

/** What the programs of Postgres see of this process's variables: PG* and LC_* would change what they do and say. */
export function surroundings(): NodeJS.ProcessEnv {
  const { PATH, TZ, TMPDIR, TEMP, SystemRoot } = process.env
  return { PATH, TZ, TMPDIR, TEMP, SystemRoot, LC_ALL: 'C' }
}

/** What a program of Postgres said was wrong; it ends by telling what it cleared away. */
function complaint(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim().split('\n') : []
  return said.find((line) => /(error|FATAL|PANIC): /.test(line)) ?? said.at(-1) ?? String(error)
}
