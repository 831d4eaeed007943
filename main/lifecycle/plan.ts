import type { EnvironmentId } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { Action, Plan } from '../../preload/contract/lifecycle.ts'
import type { Script } from '../postgres/script.ts'
import { type Around, lookAround, readServer, readTables, type ServerFacts } from './catalogue.ts'
import { fitTransaction } from './load.ts'
import { beside, inside, type ServerDeps } from './maintenance.ts'
import { isBuilt, keptSince, type Names, nameProblem, namesAround } from './names.ts'
import { preflight } from './preflight.ts'
import { findProject, type Project, type ReadScript } from './projects.ts'
import { sessionsEnded, tablesAndRows } from './sentences.ts'
import { buildsAside, type PlannedStep, scriptsOf, stepsOf } from './steps.ts'

export interface PlanDeps extends ServerDeps {
  readonly readScript: ReadScript
}

/** A plan with what it was made of. */
export interface Prepared {
  readonly plan: Plan
  readonly steps: readonly PlannedStep[]
  readonly names: Names
  readonly around: Around
  readonly scripts: readonly { readonly step: 'schema' | 'seed'; readonly script: Script }[]
  /** New ones are built under `next` and put in place. */
  readonly aside: boolean
  readonly oneTransaction: boolean
}

const nothing: Around = { current: null, next: null, previous: null, replaced: null }

/** Looks at the server and the scripts, and says what an action would do. Changes nothing. */
export async function preparePlan(deps: PlanDeps, environment: EnvironmentId, action: Action, signal: AbortSignal): Promise<Prepared> {
  const { connection, project: chosen } = deps.environments.get(environment)
  const { database } = connection
  const names = namesAround(database)
  const project = await findProject(chosen)
  const bad = nameProblem(database)
  if (bad !== null) return unplanned(action, names, project, new Failure('INVALID', bad, { mend: 'open_settings' }))

  const runner = beside(deps, environment)
  const around = await lookAround(runner, names, { signal })
  const server = await readServer(runner, database, { signal })
  const exists = around.current !== null
  const aside = buildsAside({ action, exists })
  const refusal = refusalOf(action, names, around, server, aside)
  let scripts: Prepared['scripts'] = []
  let scriptRefusal: Failure | null = null
  try {
    scripts = await readScripts(deps, action, project)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    scriptRefusal = error
  }
  const texts = scripts.map(({ script }) => script)
  const oneTransaction = fitTransaction(texts)
  const steps = stepsOf({ action, names, project, exists, hasPrevious: around.previous !== null, oneTransaction })
  const within = inside(deps, environment)
  const inPlace = exists && !aside && texts.length > 0 && refusal === null
  const foreseen = inPlace ? await preflight(within, database, texts, signal) : { losses: [], refusal: null }
  const losses =
    exists && refusal === null && (action === 'drop' || action === 'reset' || action === 'undo')
      ? [
          ...(await replacedLosses(action, names, around, within, signal)),
          ...(server.sessions > 0 ? [sessionsEnded(server.sessions, server.sessionNames)] : []),
        ]
      : [...foreseen.losses]
  const stops = refusal ?? scriptRefusal ?? foreseen.refusal
  const losesData = action === 'drop' || action === 'reset' ? exists : foreseen.losses.length > 0
  const plan: Plan = {
    action,
    database,
    steps: steps.map(({ id, title }) => ({ id, title })),
    confirm: losesData ? database : null,
    losses,
    sessions: server.sessions,
    refusal: stops === null ? null : { code: stops.code, message: stops.message, data: stops.data },
    notes: [...texts.flatMap(({ notes }) => notes), ...notesOn(action, names, around, server, aside, texts)],
  }
  return { plan, steps, names, around, scripts, aside, oneTransaction }
}

async function readScripts({ readScript }: PlanDeps, action: Action, project: Project): Promise<Prepared['scripts']> {
  const wanted = scriptsOf(action, project)
  const lacks = (file: string) =>
    new Failure('FILE', `${project.folder} holds no ${file}.`, { file: project.folder, mend: 'open_lifecycle' })
  if (action === 'create' || action === 'drop' || action === 'undo') return []
  if (project.problem !== null) throw new Failure('FILE', project.problem, { file: project.folder, mend: 'open_lifecycle' })
  if (action === 'seed' ? project.seed === null : project.schema === null) throw lacks(action === 'seed' ? 'seed.sql' : 'schema.sql')
  return Promise.all(wanted.map(async ({ step, path }) => ({ step, script: await readScript(path) })))
}

