import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for all tests of a file. */
export function temporaryFolder(): { readonly path: Promise<string>; remove(): Promise<void> } {
  const path = mkdtemp(join(tmpdir(), 'basepair-desktop-'))
  return { path, remove: async () => rm(await path, { recursive: true, force: true }) }
}
