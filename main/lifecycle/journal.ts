import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { run } from '../../preload/contract/lifecycle.ts'
import { backend } from '../../preload/contract/sessions.ts'
import { readJson, writeJson } from '../data/json-file.ts'

const oid = z.string().nullable()

/** What is written down before each step, so that the next start can tell what became of a run. */
const journal = z.object({
  version: z.literal(1),
  run,
  /** False until it is known what the run left on the server. */
  settled: z.boolean(),
  server: z.object({ host: z.string(), port: z.int() }),
  /** The step under way. */
  step: z.string().nullable(),
  aside: z.boolean(),
  /** OIDs at the run's start, and of the database that it created. Names may have moved since; OIDs do not. */
  oids: z.object({ current: oid, next: oid, previous: oid, replaced: oid, created: oid }),
  /** The transaction in which scripts run in place. */
  transaction: z.string().nullable(),
  /** The session that runs scripts in place; after a crash it may still be at work. */
  backend: backend.nullable(),
  /** Scripts run outside of one transaction: what was done before the end stays. */
  piecemeal: z.boolean(),
})
export type Journal = z.infer<typeof journal>

/** The journals of one state folder: a file for each environment, replaced whole at each write. */
export function createJournals(stateFolder: string) {
  const pathOf = (environment: string) => join(stateFolder, `lifecycle-${environment}.json`)
  return {
    write: (environment: string, value: Journal) => writeJson(pathOf(environment), value),
    /** Null where there was no run. A file that does not hold a journal is set aside and named. */
    async read(environment: string): Promise<{ readonly journal: Journal | null; readonly problem: string | null }> {
      const path = pathOf(environment)
      const read = await readJson(path, journal)
      switch (read.state) {
        case 'ok':
          return { journal: read.value, problem: null }
        case 'missing':
          return { journal: null, problem: null }
        case 'invalid': {
          const aside = `${path}.damaged`
          await rename(path, aside)
          return {
            journal: null,
            problem: `The record of the last run in ${environment} cannot be read (${read.message}); it was set aside as ${aside}. Look at the databases of ${environment}.`,
          }
        }
        default:
          return read satisfies never
      }
    },
  }
}
export type Journals = ReturnType<typeof createJournals>
