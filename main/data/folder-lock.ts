import { randomBytes } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../preload/contract/errors.ts'
import { makePrivateFolder } from './durable-file.ts'
import { isAlive, startOf } from './process.ts'

/** Held while a console works on a data folder. Only its owner lets it go. */
export interface FolderLock {
  release(): Promise<void>
}

const held = (text: string) => {
  const [pid = '', start = ''] = text.split('\n')
  const id = Number(pid)
  if (!Number.isSafeInteger(id) || !isAlive(id)) return null
  // An id may have been given to another program since: it then started at another time.
  return start === (startOf(id) ?? '') ? id : null
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined)

/**
 * Takes the folder for this process, and makes it where it is missing. Fails with BUSY while another living process has it;
 * the lock of one that ended without letting go is taken over.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await makePrivateFolder(folder)
  const lock = join(folder, 'lock')
  const aside = join(folder, `.lock.${randomBytes(6).toString('hex')}`)
  const own = `${process.pid}\n${startOf(process.pid) ?? ''}\n`
  await writeFile(aside, own, { mode: 0o600 })
  try {
    // A link is there at once with its whole text, or fails: nobody ever reads half a lock.
    for (let tries = 0; tries < 5; tries += 1) {
      const taken = await link(aside, lock).then(
        () => true,
        (error: unknown) => {
          if (codeOf(error) === 'EEXIST') return false
          throw error
        },
      )
      if (taken) return { release: () => release(lock, own) }
      const found = await readFile(lock, 'utf8').catch(() => null)
      if (found === null) continue
      const holder = held(found)
      if (holder !== null) throw busy(folder, `process ${holder}`)
      await putAway(lock, found)
    }
    throw busy(folder, 'another process')
  } finally {
    await rm(aside, { force: true })
  }
}

/** Takes a dead console's lock out of the way, unless somebody else did so meanwhile and holds it now. */
async function putAway(lock: string, dead: string): Promise<void> {
  const away = `${lock}.${randomBytes(6).toString('hex')}`
  try {
    await rename(lock, away)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  if ((await readFile(away, 'utf8')) !== dead) await link(away, lock).catch(() => {})
  await rm(away, { force: true })
}

async function release(lock: string, own: string): Promise<void> {
  if ((await readFile(lock, 'utf8').catch(() => null)) === own) await rm(lock, { force: true })
}

const busy = (folder: string, holder: string) =>
  new Failure('BUSY', `Another Basepair (${holder}) works on ${folder}. End it, or choose another folder with --data.`)
