import type { Environment, EnvironmentId, Identity } from '../../preload/contract/environments.ts'
import type { Target } from '../postgres/driver.ts'
import type { Caller } from './caller.ts'

/** What the features may ask about environments. Each function fails with GONE for an id that is not there. */
export interface Environments {
  get(id: EnvironmentId): Environment
  all(): readonly Environment[]
  /** Where to connect; `database` stands in for the environment's own (maintenance work). */
  target(id: EnvironmentId, database?: string): Target
  /** Who answered last; null while not connected. */
  identity(id: EnvironmentId): Identity | null
  /** True where this window may only read. */
  isLocked(caller: Caller, id: EnvironmentId): boolean
  /** Passes where this window may change the environment, otherwise fails with LOCKED. */
  allowChange(caller: Caller, id: EnvironmentId): void
  /** Looks at the connection again at once: after a change that may have cut or mended it. */
  recheck(id: EnvironmentId): void
  /** Keeps another project for the environment, in the settings or the state. */
  setProject(id: EnvironmentId, project: string): Promise<void>
}
