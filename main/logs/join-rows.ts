import { toldBy } from '../../cloudwatch/person.ts'
import { plainText } from '../../cloudwatch/plain-text.ts'
import type { SignUp } from '../../preload/contract/logs.ts'
import type { UserRow, UserRows } from './find-rows.ts'
import type { Confirmation } from './join-pool.ts'

/** The row of a sign-up is written while the function runs; clocks and connections differ by less. */
const aroundMs = 60_000
/** Lambda lets no function run longer. */
const longestMs = 15 * 60_000
/** Ways to mend what is mended already where the table can be read. */
const mendsTable = new Set(['load_schema', 'create_database', 'start_instance'])

/**
 * The sign-ups of a log, newest first, each with whether its row is there; `rows` is null where they could not be looked for.
 * The row counts by the sub alone where that is known: an application finds its user by it.
 */
export function joinRows(confirmations: readonly Confirmation[], rows: UserRows | null, now: number): SignUp[] {
  const laterSub = new Map<string, string>()
  return confirmations.toReversed().flatMap((trace) => {
    const { sub, email } = trace.person
    const address = email?.toLowerCase() ?? null
    const later = address === null ? undefined : laterSub.get(address)
    if (address !== null && sub !== null && later === undefined) laterSub.set(address, sub)
    const one = signUpOf(trace, rows, later === sub ? undefined : later, now)
    return isNothingNew(trace, one, rows) ? [] : [one]
  })
}

/** Of whom only the user pool tells, and who has the row since then, nothing is amiss: the user changed something, or the log was elsewhere. */
function isNothingNew({ attempts, poolAt, person: { sub } }: Confirmation, { row }: SignUp, rows: UserRows | null): boolean {
  if (attempts.length > 0 || row !== 'there') return false
  const written = sub === null ? null : (rows?.bySub(sub)?.createdAtMs ?? null)
  return written === null || written < (poolAt ?? 0) + aroundMs
}

function signUpOf(trace: Confirmation, rows: UserRows | null, laterSub: string | undefined, now: number): SignUp {
  const { person, attempts, outcome, poolAt } = trace
  const { sub, email } = person
  const found = sub === null ? (email === null ? null : rows?.byEmail(email)) : rows?.bySub(sub)
  const row = rows === null || (sub === null && email === null) ? 'unknown' : found == null ? 'missing' : 'there'
  const other = row === 'missing' && email !== null ? (rows?.byEmail(email) ?? null) : null
  const first = attempts[0]?.startedAt ?? poolAt ?? 0
  const last = attempts.at(-1)
  const ended = last?.endedAt ?? last?.startedAt ?? first
  const supersededBy = laterSub ?? (other !== null && other.createdAtMs !== null && other.createdAtMs > ended ? other.sub : undefined)
  return {
    key: trace.key,
    sub,
    email,
    name: person.name,
    handle: person.handle,
    trigger: triggerOf(trace, found ?? null, first, ended),
    attempts: attempts.map(({ requestId, stream, startedAt: at, outcome, durationMs }) => ({ requestId, stream, at, outcome, durationMs })),
    outcome,
    row,
    rowCreatedAt: found?.createdAt ?? null,
    reason: row === 'there' ? null : reasonOf(trace, row, other, supersededBy, now),
    ...(row !== 'there' && supersededBy !== undefined && { supersededBy }),
    ...(poolAt !== null && { poolAt: Math.round(poolAt) }),
  }
}

/** Where the function does not print its trigger, the row may tell: one that was there long before was not written by this run. */
function triggerOf({ trigger, attempts }: Confirmation, row: UserRow | null, first: number, ended: number): SignUp['trigger'] {
  const written = row?.createdAtMs ?? null
  if (written === null || attempts.length === 0 || attempts.some((one) => toldBy(one).trigger !== 'unknown')) return trigger
  if (written < first - aroundMs) return 'password_reset'
  return written <= ended + aroundMs ? 'sign_up' : trigger
}

function reasonOf(
  { failure, outcome, attempts, trigger, isUnclear }: Confirmation,
  row: SignUp['row'],
  other: UserRow | null,
  supersededBy: string | undefined,
  now: number,
): SignUp['reason'] {
  const line = failure?.text ?? ''
  if (supersededBy !== undefined) {
    return {
      sentence: `This user signed up again later, as ${plainText(supersededBy)}; that row is the one that counts.`,
      line,
      mend: null,
    }
  }
  if (other !== null) {
    const sentence = `users has a row with this e-mail whose cognito_user_id is ${plainText(other.sub)}: of an earlier user, perhaps deleted in Cognito. Give that row this user's sub, or delete it and repair.`
    return { sentence, line, mend: 'open_table' }
  }
  if (failure !== null) {
    const mended = row === 'missing' && failure.mend !== null && mendsTable.has(failure.mend)
    const shared = isUnclear ? 'The log does not name this user; all that ran namelessly at that time failed alike. ' : ''
    return { sentence: shared + failure.sentence, line, mend: mended ? null : failure.mend }
  }
  const said = (sentence: string) => ({ sentence, line, mend: null })
  switch (outcome) {
    case null:
      return isUnclear
        ? said('The log does not name this user, and does not tell which of several runs at that time was for this one.')
        : said("The log tells nothing of this user's confirmation: the function was not called, or it writes elsewhere.")
    case 'open':
      return (attempts.at(-1)?.startedAt ?? 0) + longestMs > now
        ? said('The function has not ended yet.')
        : said('The log tells of no end of the function: it was cut off, or its last lines are not there.')
    case 'timed out':
      return said('The function ran into its time limit before it told of anything.')
    case 'failed':
      return said('The function failed, and no line tells why.')
    case 'hidden error':
    case 'ok':
      if (row === 'unknown') return null
      return trigger === 'password_reset'
        ? said('A password was reset for a user without a row: whatever kept it from being written came before.')
        : said('The function reported no error, yet there is no row: it writes to another database or table, or the row was deleted since.')
    default:
      return outcome satisfies never
  }
}
