import { Failure } from '../../preload/contract/errors.ts'
import type { RunEvent } from '../../preload/contract/query.ts'
import type { Call } from '../environments/caller.ts'
import type { OpenRecord, Recorder } from '../environments/changes.ts'
import type { Environments } from '../environments/environments.ts'
import type { Connection, Driver, StreamEvent, StreamOptions } from '../postgres/driver.ts'
import type { PageStore } from '../postgres/pages.ts'
import { MissingValues, type Parameters, type Prepared, prepare, Refused } from './prepare.ts'
import { redactSql } from './redact.ts'

export interface RunDeps {
  readonly driver: Pick<Driver, 'connect'>
  readonly environments: Pick<Environments, 'target' | 'isLocked' | 'allowChange'>
  readonly pages: Pick<PageStore, 'put' | 'take' | 'room'>
  readonly recorder: Recorder
}

export interface RunInput {
  readonly environment: string
  readonly text: string
  readonly parameters: Parameters
}

interface Run {
  readonly deps: RunDeps
  readonly input: RunInput
  readonly call: Call
  readonly connection: Connection
  readonly locked: boolean
  /** Pages handed out, to be forgotten where the page stops listening. */
  readonly addresses: string[]
  /** True between the user's own BEGIN and its end. */
  transaction: boolean
}

/** A first page small enough to be shown at once; later ones large enough that their number does not matter. */
const limits = { firstPage: 200, pageRows: 10_000, maxRows: 1_000_000, maxBytes: 320 * 1024 * 1024 }
/** Characters of a statement that the activity log keeps. */
const longestDetail = 10_000

/**
 * Runs a text statement by statement on a connection of its own, stopping at the first error, which is an event and not thrown.
 * While the environment is locked each statement has a read-only transaction of its own, and what counts as a write is refused
 * before anything is sent.
 */
export async function* runText(deps: RunDeps, input: RunInput, call: Call): AsyncGenerator<RunEvent, void> {
  const started = performance.now()
  let run: Run | null = null
  let finished = false
  try {
    const statements = await prepare(input.text, input.parameters)
    if (statements.length === 0) {
      finished = true
      return
    }
    const locked = deps.environments.isLocked(call, input.environment)
    for (const [place, statement] of statements.entries()) checkAllowed(deps, input, call, statement, place)
    const connection = await deps.driver.connect(deps.environments.target(input.environment), 'query', { signal: call.signal })
    run = { deps, input, call, connection, locked, addresses: [], transaction: false }
    for (const [place, statement] of statements.entries()) {
      const { from, to, text, facts } = statement
      yield { event: 'statement', statement: place, from, to, text, kind: facts.kind, of: statements.length }
      yield* runStatement(run, statement, place)
    }
    if (run.transaction) {
      const message = 'The transaction was not committed by the end of the run, so it is rolled back.'
      yield { event: 'notice', statement: statements.length - 1, severity: 'WARNING', message }
    }
    finished = true
  } catch (error) {
    const { failure, statement, at, since } = error instanceof Refused ? error : new Refused(toFailure(error, call), null, null)
    // What came before the error is still to be fetched; whoever hears of it may stop listening.
    finished = !call.signal.aborted
    const asked = error instanceof MissingValues ? { parameters: [...error.parameters] } : {}
    yield { event: 'error', statement, ...told(failure), at, ms: performance.now() - (since ?? started), ...asked }
  } finally {
    if (!finished) for (const address of run?.addresses ?? []) deps.pages.take(address)
    await run?.connection.close()
  }
}

/** What the log and the guard say before anything is sent, so that a run is refused whole. */
function checkAllowed(deps: RunDeps, input: RunInput, call: Call, { facts, from }: Prepared, place: number): void {
  if (facts.copy === 'from-client' || facts.copy === 'to-client') {
    const message = `COPY ${facts.copy === 'from-client' ? 'FROM STDIN' : 'TO STDOUT'} needs a client that holds the file. Use INSERT or SELECT here.`
    throw new Refused(new Failure('INVALID', message), from, place)
  }
  if (!facts.writes) return
  try {
    deps.environments.allowChange(call, input.environment)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const why = facts.reason === null ? '' : ` It counts as a change: ${facts.reason}.`
    throw new Refused(new Failure(error.code, `${facts.tag} was not run. ${error.message}${why}`, error.data), from, place)
  }
}

