import { Failure } from '../../preload/contract/errors.ts'
import { consoleSql } from '../postgres/console-sql.ts'
import type { Driver, Target } from '../postgres/driver.ts'

/** A row of `users`. */
export interface UserRow {
  readonly sub: string
  readonly email: string | null
  /** As the server writes it; null where the table has no such column. */
  readonly createdAt: string | null
  /** The same in milliseconds since 1970; null where its zone cannot be told. */
  readonly createdAtMs: number | null
}

/** Whoever is looked for. */
export interface Sought {
  readonly sub: string | null
  readonly email: string | null
}

/** The rows of some people, found by sub or by e-mail. */
export interface UserRows {
  bySub(sub: string): UserRow | null
  /** Whatever its case; the newest, where several have it. */
  byEmail(email: string): UserRow | null
}

/** Milliseconds: a row is looked for again and again, and a lock that a load of the schema holds must not keep a connection busy. */
const timeoutMs = 3_000
/** No name in a log is longer that a pool of Cognito could hold. */
const longest = 2_048

/** What Postgres takes as text and as JSON; whoever has another name has no row. */
const isSendable = (text: string | null): text is string =>
  text !== null && text !== '' && text.length <= longest && !text.includes('\0') && text.isWellFormed()

const distinct = (texts: readonly (string | null)[]): string => JSON.stringify([...new Set(texts.filter(isSendable))])

/** One question for the rows of all these people, read-only. Failures are the driver's, in words about the table `users`. */
export async function findRows(
  driver: Pick<Driver, 'run'>,
  target: Target,
  people: readonly Sought[],
  signal: AbortSignal,
): Promise<UserRows> {
  const values = [distinct(people.map(({ sub }) => sub)), distinct(people.map(({ email }) => email))]
  const statement = { text: consoleSql('logs-sign-up-rows'), values }
  try {
    const { rows } = await driver.run(target, statement, { readOnly: true, signal, timeoutMs })
    return indexRows(rows.map(([sub, email, createdAt, zone]) => userRow(sub ?? '', email ?? null, createdAt ?? null, zone ?? '')))
  } catch (error) {
    throw error instanceof Failure ? aboutUsers(error, target) : error
  }
}

function indexRows(rows: readonly UserRow[]): UserRows {
  const bySub = new Map(rows.map((row) => [row.sub, row]))
  const byEmail = new Map<string, UserRow>()
  for (const row of rows.toSorted((one, other) => (one.createdAtMs ?? 0) - (other.createdAtMs ?? 0))) {
    if (row.email !== null) byEmail.set(row.email.toLowerCase(), row)
  }
  return { bySub: (sub) => bySub.get(sub) ?? null, byEmail: (email) => byEmail.get(email.toLowerCase()) ?? null }
}

const userRow = (sub: string, email: string | null, createdAt: string | null, zone: string): UserRow => ({
  sub,
  email,
  createdAt,
  createdAtMs: createdAt === null ? null : instantOf(createdAt, zone),
})

/**
 * The instant of a timestamp as Postgres writes it in its ISO style. One without a zone is taken for UTC where that is the server's zone,
 * as it is on RDS unless somebody changed it; else nobody knows whose time it was.
 */
export function instantOf(text: string, zone: string): number | null {
  const parts = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{1,6})?([+-]\d\d)?(:\d\d)?$/.exec(text)
  if (parts === null) return null
  const [, day, time, fraction = '', hours, minutes = ':00'] = parts
  if (hours === undefined && !/^(UTC|Etc\/UTC|GMT)$/.test(zone)) return null
  const at = Date.parse(`${day}T${time}${fraction.slice(0, 4)}${hours === undefined ? 'Z' : `${hours}${minutes}`}`)
  return Number.isNaN(at) ? null : at
}

function aboutUsers(failure: Failure, target: Target): Failure {
  const source = failure.data?.source?.code
  if (source === '42703') {
    return new Failure('SQL', `users in ${target.database} has no column cognito_user_id, so no row can be told to be of a sign-up.`, {
      ...failure.data,
      mend: 'open_lifecycle',
    })
  }
  if (failure.code === 'TIMEOUT') {
    return new Failure(
      'TIMEOUT',
      `users in ${target.database} could not be read within ${timeoutMs / 1000} s: it is locked, or very large.`,
      {
        ...failure.data,
        mend: 'free_sessions',
      },
    )
  }
  return failure
}
