import type { Session } from '../../preload/contract/sessions.ts'
import type { Value } from '../postgres/driver.ts'

/** A clock set back must not show a negative time. */
const seconds = (value: Value | undefined): number | null => (value == null ? null : Math.max(0, Number(value)))

/** One row of `sessions-list.sql` as the contract has it. */
export function sessionOf(row: readonly Value[]): Session {
  const [
    pid,
    start,
    user,
    database,
    application,
    address,
    state,
    stateSeconds,
    transactionSeconds,
    wait,
    query,
    type,
    own,
    hidden,
    blockers,
  ] = row
  return {
    pid: Number(pid),
    backendStart: start ?? null,
    user: user ?? null,
    database: database ?? null,
    application: application ?? null,
    address: address ?? null,
    state: state ?? null,
    stateSeconds: seconds(stateSeconds),
    transactionSeconds: seconds(transactionSeconds),
    wait: wait ?? null,
    query: query ?? null,
    backendType: type ?? null,
    own: own === 't',
    hidden: hidden === 't',
    blockedBy: blockers ? blockers.split(',').map(Number) : [],
  }
}

/** The last column of `sessions-list.sql`: whether the role sees every row whole. */
export const isPrivileged = (row: readonly Value[]): boolean => row.at(-1) === 't'

/** How the activity log names a session: never its query, which may hold a secret. */
export function describe(session: Session): string {
  const who = [session.user, session.database].filter(Boolean).join('@')
  return [`pid ${session.pid}`, who, session.application, session.state].filter(Boolean).join(' ')
}
