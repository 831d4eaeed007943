import type { EnvironmentId } from '../../preload/contract/environments.ts'
import type { Environments } from '../environments/environments.ts'
import type { Connection, Driver } from '../postgres/driver.ts'
import { isShutOut, maintenanceDatabase } from '../postgres/maintenance-database.ts'
import type { Runner } from './catalogue.ts'

/** What working around a database needs of the console. */
export interface ServerDeps {
  readonly driver: Pick<Driver, 'run' | 'connect' | 'end'>
  readonly environments: Pick<Environments, 'target' | 'get' | 'recheck'>
}

/** Where to stand while the environment's own database is made, renamed or dropped. */
const places = [maintenanceDatabase, 'template1']

/** Runs statements on a pooled connection beside the environment's database. */
export function beside({ driver, environments }: ServerDeps, environment: EnvironmentId): Runner {
  return { run: (statement, options) => standing((place) => driver.run(environments.target(environment, place), statement, options)) }
}

/** Runs statements on a pooled connection to the environment's database, or another one. */
export function inside({ driver, environments }: ServerDeps, environment: EnvironmentId, database?: string): Runner {
  return { run: (statement, options) => driver.run(environments.target(environment, database), statement, options) }
}

/** A connection of one's own beside the environment's database. Its owner closes it. */
export function connectBeside({ driver, environments }: ServerDeps, environment: EnvironmentId, signal?: AbortSignal): Promise<Connection> {
  return standing((place) => driver.connect(environments.target(environment, place), 'lifecycle', { signal }))
}

async function standing<T>(work: (place: string) => Promise<T>): Promise<T> {
  let first: unknown
  for (const place of places) {
    try {
      return await work(place)
    } catch (error) {
      if (!isShutOut(error)) throw error
      first ??= error
    }
  }
  throw first
}
