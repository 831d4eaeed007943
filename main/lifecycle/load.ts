import { basename } from 'node:path'
import { type ErrorData, Failure } from '../../preload/contract/errors.ts'
import type { Connection } from '../postgres/driver.ts'
import type { Script, ScriptStatement } from '../postgres/script.ts'
import { placeAt } from '../postgres/script-place.ts'

export interface LoadOptions {
  readonly signal: AbortSignal
  progress(done: number, of: number): void
}

/** True where all of them may run in one transaction, so that a failure leaves nothing behind. */
export function fitTransaction(scripts: readonly Script[]): boolean {
  return scripts.every(({ facts }) => !facts.transactionControl && !facts.cannotRunInTransaction)
}

/** Makes a fresh connection read texts as the parser does, whatever the database or the role has set. */
export async function prepareConnection(connection: Connection): Promise<void> {
  await connection.run({ text: 'SET standard_conforming_strings = on' })
}

/**
 * Runs the statements of a script one by one, stopping at the first error.
 * @throws the Failure of the driver with file, line and column added.
 */
export async function loadScript(connection: Connection, script: Script, { signal, progress }: LoadOptions): Promise<void> {
  const of = script.statements.length
  progress(0, of)
  for (const [index, statement] of script.statements.entries()) {
    try {
      await runStatement(connection, statement, signal)
    } catch (error) {
      throw placed(error, script, statement)
    }
    progress(index + 1, of)
  }
}

async function runStatement(connection: Connection, statement: ScriptStatement, signal: AbortSignal): Promise<void> {
  const options = { signal, timeoutMs: 0 }
  if (statement.data !== null) {
    await connection.copyIn(statement.text, statement.data, options)
    return
  }
  if (!('SelectStmt' in statement.node)) {
    await connection.run({ text: statement.text }, options)
    return
  }
  // A SELECT is read to its end: what its functions do for the later rows belongs to the script too.
  const endless = { ...options, maxRows: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER }
  for await (const event of connection.stream({ text: statement.text }, endless)) if (event.event === 'complete') return
}

/** Tells where in the file it happened: at the position that Postgres gives, or where the statement begins. */
function placed(error: unknown, script: Script, statement: ScriptStatement): unknown {
  if (!(error instanceof Failure)) return error
  const { position, ...data }: ErrorData = error.data ?? {}
  const within = position === undefined ? 0 : [...statement.text].slice(0, position - 1).join('').length
  const where = position === undefined ? statement : placeAt(script.text)(statement.from + within)
  const excerpt = statement.text.length > 300 ? `${statement.text.slice(0, 300)}…` : statement.text
  return new Failure(error.code, `${basename(script.path)}, line ${where.line}: ${error.message}`, {
    ...data,
    file: script.path,
    line: where.line,
    column: where.column,
    detail: [data.detail, `Statement: ${excerpt}`].filter((part) => part !== undefined).join('\n'),
  })
}
