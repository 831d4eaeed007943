/** Something in a script that is not part of a comment, a quoted text or a word. */
export interface Mark {
  readonly kind: 'semicolon' | 'backslash' | 'word'
  readonly at: number
  readonly end: number
}

/**
 * Walks over SQL as Postgres' scanner does and tells semicolons, backslashes and words outside of quotes and comments, from `from` on.
 * It only proposes where a script may be cut: Postgres' own parser confirms each cut (`script.ts`).
 */
export function* marksOf(text: string, from: number): Generator<Mark, void, void> {
  let at = from
  while (at < text.length) {
    const end = pastQuoted(text, at)
    if (end > at) {
      at = end
      continue
    }
    const character = text[at]
    if (character === ';' || character === '\\') {
      yield { kind: character === ';' ? 'semicolon' : 'backslash', at, end: at + 1 }
      at++
      continue
    }
    const wordEnd = pastWord(text, at)
    if (wordEnd > at) yield { kind: 'word', at, end: wordEnd }
    at = Math.max(wordEnd, at + 1)
  }
}

/** Past the comment or quoted text that starts here; `at` itself where none does. Unterminated ones reach to the end. */
function pastQuoted(text: string, at: number): number {
  switch (text[at]) {
    case '-':
      return text[at + 1] === '-' ? lineEnd(text, at) : at
    case '/':
      return text[at + 1] === '*' ? pastComment(text, at) : at
    case "'":
    case '"':
      return pastQuote(text, at + 1, text[at] ?? '')
    case '$':
      return pastDollarQuote(text, at)
    case 'e':
    case 'E':
      return text[at + 1] === "'" ? pastEscapeString(text, at + 2) : at
    default:
      return at
  }
}

/** The offset of the line end at or after `at`: LF, CRLF or CR alone. */
export function lineEnd(text: string, at: number): number {
  ends.lastIndex = at
  return ends.exec(text)?.index ?? text.length
}
const ends = /[\r\n]/g

/** Comments nest. */
function pastComment(text: string, at: number): number {
  let depth = 0
  edges.lastIndex = at
  for (let edge = edges.exec(text); edge !== null; edge = edges.exec(text)) {
    depth += edge[0] === '/*' ? 1 : -1
    if (depth === 0) return edges.lastIndex
  }
  return text.length
}
const edges = /\/\*|\*\//g

/** A doubled quote reads as two quoted texts in a row, which ends at the same place. */
function pastQuote(text: string, from: number, quote: string): number {
  const close = text.indexOf(quote, from)
  return close < 0 ? text.length : close + 1
}

function pastEscapeString(text: string, from: number): number {
  closers.lastIndex = from
  for (let found = closers.exec(text); found !== null; found = closers.exec(text)) {
    if (found[0] === "'") {
      if (text[closers.lastIndex] !== "'") return closers.lastIndex
      closers.lastIndex++
    }
  }
  return text.length
}
const closers = /\\[\s\S]|'/g

function pastDollarQuote(text: string, at: number): number {
  dollarTag.lastIndex = at
  const tag = dollarTag.exec(text)?.[0]
  if (tag === undefined) return at
  const close = text.indexOf(tag, at + tag.length)
  return close < 0 ? text.length : close + tag.length
}
const dollarTag = /\$(?:[A-Za-z_\u0080-\uFFFF][A-Za-z0-9_\u0080-\uFFFF]*)?\$/y

/** Words and numbers, with the dollar signs and digits in them: `a$$b` opens no quote, and the `e` of `name'` none either. */
function pastWord(text: string, at: number): number {
  word.lastIndex = at
  return at + (word.exec(text)?.[0].length ?? 0)
}
const word = /[A-Za-z0-9_\u0080-\uFFFF][A-Za-z0-9_$\u0080-\uFFFF]*/y
