import { masterPassword, servernameOf } from '../instance.ts'
import { firstInstance } from '../rds/first-instance.ts'
import { answers, type DbInstance } from '../rds/state.ts'
import { type FindInstance, NameNotFound } from './database.ts'

export interface InstanceReachOptions {
  /** The instance that the function's CONNECTION_URL names; undefined once it was deleted. */
  readonly instance: () => DbInstance | undefined
  /** Where its server listens; null while it does not. */
  readonly listening: (instance: DbInstance) => number | null
  /** The folder of the instance's server. */
  readonly folderOf: (instance: DbInstance) => string
  readonly caPem: string
}

/** The instance as the function reaches it: signed in as its master user, whose password the function is always told. */
export function createInstanceReach({ instance, listening, folderOf, caPem }: InstanceReachOptions): FindInstance {
  return async () => {
    const host = servernameOf(firstInstance.identifier, firstInstance.region)
    const found = instance()
    if (found === undefined) throw new NameNotFound(host)
    return {
      host,
      port: found.port,
      user: found.masterUser,
      password: await masterPassword(folderOf(found)),
      database: found.database ?? 'postgres',
      caPem,
      listening: answers(found) ? listening(found) : null,
    }
  }
}
