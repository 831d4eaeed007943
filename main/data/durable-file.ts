import { randomBytes } from 'node:crypto'
import { mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { codeOf, fileFailure } from './file-failure.ts'

/**
 * Puts `text` in the place of the file, whole or not at all, and on disk when it returns; only the user can read it.
 * A crash or a power cut leaves the old text or the new one. A link stays a link. Fails with FILE.
 */
export async function writeDurably(path: string, text: string): Promise<void> {
  try {
    const target = await realpath(path).catch(() => path)
    const folder = dirname(target)
    const aside = join(folder, `.${basename(target)}.${randomBytes(6).toString('hex')}`)
    try {
      await writeAside(aside, text)
      await renameOver(aside, target)
    } catch (error) {
      await rm(aside, { force: true })
      throw error
    }
    await syncFolder(folder)
  } catch (error) {
    throw fileFailure(error, path, 'written')
  }
}

async function writeAside(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Windows refuses while another program, a virus scanner say, has the file open for a moment. */
async function renameOver(from: string, to: string, attempts = 10): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (process.platform !== 'win32' || attempts === 1 || !['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(error))) throw error
    await pause(50)
    await renameOver(from, to, attempts - 1)
  }
}

/** Makes the names in a folder survive a power cut. Windows has no such call, and keeps names by itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes a folder that only the user can enter, with its parents. Fails with FILE. */
export async function makePrivateFolder(folder: string): Promise<void> {
  try {
    await makeWithParents(folder)
  } catch (error) {
    throw fileFailure(error, folder, 'made')
  }
}

/** By hand, because Node's `recursive` never ends where a folder exists and knows no new names, as /proc. */
async function makeWithParents(folder: string): Promise<void> {
  if (await makeOne(folder)) return
  await makeWithParents(dirname(folder))
  if (!(await makeOne(folder))) throw Object.assign(new Error('no such folder'), { code: 'ENOENT' })
}

/** False where the folder above is missing. */
async function makeOne(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 })
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    if (codeOf(error) === 'EEXIST' && (await stat(folder)).isDirectory()) return true
    throw error
  }
}