async function* runStatement(run: Run, statement: Prepared, place: number): AsyncGenerator<RunEvent, void> {
  const { facts } = statement
  const since = performance.now()
  if (run.locked && facts.transactionControl) {
    const message = `${facts.tag} was left out: while the environment is locked, each statement has a read-only transaction of its own.`
    yield { event: 'notice', statement: place, severity: 'NOTICE', message }
    yield { event: 'complete', statement: place, command: facts.tag, rows: null, ms: performance.now() - since, capped: false }
    return
  }
  // An unlocked time may have ended since the run began.
  checkAllowed(run.deps, run.input, run.call, statement, place)
  const record = facts.writes ? await openRecord(run, statement) : null
  // Stands where the page goes away in the middle, which cancels the statement.
  let conclude = async (): Promise<void> => record?.cancelled()
  try {
    for await (const event of run.connection.stream(statement.sent, optionsFor(run, statement))) {
      if (event.event === 'complete') conclude = async () => record?.done(outcome(event, run.transaction))
      // A statement without a result, or `SELECT FROM t`: there is nothing to show.
      if (event.event === 'columns' && event.columns.length === 0) continue
      if (event.event === 'page') await run.deps.pages.room(run.call.window, run.call.signal)
      yield toRunEvent(run, event, place, since)
    }
  } catch (error) {
    const failure = toFailure(error, run.call)
    conclude = async () => (failure.code === 'CANCELLED' ? record?.cancelled() : record?.failed(failure.message))
    const position = failure.data?.position
    throw new Refused(failure, position === undefined ? null : statement.at(position), place, since)
  } finally {
    await conclude()
  }
  if (facts.transactionControl) run.transaction = isOpenAfter(run.transaction, facts.tag)
}

/** A user's own limits are theirs: no time limit, and SET lasts for the run even where statements are read-only. */
function optionsFor(run: Run, { facts }: Prepared): StreamOptions {
  const setsOnly = facts.kind === 'session' && !facts.writes
  return { ...limits, signal: run.call.signal, timeoutMs: 0, readOnly: run.locked && !setsOnly }
}

async function openRecord(run: Run, { facts, text }: Prepared): Promise<OpenRecord> {
  const { deps, input } = run
  const { database, host, port } = deps.environments.target(input.environment)
  const redacted = await redactSql(text)
  return deps.recorder.open({
    environment: input.environment,
    target: `${database} @ ${host}:${port}`,
    action: facts.tag,
    detail: redacted.length > longestDetail ? `${redacted.slice(0, longestDetail)} …` : redacted,
  })
}

function toRunEvent(run: Run, event: StreamEvent, statement: number, since: number): RunEvent {
  switch (event.event) {
    case 'columns':
      return { event: 'columns', statement, columns: [...event.columns] }
    case 'page': {
      const bytes = event.buffer.byteLength
      const address = run.deps.pages.put(event.buffer, run.call.window)
      run.addresses.push(address)
      return { event: 'page', statement, page: { address, rows: event.rows, bytes } }
    }
    case 'notice':
      return { event: 'notice', statement, severity: event.severity, message: event.message }
    case 'complete':
      return {
        event: 'complete',
        statement,
        command: event.command,
        rows: event.rowCount,
        ms: performance.now() - since,
        capped: event.capped,
      }
    default:
      return event satisfies never
  }
}

const outcome = (event: Extract<StreamEvent, { event: 'complete' }>, inTransaction: boolean): string =>
  `${event.command}${event.rowCount === null ? '' : ` ${event.rowCount}`}${inTransaction ? ', in a transaction' : ''}`

/** `ROLLBACK TO` and savepoints leave the transaction open. */
function isOpenAfter(open: boolean, tag: string): boolean {
  if (tag === 'BEGIN' || tag === 'START') return true
  return /^(COMMIT|ROLLBACK|PREPARE)$/.test(tag) ? false : open
}

function toFailure(error: unknown, call: Call): Failure {
  if (error instanceof Failure) return error
  if (call.signal.aborted) return new Failure('CANCELLED', 'Cancelled.')
  throw error
}

const told = ({ code, message, data }: Failure) => ({ code, message, ...(data === undefined ? {} : { data }) })
