import { readdir, stat } from 'node:fs/promises'
import { basename, isAbsolute, join } from 'node:path'
import type { Environment } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import { sqlFolder } from '../postgres/console-sql.ts'
import { readScript, type Script } from '../postgres/script.ts'
import type { RelationName } from '../postgres/statement-facts.ts'

/** A folder that builds a database: one of the console's own under `sql/`, or the user's. */
export interface Project {
  readonly name: string
  readonly folder: string
  /** Absolute paths; null where the folder holds no such file. */
  readonly schema: string | null
  readonly seed: string | null
  /** Why nothing can be built from it; null where all is well. */
  readonly problem: string | null
}

/** Not a project: what the console itself runs. */
const ownFolder = 'console'

/** What the environment's project is, without reading its scripts. */
export async function findProject(project: string): Promise<Project> {
  const folder = isAbsolute(project) ? project : join(sqlFolder(), project)
  const name = isAbsolute(project) ? basename(project) || project : project
  const is = (problem: string | null, schema: string | null = null, seed: string | null = null): Project => ({
    name,
    folder,
    schema,
    seed,
    problem,
  })
  if (!isAbsolute(project) && !/^[a-z][a-z0-9_-]*$/i.test(project))
    return is(`${project} is neither a project of the console nor an absolute path.`)
  if (project === ownFolder || !(await isKind(folder, 'folder'))) return is(`There is no folder ${folder}.`)
  const file = async (called: string) => ((await isKind(join(folder, called), 'file')) ? join(folder, called) : null)
  const [schema, seed] = await Promise.all([file('schema.sql'), file('seed.sql')])
  if (schema === null && seed === null) return is(`${folder} holds neither schema.sql nor seed.sql.`)
  return is(null, schema, seed)
}

/** The console's own projects. */
export async function listProjects(): Promise<readonly { name: string; folder: string }[]> {
  const entries = await readdir(sqlFolder(), { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory() && entry.name !== ownFolder)
    .map(({ name }) => ({ name, folder: join(sqlFolder(), name) }))
    .sort((a, b) => a.name.localeCompare(b.name))
}

/** Fails with FILE where the folder cannot be a project. */
export async function checkProject(project: string): Promise<void> {
  const { problem, folder } = await findProject(project)
  if (problem === null || (await isKind(join(folder, 'queries'), 'folder'))) return
  throw new Failure('FILE', problem, { file: folder })
}

/** Reads scripts, and keeps what it read until the file changes. */
export function createScriptReader() {
  const kept = new Map<string, { readonly stamp: string; readonly script: Script }>()
  return async (path: string): Promise<Script> => {
    const found = await stat(path, { bigint: true }).catch(() => null)
    const stamp = found === null ? '' : `${found.mtimeNs}/${found.size}/${found.ino}`
    const known = kept.get(path)
    if (known !== undefined && known.stamp === stamp) return known.script
    kept.delete(path)
    const script = await readScript(path)
    // Two scripts of each environment are in use; a large one should not stay for ever.
    if (kept.size >= 8) kept.clear()
    kept.set(path, { stamp, script })
    return script
  }
}
export type ReadScript = ReturnType<typeof createScriptReader>

/** What the overview asks: the tables that the schema leaves behind, and whether there is a seed. Fails with FILE or SQL. */
export async function projectFacts(
  read: ReadScript,
  environment: Environment,
): Promise<{ readonly tables: readonly RelationName[]; readonly seeds: boolean }> {
  const project = await findProject(environment.project)
  if (project.problem !== null) throw new Failure('FILE', project.problem, { file: project.folder, mend: 'open_lifecycle' })
  const tables = new Map<string, RelationName>()
  const { statements } = project.schema === null ? { statements: [] } : await read(project.schema)
  for (const { drops, creates } of statements) {
    for (const one of drops) tables.delete(JSON.stringify(one))
    for (const one of creates) tables.set(JSON.stringify(one), one)
  }
  return { tables: [...tables.values()], seeds: project.seed !== null }
}

async function isKind(path: string, kind: 'file' | 'folder'): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found !== null && (kind === 'file' ? found.isFile() : found.isDirectory())
}
