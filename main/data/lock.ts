import { createHash, randomBytes } from 'node:crypto'
import { link, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod'
import { Failure } from '../../preload/contract/errors.ts'
import { codeOf, fileFailure } from './file-failure.ts'
import { isAlive, startOf } from './process.ts'

/** The claim of one console on a data folder. */
export interface FolderLock {
  release(): Promise<void>
}

const owner = z.object({ pid: z.int(), start: z.string().nullable() })

const name = 'lock'

/**
 * Claims the folder for this process, or fails with BUSY while another console has it. The claim of a console that was
 * killed is void: its process is gone, or is another one that got the same id.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const lock = await claim(folder, name)
  await clearLeftClaims(folder)
  return lock
}

/**
 * A void claim may be removed only by who holds the claim *on removing it*, which is made in the same way and named
 * after it. Without that, of two that find it void the slower would remove the new claim of the quicker.
 */
async function claim(folder: string, file: string): Promise<FolderLock> {
  const path = join(folder, file)
  const mine = JSON.stringify({ pid: process.pid, start: startOf(process.pid), claim: randomBytes(8).toString('hex') })
  for (;;) {
    if (await createWhole(path, mine)) return { release: () => removeIf(path, mine) }
    const found = await read(path)
    if (found === null) continue
    const other = ownerOf(found)
    if (other !== null && holds(other)) {
      throw new Failure(
        'BUSY',
        `Another Basepair (process ${other.pid}) uses the data folder ${folder}: use that one, close it, or start with another folder by --data.`,
        { file: path },
      )
    }
    const removing = await claim(folder, `${file}.${createHash('sha256').update(found).digest('hex').slice(0, 16)}`)
    await removeIf(path, found)
    await removing.release()
  }
}

/** Creates the file with all of its text at once, unless it is there. */
async function createWhole(path: string, text: string): Promise<boolean> {
  const aside = `${path}-${randomBytes(6).toString('hex')}`
  try {
    await write(aside, text)
    try {
      await link(aside, path)
      return true
    } catch (error) {
      const code = codeOf(error)
      if (code === 'EEXIST') return false
      // Some file systems know no links.
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error
    } finally {
      await rm(aside, { force: true })
    }
    await write(path, text)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw fileFailure(error, path, 'written')
  }
}

async function write(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
  } finally {
    await file.close()
  }
}

async function read(path: string): Promise<string | null> {
  try {
    const text = await readFile(path, 'utf8')
    if (text !== '') return text
    // Where links are unknown, another console may be between creating and writing it.
    await pause(500)
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw fileFailure(error, path, 'read')
  }
}

async function removeIf(path: string, text: string): Promise<void> {
  if ((await read(path)) === text) await rm(path, { force: true })
}

/** Null for what a power cut left: no console wrote it so. */
function ownerOf(text: string): z.infer<typeof owner> | null {
  try {
    return owner.parse(JSON.parse(text))
  } catch {
    return null
  }
}

function holds({ pid, start }: z.infer<typeof owner>): boolean {
  return isAlive(pid) && startOf(pid) === start
}

/** What killed consoles left of claims on removing; void claims never come back, so nobody needs them. */
async function clearLeftClaims(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((file) => /^lock(\.[0-9a-f]{16})+$/.test(file))
  await Promise.all(left.map((file) => rm(join(folder, file), { force: true })))
}
