import * as z from 'zod'
import { environment } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import { createTurns } from '../data/in-turn.ts'
import { readJson, writeJson } from '../data/json-file.ts'

/** An environment as the settings file keeps it. A password is not part of it. */
export const kept = environment.omit({ origin: true, named: true })
export type Kept = z.infer<typeof kept>

const document = z.object({
  version: z.literal(1),
  environments: z.array(kept).refine((all) => new Set(all.map((one) => one.id)).size === all.length, 'two environments have the same id'),
})

export interface SettingsProblem {
  readonly message: string
  readonly line: number | null
}

/**
 * The settings file of the user: environments that were added or changed in the page.
 * A file that does not parse is named with line and reason, kept as it is, and never written over.
 */
export async function openSettingsFile(path: string) {
  let environments: readonly Kept[] = []
  let problem: SettingsProblem | null = null

  const load = async () => {
    const read = await readJson(path, document)
    environments = read.state === 'ok' ? read.value.environments : []
    problem = read.state === 'invalid' ? { message: read.message, line: read.line } : null
  }

  /** Changes what the file holds now: an edit made by hand since is neither lost nor, where it does not parse, written over. */
  const change = async (edit: (environments: readonly Kept[]) => readonly Kept[]) => {
    await load()
    if (problem !== null) {
      const place = problem.line === null ? '' : ` (line ${problem.line}: ${problem.message})`
      throw new Failure(
        'FILE',
        `The settings were not saved, because ${path} does not parse${place}. Mend or move that file, then read it again.`,
      )
    }
    const next = edit(environments)
    await writeJson(path, { version: 1, environments: next })
    environments = next
  }

  // One after the other: of two changes at once none is lost.
  const inTurn = createTurns()

  await load()
  return {
    path,
    environments: () => environments,
    problem: () => problem,
    load: () => inTurn(load),
    save: (one: Kept) => inTurn(() => change((all) => [...all.filter((other) => other.id !== one.id), one])),
    remove: (id: string) => inTurn(() => change((all) => all.filter((other) => other.id !== id))),
  }
}
export type SettingsFile = Awaited<ReturnType<typeof openSettingsFile>>
