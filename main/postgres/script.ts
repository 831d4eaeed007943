import { Failure } from '../../preload/contract/errors.ts'
import { type ParsedStatement, parseStatements, SyntaxFault } from './parser.ts'
import { readScriptText } from './script-bytes.ts'
import { type Cut, cutScript } from './script-cuts.ts'
import { type Place, placeAt } from './script-place.ts'
import { refusalOf } from './script-refusals.ts'
import type { RelationName } from './statement-facts.ts'
import { type ClassifiedStatement, classifyStatement, type Destructive } from './statement-kind.ts'

export interface ScriptStatement extends ClassifiedStatement, Place {
  /** The rows of `COPY … FROM stdin`, as they stand in the file; null for other statements. */
  readonly data: string | null
}

export interface Script {
  readonly path: string
  readonly text: string
  readonly statements: readonly ScriptStatement[]
  /** What was left out, in sentences. */
  readonly notes: readonly string[]
  readonly facts: {
    readonly destructive: readonly (Destructive & Place)[]
    /** It begins or ends transactions itself. */
    readonly transactionControl: boolean
    /** The first statement that Postgres refuses inside a transaction block. */
    readonly cannotRunInTransaction: boolean
    readonly creates: readonly RelationName[]
    readonly drops: readonly RelationName[]
  }
}

/** @throws Failure FILE or SQL with file, line and column: nothing of the script was run. */
export async function readScript(path: string): Promise<Script> {
  const { text, notes } = await readScriptText(path)
  const script = await parseScript(path, text)
  return { ...script, notes: [...notes, ...script.notes] }
}

/** Splits the text of a script; `path` is only named in messages. */
export async function parseScript(path: string, text: string): Promise<Script> {
  const { sql, cuts, chunks, notes } = cutScript(path, text)
  const parsed = await parseChunks(path, text, sql, chunks)
  await confirmCuts(path, text, sql, parsed, cuts)
  const rows = cuts.filter((cut) => cut.kind === 'rows')
  const place = placeAt(text)
  const statements = parsed.map((one, index) => {
    const classified = classifyStatement(one)
    const where = place(one.from)
    const refusal = refusalOf(classified)
    if (refusal !== null) throw new Failure('FILE', `${path}, line ${where.line}: ${refusal}. Nothing was run.`, { file: path, ...where })
    if (classified.copy !== 'from-client') return { ...classified, ...where, data: null }
    const until = parsed[index + 1]?.from ?? text.length
    const block = rows.find((cut) => cut.from >= one.to && cut.from < until)
    if (block === undefined)
      throw new Failure('FILE', `${path}, line ${where.line}: the rows of this COPY were not found.`, { file: path, ...where })
    return { ...classified, ...where, data: text.slice(block.dataFrom, block.dataTo) }
  })
  if (statements.filter((one) => one.data !== null).length !== rows.length) throw unsafe(path, place(rows[0]?.from ?? 0))
  return {
    path,
    text,
    statements,
    notes,
    facts: {
      destructive: statements.flatMap((one) => one.destructive.map((what) => ({ ...what, line: one.line, column: one.column }))),
      transactionControl: statements.some((one) => one.transactionControl),
      cannotRunInTransaction: statements.some((one) => one.refusesTransaction),
      creates: statements.flatMap((one) => one.creates),
      drops: statements.flatMap((one) => one.drops),
    },
  }
}

/**
 * Parses piece by piece, so that a large script neither fills the parser's memory nor holds up the process.
 * A piece that ends inside a statement (a body with semicolons) is joined with the next one.
 */
async function parseChunks(path: string, text: string, sql: string, chunks: readonly number[]): Promise<readonly ParsedStatement[]> {
  const parsed: ParsedStatement[] = []
  let from = 0
  for (const to of chunks) {
    try {
      const statements = await parseStatements(sql.slice(from, to))
      for (const one of statements) parsed.push({ ...one, from: one.from + from, to: one.to + from })
      from = to
      await new Promise(setImmediate)
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error
      if (error.wantsMore && to !== chunks.at(-1)) continue
      throw syntaxFailureAt(path, text, from + error.at, error.message)
    }
  }
  return parsed
}

/**
 * Has Postgres' parser confirm each cut: with the backslash put back, it must stop exactly there, which it does only outside
 * of quotes and comments.
 */
async function confirmCuts(
  path: string,
  text: string,
  sql: string,
  parsed: readonly ParsedStatement[],
  cuts: readonly Cut[],
): Promise<void> {
  let next = 0
  for (const cut of cuts) {
    while (next < parsed.length && (parsed[next]?.from ?? 0) < cut.from) next++
    const before = parsed[next - 1]
    const from = before === undefined ? 0 : before.to > cut.from ? before.from : before.to
    const at = cut.kind === 'rows' ? cut.from : cut.from - from
    if (cut.kind === 'rows') {
      if (before === undefined || before.to > at || !/^\s*;[^\S\r\n]*(--.*)?(\r\n|\r|\n)$/.test(sql.slice(before.to, at)))
        throw unsafe(path, placeAt(text)(cut.from))
      continue
    }
    const fault = await faultOf(`${sql.slice(from, cut.from)}\\`)
    if (fault?.at !== at) throw unsafe(path, placeAt(text)(cut.from))
  }
}

async function faultOf(sql: string): Promise<SyntaxFault | null> {
  try {
    await parseStatements(sql)
    return null
  } catch (error) {
    if (error instanceof SyntaxFault) return error
    throw error
  }
}

/** The failure for an error at an offset of the script's text. */
export function syntaxFailureAt(path: string, text: string, offset: number, message: string): Failure {
  const where = placeAt(text)(offset)
  return new Failure('SQL', `${path}, line ${where.line}, column ${where.column}: ${message}. Nothing was run.`, {
    file: path,
    ...where,
    source: { vendor: 'postgres', code: '42601' },
  })
}

function unsafe(path: string, where: Place): Failure {
  return new Failure(
    'FILE',
    `${path}, line ${where.line}: it is not clear whether this belongs to a quoted text or stands alone. Nothing was run.`,
    {
      file: path,
      ...where,
    },
  )
}
