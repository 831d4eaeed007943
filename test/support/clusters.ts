import { cpSync } from 'node:fs'
import { chmod, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { makePrivateFolder } from '../../main/data/durable-file.ts'
import { findBinaries } from '../../main/embedded/binaries.ts'
import { ensureCluster, keptPassword, placesIn } from '../../main/embedded/cluster.ts'
import { wrapForUser } from '../../main/embedded/run-as.ts'

/** Fills a folder with an empty cluster and its password: what the first start does, but quicker. */
export async function prepareFolder(folder: string, superuser = 'postgres'): Promise<void> {
  // Of a thousand small files, the other kind of copy takes as long as initdb.
  cpSync(await ensureTemplate(superuser), folder, { recursive: true })
  // It forgets a folder's mode, of which Postgres is particular.
  await chmod(placesIn(folder).data, 0o700)
}

/** The same for the first instance of a practice cloud. */
export async function preparePractice(folder: string): Promise<void> {
  const instance = join(folder, 'instances', 'cruddur-db-instance')
  await makePrivateFolder(instance)
  await prepareFolder(instance, 'rdsadmin')
}

/** A folder with an empty cluster, made once for all tests: copying it is quicker than initdb. */
async function ensureTemplate(superuser: string): Promise<string> {
  const cache = join(import.meta.dirname, '../../node_modules/.cache/basepair')
  const template = join(cache, `test-cluster-18-${superuser}-${process.getuid?.() ?? 'user'}`)
  if (await exists(template)) return template
  await makePrivateFolder(cache)
  const made = await mkdtemp(join(cache, 'making-'))
  const places = placesIn(made)
  const [binaries, wrap, password] = await Promise.all([findBinaries(), wrapForUser(), keptPassword(places.password)])
  await ensureCluster({ places, binaries, wrap, password, superuser }, { sync: false })
  try {
    await rename(made, template)
  } catch (error) {
    await rm(made, { recursive: true, force: true })
    // Another worker was quicker.
    if (!(await exists(template))) throw error
  }
  return template
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}
