import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../preload/contract/query.ts'
import { after, ended, mayHaveChanged, type RunState, started } from '../../renderer/query/run-state.ts'

const statement = (number: number, of: number): RunEvent => ({
  event: 'statement',
  statement: number,
  from: 0,
  to: 8,
  text: `SELECT ${number}`,
  kind: 'read',
  of,
})
const play = (...events: RunEvent[]): RunState<string> =>
  events.reduce<RunState<string>>((state, event) => after(state, event, ({ columns }) => columns.map((one) => one.name).join()), started)
const complete = (number: number): RunEvent => ({ event: 'complete', statement: number, command: 'SELECT', rows: 1, ms: 1, capped: false })

describe('a run', () => {
  it('gathers for each statement what belongs to it', () => {
    const state = play(
      statement(0, 2),
      { event: 'columns', statement: 0, columns: [{ name: 'a', typeOid: 25, type: 'text' }] },
      { event: 'notice', statement: 0, severity: 'NOTICE', message: 'hello' },
      complete(0),
      statement(1, 2),
      { event: 'error', statement: 1, code: 'SQL', message: 'no', at: 12, ms: 1 },
    )
    expect(state).toMatchObject({ phase: 'failed', of: 2, error: null, at: 12 })
    expect(state.statements[0]).toMatchObject({ rows: 'a', notices: [{ severity: 'NOTICE', message: 'hello' }], error: null })
    expect(state.statements[1]).toMatchObject({ rows: null, outcome: null, error: { code: 'SQL', message: 'no' } })
    expect(ended(state).phase).toBe('failed')
  })

  it('is done when nothing went wrong, cancelled when the server says so', () => {
    expect(ended(play(statement(0, 1), complete(0))).phase).toBe('done')
    expect(play(statement(0, 1), { event: 'error', statement: 0, code: 'CANCELLED', message: '', at: null, ms: 1 }).phase).toBe('cancelled')
  })

  it('makes the lists old only where a statement may have changed something', () => {
    expect(mayHaveChanged(play(statement(0, 1), complete(0)))).toBe(false)
    expect(mayHaveChanged(play({ ...statement(0, 1), kind: 'ddl' } as RunEvent, complete(0)))).toBe(true)
    expect(mayHaveChanged(play({ ...statement(0, 1), kind: 'ddl' } as RunEvent))).toBe(false)
  })

  it('shows an error of a statement that never began, and asks for parameters', () => {
    const refused = play({ event: 'error', statement: 3, code: 'LOCKED', message: 'read-only', at: 4, ms: 1 })
    expect(refused.error).toMatchObject({ code: 'LOCKED' })
    const asked = play({ event: 'error', statement: null, code: 'INVALID', message: '', at: 4, ms: 1, parameters: ['a', 'b'] })
    expect(asked.parameters).toEqual(['a', 'b'])
  })
})
