import { isAbsolute, join } from 'node:path'
import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import type { query, RunEvent } from '../../preload/contract/query.ts'
import type { Call } from '../environments/caller.ts'
import type { Environments } from '../environments/environments.ts'
import { consoleSql, sqlFolder } from '../postgres/console-sql.ts'
import type { Driver } from '../postgres/driver.ts'
import { readQueryFiles } from './files.ts'
import { createHistory, type Remembered } from './history.ts'
import { type RunDeps, runText } from './run.ts'

type Inputs = InferContractRouterInputs<typeof query>
type Outputs = InferContractRouterOutputs<typeof query>

export interface QueryDeps extends RunDeps {
  readonly driver: Pick<Driver, 'connect' | 'run'>
  readonly environments: Pick<Environments, 'get' | 'target' | 'isLocked' | 'allowChange'>
  /** Where the history is kept. */
  readonly stateFolder: string
}

/** Relations whose names are given for completion. */
const completed = 5000

/** Runs what the user writes, and keeps what was run. */
export function createQueryService(deps: QueryDeps) {
  const { driver, environments } = deps
  const history = createHistory(deps.stateFolder)

  async function* run(input: Inputs['run'], call: Call): AsyncGenerator<RunEvent, void> {
    const { environment, text, parameters = {} } = input
    const at = new Date().toISOString()
    const started = performance.now()
    let rows: number | null = null
    // Stands where the page goes away before the run is over.
    let error: Remembered['error'] = 'Cancelled.'
    let failed = false
    let asked = false
    try {
      for await (const event of runText(deps, { environment, text, parameters }, call)) {
        if (event.event === 'complete') rows = event.rows
        if (event.event === 'error') {
          failed = true
          error = event.message
          asked = event.parameters !== undefined
        }
        yield event
      }
      if (!failed) error = null
    } finally {
      // A text that only asked for its values was not run yet.
      if (text.trim() !== '' && !asked)
        await history.add(environment, { at, text, ms: Math.round(performance.now() - started), rows, error })
    }
  }

  return {
    run,

    history: (input: Inputs['history'], _call: Call): Promise<Outputs['history']> => history.list(input.environment, input.search),

    clearHistory: (input: Inputs['clearHistory'], _call: Call): Promise<void> => history.clear(input.environment),

    async files(input: Inputs['files'], _call: Call): Promise<Outputs['files']> {
      const { project } = environments.get(input.environment)
      const folder = join(isAbsolute(project) ? project : join(sqlFolder(), project), 'queries')
      return { folder, files: await readQueryFiles(folder) }
    },

    async catalogue(input: Inputs['catalogue'], call: Call): Promise<Outputs['catalogue']> {
      const statement = { text: consoleSql('query-catalogue'), values: [String(completed)] }
      const { rows } = await driver.run(environments.target(input.environment), statement, { signal: call.signal, readOnly: true })
      const schemas = new Map<string, [string, string[]][]>()
      for (const [schema, relation, columns] of rows) {
        if (schema == null || relation == null || columns == null) continue
        const relations = schemas.get(schema) ?? []
        // The server made this array of names itself.
        relations.push([relation, JSON.parse(columns) as string[]])
        schemas.set(schema, relations)
      }
      // From entries, so that a table called `__proto__` is one like any other.
      return Object.fromEntries([...schemas].map(([schema, relations]) => [schema, Object.fromEntries(relations)]))
    },
  }
}
