import { hasSqlDetails, loadModule, type Node, parseSync } from 'libpg-query'
import { Failure } from '../../preload/contract/errors.ts'

/** One statement as Postgres' own parser (version 18) sees it. Offsets count UTF-16 units of the text from 0; `to` stands behind the last one. */
export interface ParsedStatement {
  readonly node: Node
  readonly text: string
  readonly from: number
  readonly to: number
}

/** What the parser refuses, with the UTF-16 offset from 0. */
export class SyntaxFault extends Error {
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }

  /** True where only the end of the text is what is wrong: more text could mend it. */
  get wantsMore(): boolean {
    return this.message.startsWith('syntax error at end of input') || this.message.startsWith('unterminated ')
  }
}

/** The parser takes megabytes of memory for each of text: one call gets at most so many characters. */
const longestText = 32 * 1024 * 1024

/**
 * Splits SQL with Postgres' own parser: exact boundaries and trees.
 * @throws SyntaxFault with the place of the error. Meta-commands of psql are syntax errors here.
 */
export async function parseStatements(text: string): Promise<readonly ParsedStatement[]> {
  await loadModule()
  return parseLoaded(text)
}

function parseLoaded(text: string): readonly ParsedStatement[] {
  // The parser takes a C string: it would not see anything behind a NUL, and would replace half a surrogate pair.
  const nul = text.indexOf('\0')
  if (nul >= 0) throw new SyntaxFault('a NUL character cannot be part of SQL', nul)
  if (!text.isWellFormed()) throw new SyntaxFault('half of a surrogate pair cannot be part of SQL', loneSurrogate(text))
  if (text.length > longestText) throw new SyntaxFault('a statement of more than 32 MiB is too long for the parser', 0)
  if (text.trim() === '') return []
  const offset = byteOffsets(text)
  return parse(text).flatMap(({ stmt: node, stmt_location: at = 0, stmt_len: length }) => {
    if (node === undefined) return []
    const from = offset(at)
    const whole = text.slice(from, length === undefined || length === 0 ? undefined : offset(at + length)).trimEnd()
    return [{ node, text: whole, from, to: from + whole.length }]
  })
}

function parse(text: string) {
  try {
    return parseSync(text).stmts ?? []
  } catch (error) {
    if (hasSqlDetails(error)) throw new SyntaxFault(error.message, codePointOffset(text, error.sqlDetails?.cursorPosition ?? 0))
    // What is left is the parser running out of its own stack.
    if (error instanceof RangeError || error instanceof WebAssembly.RuntimeError)
      throw new SyntaxFault('the statement is nested too deeply for the parser', 0)
    throw error
  }
}

/** The failure that a syntax error becomes: `position` counts characters from 1, as Postgres does. */
export function syntaxFailure(fault: SyntaxFault, text: string): Failure {
  return new Failure('SQL', `${fault.message[0]?.toUpperCase() ?? ''}${fault.message.slice(1)}.`, {
    source: { vendor: 'postgres', code: '42601' },
    position: [...text.slice(0, fault.at)].length + 1,
  })
}

/** Turns byte offsets of the UTF-8 text, asked for in ascending order, into UTF-16 offsets. */
function byteOffsets(text: string): (bytes: number) => number {
  if (Buffer.byteLength(text) === text.length) return (bytes) => bytes
  let bytesSoFar = 0
  let at = 0
  return (bytes) => {
    while (bytesSoFar < bytes) {
      const point = text.codePointAt(at) ?? 0
      bytesSoFar += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
      at += point < 0x10000 ? 1 : 2
    }
    return at
  }
}

function codePointOffset(text: string, points: number): number {
  let at = 0
  for (let count = 0; count < points && at < text.length; count++) at += (text.codePointAt(at) ?? 0) < 0x10000 ? 1 : 2
  return at
}

function loneSurrogate(text: string): number {
  return /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.exec(text)?.index ?? 0
}
