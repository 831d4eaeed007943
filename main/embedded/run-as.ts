import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { Failure } from '../../preload/contract/errors.ts'

const run = promisify(execFile)

/** A program with its arguments, the way it has to be started here. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
}

export type Wrap = (file: string, args: readonly string[]) => Command

const asSelf: Wrap = (file, args) => ({ file, args })

/**
 * Postgres refuses to run as root. A user namespace in which root bears another id satisfies it, while the process
 * keeps root's real user id: folders of mode 0700 stay reachable. Fails with FILE where the system forbids namespaces.
 */
export async function wrapForUser(userId: number | undefined = process.getuid?.()): Promise<Wrap> {
  if (userId !== 0) return asSelf
  if (process.platform !== 'linux') throw new Failure('FILE', 'Postgres does not run as root: start Basepair as an ordinary user.')
  const id = namespaceUser(await readFile('/etc/passwd', 'utf8').catch(() => ''))
  const namespace = ['--user', `--map-user=${id}`, `--map-group=${id}`, '--']
  try {
    await run('unshare', [...namespace, 'true'])
  } catch (error) {
    throw new Failure(
      'FILE',
      'Postgres does not run as root, and this system refuses the user namespace that Basepair would start it in: start Basepair as an ordinary user, allow user namespaces (kernel.unprivileged_userns_clone, or the container’s seccomp profile; "unshare" is part of util-linux), or set CONNECTION_URL and PROD_CONNECTION_URL to servers of your own.',
      { detail: error instanceof Error ? error.message.trim() : String(error) },
    )
  }
  return (file, args) => ({ file: 'unshare', args: [...namespace, file, ...args] })
}

/** The id to bear: initdb looks up its user's name, so it has to be one that the machine knows. */
export function namespaceUser(passwd: string): number {
  const ids = passwd.split('\n').map((line) => Number.parseInt(line.split(':')[2] ?? '', 10))
  // 65534 is nobody, and also what files of users outside the namespace seem to belong to.
  return ids.find((id) => id > 0 && id < 65_534) ?? 65_534
}
