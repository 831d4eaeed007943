import type { Statement } from './driver.ts'
import { DriverError } from './driver-error.ts'
import type { Field, Limits } from './execution.ts'
import type { HeldClient } from './held-client.ts'
import { withinLimits } from './limits.ts'
import type { TargetPools } from './pools.ts'
import type { Answers, CallOptions } from './wire.ts'

const defaultTimeoutMs = 15_000
const maxParameters = 65_535
const maxRows = 50_000
const maxBytes = 256 * 1024 * 1024

const runLimits: Limits = { firstPage: maxRows, pageRows: maxRows, pageBytes: Number.POSITIVE_INFINITY, maxRows, maxBytes, once: true }

export const timeoutOf = (options: CallOptions) => options.timeoutMs ?? defaultTimeoutMs

/** What the protocol cannot carry, or would change on the way, is refused before it is sent. */
export function checkSendable(statement: Statement): void {
  const values = statement.values ?? []
  if (values.length > maxParameters) {
    throw new DriverError('unsendable', `A statement takes at most ${maxParameters} parameters; this one has ${values.length}.`)
  }
  for (const text of [statement.text, ...values]) {
    if (text === null) continue
    if (text.includes('\0')) throw new DriverError('unsendable', 'The text holds the character NUL, which Postgres cannot store.')
    if (!text.isWellFormed()) throw new DriverError('unsendable', 'The text holds half of a character (a lone surrogate).')
  }
}

/** Opens a read-only transaction that stays one: after its first query Postgres refuses to make it read-write. */
export async function beginReadOnly(held: HeldClient): Promise<void> {
  if (held.transactionOpen) {
    throw new DriverError(
      'open transaction',
      'A transaction is open on this connection. Commit or roll it back before reading in a read-only one.',
    )
  }
  held.readOnly = true
  await held.command('BEGIN READ ONLY; SELECT 1')
}

/** Ends what a read-only run has opened, if it did; where that fails the connection is cut. */
export async function endReadOnly(held: HeldClient): Promise<void> {
  if (!held.readOnly) return
  held.readOnly = false
  if (!held.transactionOpen || held.line.destroyed) return
  try {
    await held.command('ROLLBACK')
  } catch {
    held.destroy()
  }
}

/** One small result. `after` ends when the client can be used again. */
export async function runStatement(
  pools: TargetPools,
  held: HeldClient,
  statement: Statement,
  options: CallOptions,
  signal: AbortSignal,
): Promise<Answers['run']> {
  checkSendable(statement)
  let fields: readonly Field[] = []
  let page: ArrayBuffer | null = null
  const limits = { timeoutMs: timeoutOf(options), signal, what: 'The statement' }
  const { command, rowCount } = await withinLimits(pools, held, limits, async (stop) => {
    if (options.readOnly === true) await beginReadOnly(held)
    return await held.execute(statement, runLimits, {
      fields(described) {
        fields = described
      },
      page(_rows, buffer) {
        page = buffer
      },
      suspended() {},
      overflow() {
        stop(new DriverError('too large', `A result of more than ${maxBytes / 1024 / 1024} MiB`))
      },
    }).ended
  })
  return { columns: await pools.types.columns(fields), page, command, rowCount }
}

export async function copyIn(
  pools: TargetPools,
  held: HeldClient,
  text: string,
  data: string,
  options: CallOptions,
  signal: AbortSignal,
): Promise<number> {
  checkSendable({ text })
  const limits = { timeoutMs: timeoutOf(options), signal, what: 'COPY' }
  const taker = { fields() {}, page() {}, suspended() {}, overflow() {} }
  const ended = await withinLimits(pools, held, limits, async () => {
    if (options.readOnly === true) await beginReadOnly(held)
    return await held.execute({ text }, { ...runLimits, once: false }, taker, Buffer.from(data, 'utf8')).ended
  })
  return ended.rowCount ?? 0
}
