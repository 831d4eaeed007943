import type { EnvironmentId } from '../../preload/contract/environments.ts'
import type { Connection } from '../postgres/driver.ts'
import { quoteIdentifier } from '../postgres/identifier.ts'
import { comment } from './build.ts'
import type { Around } from './catalogue.ts'
import type { ServerDeps } from './maintenance.ts'
import { keptMark, type Names, withoutMark } from './names.ts'
import { type FreeOptions, withSessionsEnded } from './sessions.ts'

interface SwapWork {
  readonly deps: ServerDeps
  readonly environment: EnvironmentId
  /** Holds the lock; does the renaming. */
  readonly connection: Connection
  readonly names: Names
  readonly around: Around
  /** When the copy that is put aside began to be kept. */
  readonly at: string
}

/**
 * Puts the database that was built aside in its place, in one transaction; the one before is kept as the previous one,
 * and an older previous one gets the name `replaced`.
 */
export function putInPlace({ deps, environment, connection, names, around, at }: SwapWork, options: FreeOptions): Promise<void> {
  const { current, previous } = around
  const databases = [names.current, names.next, names.previous]
  return withSessionsEnded(deps, environment, databases, options, () =>
    inTransaction(connection, options.signal, async (rename) => {
      if (current !== null && previous !== null) await rename(names.previous, names.replaced)
      if (current !== null) {
        await rename(names.current, names.previous)
        await comment(connection, names.previous, keptMark(current.comment, at))
      }
      await rename(names.next, names.current)
      await comment(connection, names.current, withoutMark(current?.comment ?? null))
    }),
  )
}

/** Brings the previous database back in one transaction; what it takes the place of becomes the previous one. */
export function bringBack({ deps, environment, connection, names, around, at }: SwapWork, options: FreeOptions): Promise<void> {
  const { current, previous } = around
  const databases = [names.current, names.previous]
  return withSessionsEnded(deps, environment, databases, options, () =>
    inTransaction(connection, options.signal, async (rename) => {
      if (current !== null) await rename(names.current, names.replaced)
      await rename(names.previous, names.current)
      await comment(connection, names.current, withoutMark(previous?.comment ?? null))
      if (current !== null) {
        await rename(names.replaced, names.previous)
        await comment(connection, names.previous, keptMark(current.comment, at))
      }
    }),
  )
}

/** Drops a database with whoever is connected to it. */
export function dropDatabase(
  deps: ServerDeps,
  environment: EnvironmentId,
  connection: Connection,
  name: string,
  options: FreeOptions,
): Promise<void> {
  return withSessionsEnded(deps, environment, [name], options, async () => {
    await connection.run({ text: `DROP DATABASE ${quoteIdentifier(name)}` }, { signal: options.signal, timeoutMs: 0 })
  })
}

async function inTransaction(
  connection: Connection,
  signal: AbortSignal | undefined,
  work: (rename: (from: string, to: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  await connection.run({ text: 'BEGIN' }, { signal })
  try {
    await work(async (from, to) => {
      await connection.run(
        { text: `ALTER DATABASE ${quoteIdentifier(from)} RENAME TO ${quoteIdentifier(to)}` },
        { signal, timeoutMs: 60_000 },
      )
    })
    signal?.throwIfAborted()
  } catch (error) {
    // Where the connection is gone, the server has rolled back by itself; the first error is the one to tell.
    await connection.run({ text: 'ROLLBACK' }).catch(() => {})
    throw error
  }
  // From here on it is too late to cancel: whether it was done is for the server to say.
  await connection.run({ text: 'COMMIT' })
}
