import { readFile } from 'node:fs/promises'
import { writeDurably } from './durable-file.ts'
import { codeOf, fileFailure } from './file-failure.ts'

/** Writes a file durably unless it holds this text already. Returns whether it was written. */
export async function writeIfDifferent(path: string, text: string): Promise<boolean> {
  if ((await readText(path)) === text) return false
  await writeDurably(path, text)
  return true
}

/** The text of a file, or null where there is none. Fails with FILE. */
export async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw fileFailure(error, path, 'read')
  }
}
