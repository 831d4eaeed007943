import type { RunEvent } from '../../preload/contract/query.ts'
import type { Problem } from '../ui/problem.ts'

type EventOf<Name extends RunEvent['event']> = Extract<RunEvent, { event: Name }>

/** What became of one statement so far. `Rows` is where its rows are kept. */
export interface StatementResult<Rows> {
  readonly statement: number
  readonly text: string
  /** What it does: `read`, `write`, `ddl`. */
  readonly kind: string
  readonly notices: readonly { readonly severity: string; readonly message: string }[]
  readonly rows: Rows | null
  readonly outcome: EventOf<'complete'> | null
  readonly error: Problem | null
}

export type RunPhase = 'idle' | 'running' | 'done' | 'failed' | 'cancelled'

/** One run as it stands. */
export interface RunState<Rows> {
  readonly phase: RunPhase
  readonly statements: readonly StatementResult<Rows>[]
  /** Statements in all; null until the first one began. */
  readonly of: number | null
  /** An error that belongs to no statement: the text does not parse, or there is no connection. */
  readonly error: Problem | null
  /** Where the error is in the text that was run. */
  readonly at: number | null
  /** Named parameters that the text asks for, where it was refused without them. */
  readonly parameters: readonly string[]
}

export const idle: RunState<never> = { phase: 'idle', statements: [], of: null, error: null, at: null, parameters: [] }
export const started: RunState<never> = { ...idle, phase: 'running' }

/** The state after one more event. Pages change nothing here: their rows go to where `rows` keeps them. */
export function after<Rows>(state: RunState<Rows>, event: RunEvent, makeRows: (event: EventOf<'columns'>) => Rows): RunState<Rows> {
  switch (event.event) {
    case 'statement': {
      const { statement, text, kind } = event
      const next = { statement, text, kind, notices: [], rows: null, outcome: null, error: null }
      return { ...state, of: event.of, statements: [...state.statements, next] }
    }
    case 'columns':
      return change(state, event.statement, () => ({ rows: makeRows(event) }))
    case 'notice': {
      const { severity, message } = event
      return change(state, event.statement, ({ notices }) => ({ notices: [...notices, { severity, message }] }))
    }
    case 'complete':
      return change(state, event.statement, () => ({ outcome: event }))
    case 'error': {
      const { code, message, data } = event
      const problem = { code, message, data }
      const ended = {
        ...state,
        phase: code === 'CANCELLED' ? 'cancelled' : 'failed',
        at: event.at,
        parameters: event.parameters ?? [],
      } as const
      const known = state.statements.some((one) => one.statement === event.statement)
      return event.statement === null || !known ? { ...ended, error: problem } : change(ended, event.statement, () => ({ error: problem }))
    }
    case 'page':
      return state
    default:
      return event satisfies never
  }
}

/** The state after the last event: done, unless an error ended it. */
export function ended<Rows>(state: RunState<Rows>): RunState<Rows> {
  return state.phase === 'running' ? { ...state, phase: 'done' } : state
}

function change<Rows>(
  state: RunState<Rows>,
  statement: number,
  part: (result: StatementResult<Rows>) => Partial<StatementResult<Rows>>,
): RunState<Rows> {
  return { ...state, statements: state.statements.map((one) => (one.statement === statement ? { ...one, ...part(one) } : one)) }
}

/** Whether it may have changed what the lists show. */
export function mayHaveChanged<Rows>({ statements }: RunState<Rows>): boolean {
  return statements.some(({ kind, outcome }) => outcome !== null && (kind === 'write' || kind === 'ddl' || kind === 'admin'))
}