function refusalOf(action: Action, names: Names, around: Around, server: ServerFacts, aside: boolean): Failure | null {
  const { current, next, previous, replaced } = around
  const name = names.current
  if (server.standby) return new Failure('FORBIDDEN', 'This server is a standby: it only reads. Work on its primary.')
  if (current?.protected)
    return new Failure('PROTECTED', `${name} is marked protected. Take the mark away first.`, { mend: 'remove_protection' })
  if (action === 'create' && current !== null) return new Failure('BUSY', `${name} exists already.`)
  if (current === null && (action === 'drop' || action === 'seed' || action === 'load-schema'))
    return new Failure('NO_DATABASE', `There is no database ${name} on this server. Create it first.`, { mend: 'create_database' })
  if (current !== null && current.connectionLimit === -2 && action !== 'drop')
    return new Failure('BUSY', `${name} was left half dropped, and cannot be used. Drop it.`)
  if (action === 'undo' && (previous === null || keptSince(previous.comment) === null))
    return new Failure('GONE', `Nothing is kept to bring back: there is no ${names.previous} that Basepair keeps.`)
  const renames = aside || action === 'undo'
  if ((action === 'create' || renames) && !server.mayCreate)
    return new Failure('FORBIDDEN', 'This role may not create databases: it lacks CREATEDB. Have it granted, or use another role.')
  if (current !== null && (renames || action === 'drop') && !current.mayOwn)
    return new Failure('FORBIDDEN', `${name} belongs to ${current.owner}; only its owner may rename or drop it.`)
  if (current !== null && (renames || action === 'drop') && server.preparedTransactions !== null)
    return new Failure('BUSY', `Prepared transactions hold ${name} in use: ${server.preparedTransactions}. Commit or roll them back first.`)
  const strangers = [
    ...(aside && next !== null && !isBuilt(next.comment) ? [next] : []),
    ...(aside && current !== null && previous !== null && keptSince(previous.comment) === null ? [previous] : []),
    ...(renames && replaced !== null && keptSince(replaced.comment) === null ? [replaced] : []),
  ]
  const [stranger] = strangers
  if (stranger !== undefined)
    return new Failure('BUSY', `A database ${stranger.name} is in the way, and it was not made by Basepair. Rename or drop it first.`)
  return null
}

async function replacedLosses(
  action: Action,
  names: Names,
  around: Around,
  within: ReturnType<typeof inside>,
  signal: AbortSignal,
): Promise<string[]> {
  const { current, previous } = around
  if (current === null) return []
  const unreadable = current.size === null || current.connectionLimit === -2
  const holds = unreadable ? 'what it holds' : `${tablesAndRows(await readTables(within, { signal }))}, ${current.size}`
  if (action === 'drop') return [`${names.current} is dropped for good: ${holds}.`]
  const kept = `${names.current} (${holds}) is kept as ${names.previous}; Undo brings it back.`
  if (action === 'undo' || previous === null) return [kept]
  const since = keptSince(previous.comment)
  return [
    kept,
    `The older ${names.previous}${since === null ? '' : `, kept since ${minute(since)},`} is dropped for good${previous.size === null ? '' : `: ${previous.size}`}.`,
  ]
}

/** Sentences are made in main, which does not know the page's zone. */
const minute = (since: string): string => `${since.slice(0, 16).replace('T', ' ')} UTC`

function notesOn(action: Action, names: Names, around: Around, server: ServerFacts, aside: boolean, scripts: readonly Script[]): string[] {
  const notes: string[] = []
  if (!aside && scripts.length > 0 && !fitTransaction(scripts))
    notes.push('A script begins transactions itself or holds a statement that refuses one: what is done before a failure stays.')
  if (aside && around.current !== null)
    notes.push(`What was granted inside ${names.current} by hand, beside schema.sql, is then only in ${names.previous}.`)
  if (action === 'drop' && around.previous !== null && keptSince(around.previous.comment) !== null)
    notes.push(`The copy ${names.previous} stays.`)
  if ((aside || action === 'drop' || action === 'undo') && server.replicationSlots !== null)
    notes.push(`Replication slots belong to the old database and do not follow: ${server.replicationSlots}.`)
  for (const { path, statements } of scripts)
    for (const { tag, line } of statements)
      if (/^(CREATE|ALTER|DROP) ROLE/.test(tag)) notes.push(`${path}, line ${line}: ${tag} changes the whole server.`)
  return notes
}

function unplanned(action: Action, names: Names, project: Project, refusal: Failure): Prepared {
  const steps = stepsOf({ action, names, project, exists: true, hasPrevious: false, oneTransaction: true })
  const { code, message, data } = refusal
  const plan: Plan = {
    action,
    database: names.current,
    steps: steps.map(({ id, title }) => ({ id, title })),
    confirm: null,
    losses: [],
    sessions: 0,
    refusal: { code, message, data },
    notes: [],
  }
  return { plan, steps, names, around: nothing, scripts: [], aside: false, oneTransaction: true }
}
