import { createHash } from 'node:crypto'

/** Postgres cuts longer names silently (NAMEDATALEN − 1), counted in bytes of UTF-8. */
export const maxNameBytes = 63

const encoder = new TextEncoder()

/** The length of a text in bytes of UTF-8, as Postgres counts names. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

/** One identifier, always in double quotes, so that no name is a keyword, folded to lower case, or an injection. */
export function quoteIdentifier(name: string): string {
  if (name === '') throw new RangeError('An identifier cannot be empty')
  if (name.includes('\0')) throw new RangeError('An identifier cannot hold the character NUL')
  return `"${name.replaceAll('"', '""')}"`
}

/** `"schema"."name"`. */
export function quoteQualified(schema: string, name: string): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`
}

/** The longest beginning of `name` that fits into so many bytes without splitting a character. */
export function cutToBytes(name: string, bytes: number): string {
  return name.slice(0, encoder.encodeInto(name, new Uint8Array(bytes)).read)
}

/**
 * A name set aside for `name`, as `NAME_next`: `name` and `suffix` where both fit into 63 bytes,
 * otherwise the beginning of `name`, a short hash of all of it, and `suffix`, so that two long names do not meet.
 */
export function asideName(name: string, suffix: string): string {
  if (byteLength(name) + byteLength(suffix) <= maxNameBytes) return name + suffix
  const mark = `_${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
  return cutToBytes(name, maxNameBytes - byteLength(mark) - byteLength(suffix)) + mark + suffix
}
