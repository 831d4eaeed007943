import { setTimeout as pause } from 'node:timers/promises'
import type { EnvironmentId } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import { consoleSql } from '../postgres/console-sql.ts'
import type { Connection } from '../postgres/driver.ts'
import { type Around, lookAround, takeLock } from './catalogue.ts'
import type { Journal } from './journal.ts'
import { connectBeside, type ServerDeps } from './maintenance.ts'
import { isBuilt, keptSince, type Names, namesAround } from './names.ts'
import { dropDatabase } from './swap.ts'

/** A killed console's backend goes on until it notices; so long it is waited for. */
const lockPatienceMs = 20_000

/**
 * Looks at what a run that did not end by itself has left on the server, removes leftovers, and says in one sentence
 * what the database is now. OIDs of the journal tell which database is which, whatever their names are by now.
 * @throws the driver's Failure where the server cannot be reached: nothing is settled then.
 */
export async function settle(deps: ServerDeps, environment: EnvironmentId, journal: Journal, log: (line: string) => void): Promise<string> {
  const names = namesAround(journal.run.database)
  // Each case is awaited here: the connection closes on the way out.
  await using connection = await connectBeside(deps, environment)
  await takeLock(connection, names.current, lockPatienceMs)
  const around = await lookAround(connection, names)
  const drop = (name: string) => dropDatabase(deps, environment, connection, name, { log })
  const { action } = journal.run
  if (journal.aside) return await settleAside(journal, names, around, drop)
  switch (action) {
    case 'create':
      return await settleCreate(journal, names, around)
    case 'drop':
      return await settleDrop(journal, names, around, drop)
    case 'undo':
      return await settleUndo(journal, names, around)
    case 'load-schema':
    case 'seed':
    case 'set-up':
    case 'reset':
      return await settleInPlace(connection, journal, names, around)
    default:
      return action satisfies never
  }
}

type Drop = (name: string) => Promise<void>

async function settleAside({ oids }: Journal, names: Names, around: Around, drop: Drop): Promise<string> {
  const { current, next, replaced } = around
  if (current !== null && current.oid === oids.created) {
    const older = replaced !== null && replaced.oid === oids.previous
    if (older) await drop(names.replaced)
    const kept = oids.current === null ? '' : `; the one before is kept as ${names.previous}`
    return `The swap was made: ${names.current} is the new one${kept}.`
  }
  // It was created by the run, or between the run's creating it and its noting so: nothing had that name at its start.
  const leftover = next !== null && (oids.created === null ? isBuilt(next.comment) || next.oid !== oids.next : next.oid === oids.created)
  if (leftover) await drop(names.next)
  const removed = leftover ? `; ${names.next} was removed` : ''
  if (current === null)
    return `${oids.current === null ? `There still is no ${names.current}` : `${names.current} is gone: someone else dropped or renamed it`}${removed}.`
  return `${names.current} is ${current.oid === oids.current ? 'as it was' : 'another one than before: someone else put it there'}${removed}.`
}

async function settleCreate({ oids }: Journal, names: Names, { current }: Around): Promise<string> {
  if (current === null) return `There still is no ${names.current}.`
  if (current.oid === oids.current) return `${names.current} is as it was.`
  return current.oid === oids.created ? `${names.current} was created.` : `${names.current} exists now.`
}

async function settleDrop({ oids }: Journal, names: Names, { current }: Around, drop: Drop): Promise<string> {
  if (current === null) return `${names.current} was dropped.`
  if (current.oid !== oids.current) return `${names.current} was dropped, and someone else created it again.`
  // Postgres marks a database whose removal was begun; it can no longer be used, only removed.
  if (current.connectionLimit !== -2) return `${names.current} is as it was.`
  await drop(names.current)
  return `${names.current} was half dropped; its removal was finished.`
}

async function settleUndo({ oids }: Journal, names: Names, { current, previous }: Around): Promise<string> {
  if (current !== null && current.oid === oids.previous) {
    const kept = previous !== null && keptSince(previous.comment) !== null ? `; what it took the place of is kept as ${names.previous}` : ''
    return `The swap was made: ${names.current} is the previous one again${kept}.`
  }
  return `${names.current} is as it was.`
}

async function settleInPlace(connection: Connection, journal: Journal, names: Names, { current }: Around): Promise<string> {
  const name = names.current
  if (current === null) return `There is no ${name}: someone else dropped or renamed it.`
  if (journal.backend !== null) {
    const { pid, backendStart } = journal.backend
    await connection.run({ text: consoleSql('lifecycle-terminate'), values: [String(pid), backendStart] })
  }
  if (journal.piecemeal)
    return journal.step === 'check' || journal.step === null
      ? `${name} is as it was.`
      : `${name} holds what was done before: the scripts did not run in one transaction. Look at its tables.`
  if (journal.transaction === null) return `${name} is as it was.`
  for (let attempt = 0; ; attempt++) {
    const status = await statusOf(connection, journal.transaction)
    switch (status) {
      case 'committed':
        return `The scripts had run to their end: ${name} holds what they made.`
      case 'aborted':
        return `${name} is as it was: the transaction was rolled back.`
      case 'in progress':
        if (attempt >= 100)
          throw new Failure('BUSY', `The transaction of the run is still open on the server. End its session on ${name}.`, {
            mend: 'free_sessions',
          })
        await pause(100)
        break
      default:
        return `It is no longer known whether the scripts were committed: look at the tables of ${name}.`
    }
  }
}

async function statusOf(connection: Connection, transaction: string): Promise<string | null> {
  try {
    const { rows } = await connection.run({ text: consoleSql('lifecycle-transaction'), values: [transaction] })
    return rows[0]?.[0] ?? null
  } catch (error) {
    // "in the future": the server crashed before it had written anything of that transaction down, so nothing of it was kept.
    if (error instanceof Failure && error.data?.source?.code === '22023') return 'aborted'
    throw error
  }
}
