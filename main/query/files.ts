import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../preload/contract/errors.ts'
import type { QueryFile } from '../../preload/contract/query.ts'
import { codeOf, fileFailure } from '../data/file-failure.ts'
import { findPlaceholders, namesOf } from './parameters.ts'

/** A file above this is data, not a query. */
const largestFile = 1_000_000

/** The `*.sql` of a folder by name, with the parameters that they ask for. A folder that is not there has none. */
export async function readQueryFiles(folder: string): Promise<QueryFile[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return []
    throw fileFailure(error, folder, 'read')
  })
  const found = await Promise.all(
    names
      .filter((name) => name.toLowerCase().endsWith('.sql'))
      .sort()
      .map((name) => readQueryFile(folder, name)),
  )
  return found.filter((file) => file !== null)
}

async function readQueryFile(folder: string, name: string): Promise<QueryFile | null> {
  const path = join(folder, name)
  try {
    const { size } = await stat(path)
    if (size > largestFile) return null
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
    return { name: name.replace(/\.sql$/i, ''), path, text, parameters: namesOf(await findPlaceholders(text)) }
  } catch (error) {
    if (error instanceof TypeError) throw new Failure('FILE', `${path} is not encoded in UTF-8. Save it in UTF-8.`, { file: path })
    throw fileFailure(error, path, 'read')
  }
}
