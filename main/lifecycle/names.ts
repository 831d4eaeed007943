import { asideName, byteLength, maxNameBytes } from '../postgres/identifier.ts'

/** The names around one database. */
export interface Names {
  readonly current: string
  /** Where a new one is built. */
  readonly next: string
  /** What `undo` brings back. */
  readonly previous: string
  /** An older previous one, for the moment between a swap and its removal. */
  readonly replaced: string
}

export function namesAround(database: string): Names {
  return {
    current: database,
    next: asideName(database, '_next'),
    previous: asideName(database, '_prev'),
    replaced: asideName(database, '_old'),
  }
}

/** Why a name cannot be worked on; null where it can. */
export function nameProblem(database: string): string | null {
  const bytes = byteLength(database)
  if (bytes > maxNameBytes)
    return `The name ${database} has ${bytes} bytes; Postgres keeps ${maxNameBytes} and would work on another database. Shorten it in the settings.`
  if (database === '' || database.includes('\0')) return 'The environment names no database.'
  if (database === 'postgres' || database === 'rdsadmin' || /^template\d*$/.test(database))
    return `${database} belongs to the server itself. Give the environment a database of its own.`
  return null
}

/** Text as a literal for statements that take no parameters, whatever standard_conforming_strings says. */
export function quoteLiteral(text: string): string {
  if (text.includes('\0')) throw new RangeError('A literal cannot hold the character NUL')
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`
  return text.includes('\\') ? `E${quoted}` : quoted
}

// The comment of a database carries on its last line what Basepair made it for, so that no other database of that name is touched.
const keptLine = /(?:^|\n)Kept by Basepair since (\S+)\.$/
const builtLine = /(?:^|\n)Built by Basepair since (\S+)\.$/
const protectedLine = /(?:^|\n)Protected by Basepair\.$/

export const keptMark = (comment: string | null, at: string) => joined(withoutMark(comment), `Kept by Basepair since ${at}.`)
export const builtMark = (at: string) => `Built by Basepair since ${at}.`

/** In the comment, because every owner may write it, and everybody reads it without connecting to the database. */
export const protectedMark = (comment: string | null) => joined(withoutMark(comment), 'Protected by Basepair.')

/** Since when it is kept; null where the comment does not say that Basepair keeps it. */
export const keptSince = (comment: string | null) => keptLine.exec(comment ?? '')?.[1] ?? null
export const isBuilt = (comment: string | null) => builtLine.test(comment ?? '')

/** The comment as it was without Basepair. */
export function withoutMark(comment: string | null): string | null {
  const text = (comment ?? '').replace(keptLine, '').replace(builtLine, '').replace(protectedLine, '')
  return text === '' ? null : text
}

const joined = (comment: string | null, line: string) => (comment === null ? line : `${comment}\n${line}`)
