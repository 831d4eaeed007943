import { setTimeout as pause } from 'node:timers/promises'
import type { EnvironmentId } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import { consoleSql } from '../postgres/console-sql.ts'
import type { Connection } from '../postgres/driver.ts'
import { connectBeside, type ServerDeps } from './maintenance.ts'

const attempts = 6
const pauseMs = 100

export interface FreeOptions {
  readonly signal?: AbortSignal | undefined
  log(line: string): void
}

/**
 * Does work that Postgres refuses while anyone is connected to these databases (55006), with their sessions ended.
 * Postgres waits up to five seconds for sessions to go, and lets no new ones in while it waits: so the work is begun,
 * and whoever came back meanwhile is ended beside it.
 */
export async function withSessionsEnded<T>(
  deps: ServerDeps,
  environment: EnvironmentId,
  databases: readonly string[],
  { signal, log }: FreeOptions,
  work: () => Promise<T>,
): Promise<T> {
  await using beside = await connectBeside(deps, environment, signal)
  let refusal: unknown = null
  const free = async (quiet: boolean) => {
    for (const one of databases) await deps.driver.end(environment, one)
    try {
      const ended = await terminate(beside, databases)
      if (ended.length > 0 && !quiet) log(`Ended ${ended.length === 1 ? 'a session' : `${ended.length} sessions`}: ${ended.join('; ')}.`)
    } catch (error) {
      refusal = error
    }
  }
  for (let attempt = 1; ; attempt++) {
    await free(false)
    let working = true
    const done = work().finally(() => {
      working = false
    })
    const meanwhile = (async () => {
      while (working) {
        await pause(pauseMs)
        if (working) await free(true)
      }
    })()
    try {
      return await done
    } catch (error) {
      if (!isInUse(error)) throw error
      if (attempt >= attempts || refusal !== null) throw refusal ?? error
      signal?.throwIfAborted()
      log('Sessions came back at once; trying again.')
    } finally {
      await meanwhile
    }
  }
}

/** Ends the sessions on these databases, each as pid and beginning. @throws Failure FORBIDDEN */
async function terminate(connection: Connection, databases: readonly string[]): Promise<readonly string[]> {
  const { rows } = await connection.run({ text: consoleSql('lifecycle-sessions'), values: [JSON.stringify(databases)] })
  const ended: string[] = []
  for (const [pid, backendStart, user, application, address] of rows) {
    // A role that may not see when a session began may not end it either.
    if (backendStart == null)
      throw new Failure(
        'FORBIDDEN',
        `The session ${pid} of ${user} is in the way, and this role may not end it. It needs pg_signal_backend, or the other role's membership.`,
      )
    try {
      await connection.run({ text: consoleSql('lifecycle-terminate'), values: [pid ?? null, backendStart] })
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'FORBIDDEN') throw error
      throw new Failure(
        'FORBIDDEN',
        `The session ${pid} of ${user} is in the way, and this role may not end it: ${error.message}`,
        error.data,
      )
    }
    ended.push(`${pid} of ${user}${application ? `, ${application}` : ''}${address ? `, ${address}` : ''}`)
  }
  return ended
}

const isInUse = (error: unknown) => error instanceof Failure && error.data?.source?.code === '55006'
