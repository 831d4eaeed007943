import { loadModule, type ScanToken, scanSync } from 'libpg-query'

/** `:name` or `%(name)s` in a text, in UTF-16 offsets from 0; `to` stands behind it. */
export interface Placeholder {
  readonly name: string
  readonly from: number
  readonly to: number
}

/**
 * Finds the named parameters with Postgres' own scanner, so that none is seen in a string, a quoted name, a comment, a cast
 * or the bounds of a slice (`a[1:n]`). A text that the scanner refuses has none.
 */
export async function findPlaceholders(text: string): Promise<readonly Placeholder[]> {
  // Most texts have none, and the scanner allocates an object for each token.
  if (!/:[\p{L}_]|%\(/u.test(text) || text.includes('\0') || !text.isWellFormed()) return []
  await loadModule()
  const tokens = scan(text)
  const offset = Buffer.byteLength(text) === text.length ? (at: number) => at : utf16Offsets(text)
  const found: Placeholder[] = []
  let brackets = 0
  for (const [place, token] of tokens.entries()) {
    if (token.text === '[') brackets++
    else if (token.text === ']') brackets--
    const match = colonAt(tokens, place, brackets > 0) ?? percentAt(tokens, place)
    if (match !== null) found.push({ name: match.name, from: offset(token.start), to: offset(match.end) })
  }
  return found
}

/** The names in order of first appearance. */
export function namesOf(placeholders: readonly Placeholder[]): string[] {
  return [...new Set(placeholders.map((one) => one.name))]
}

function scan(text: string): readonly ScanToken[] {
  try {
    return scanSync(text).tokens
  } catch {
    // An unterminated string or comment: the parser, asked next, says where.
    return []
  }
}

const name = /^[\p{L}_][\p{L}\p{N}_$]*$/u

function colonAt(tokens: readonly ScanToken[], place: number, inBrackets: boolean): { name: string; end: number } | null {
  const [before, colon, word] = [tokens[place - 1], tokens[place], tokens[place + 1]]
  if (colon?.text !== ':' || word === undefined || word.start !== colon.end || !name.test(word.text)) return null
  if (inBrackets && before !== undefined && endsOperand(before)) return null
  return { name: word.text, end: word.end }
}

function percentAt(tokens: readonly ScanToken[], place: number): { name: string; end: number } | null {
  const [percent, open, word, close, kind] = tokens.slice(place, place + 5)
  if (percent === undefined || open === undefined || word === undefined || close === undefined || kind === undefined) return null
  const shape = percent.text === '%' && open.text === '(' && close.text === ')' && kind.text === 's' && name.test(word.text)
  const joined = open.start === percent.end && word.start === open.end && close.start === word.end && kind.start === close.end
  return shape && joined ? { name: word.text, end: kind.end } : null
}

/** In brackets, a colon behind a value divides a slice. */
const endsOperand = (token: ScanToken): boolean => /[\p{L}\p{N}_$"')\]]$/u.test(token.text)

function utf16Offsets(text: string): (bytes: number) => number {
  const table = new Map<number, number>()
  let bytes = 0
  let at = 0
  for (const character of text) {
    table.set(bytes, at)
    bytes += Buffer.byteLength(character)
    at += character.length
  }
  table.set(bytes, at)
  return (asked) => table.get(asked) ?? 0
}

/** A text whose pieces were replaced, with the way back from its offsets to those of the original. */
export interface Replaced {
  readonly text: string
  original(offset: number): number
}

/** Puts `$1`, `$2` … in place of the placeholders; `number` says which for each name. */
export function replacePlaceholders(text: string, placeholders: readonly Placeholder[], number: (name: string) => number): Replaced {
  const pieces: { readonly start: number; readonly end: number; readonly from: number; readonly to: number }[] = []
  let replaced = ''
  let at = 0
  for (const one of placeholders) {
    replaced += text.slice(at, one.from)
    const start = replaced.length
    replaced += `$${number(one.name)}`
    pieces.push({ start, end: replaced.length, from: one.from, to: one.to })
    at = one.to
  }
  replaced += text.slice(at)
  return {
    text: replaced,
    original(offset) {
      const before = pieces.findLast((piece) => piece.start <= offset)
      if (before === undefined) return offset
      return offset < before.end ? before.from : before.to + (offset - before.end)
    },
  }
}
