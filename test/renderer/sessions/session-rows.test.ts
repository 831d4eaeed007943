import { describe, expect, test } from 'vitest'
import type { Session } from '../../../preload/contract/sessions.ts'
import { type Choice, shape, standingOf } from '../../../renderer/sessions/session-rows.ts'

let lastPid = 100
function session(more: Partial<Session> = {}): Session {
  return {
    pid: more.pid ?? ++lastPid,
    backendStart: '2026-01-01 00:00:00+00',
    user: 'app',
    database: 'cruddur',
    application: 'psql',
    address: '10.0.0.1',
    state: 'active',
    stateSeconds: 1,
    transactionSeconds: null,
    wait: null,
    query: 'SELECT 1',
    backendType: 'client backend',
    own: false,
    hidden: false,
    blockedBy: [],
    ...more,
  }
}
const all: Choice = { filter: '', only: null, showIdle: true, showBackground: true, sort: null }
const pids = (sessions: Session[], choice: Partial<Choice>) => shape(sessions, { ...all, ...choice }).rows.map((row) => row.session.pid)

describe('shape', () => {
  const idle = session({ pid: 1, state: 'idle' })
  const active = session({ pid: 2 })
  const background = session({ pid: 3, state: null, database: null, user: null, backendType: 'checkpointer' })
  const unseen = session({ pid: 4, state: null, backendStart: null, application: null, backendType: null, hidden: true, query: null })
  const sessions = [idle, active, background, unseen]

  test('hides idle and background sessions where told, and counts them nevertheless', () => {
    expect(pids(sessions, {})).toEqual([1, 2, 3, 4])
    expect(pids(sessions, { showIdle: false, showBackground: false })).toEqual([2, 4])
    expect(shape(sessions, { ...all, showIdle: false }).counts).toMatchObject({ idle: 1, active: 1, background: 1, hidden: 1 })
  })

  test('a session whose details may not be seen is hidden, not idle', () => {
    expect(standingOf(unseen)).toBe('hidden')
    expect(standingOf({ ...unseen, database: null })).toBe('background')
  })

  test('an idle session that others wait for is shown although idle ones are not', () => {
    const waiter = session({ pid: 9, blockedBy: [1], state: 'active' })
    const { rows } = shape([idle, active, waiter], { ...all, showIdle: false })
    expect(rows.map((row) => [row.session.pid, row.level, row.standing])).toEqual([
      [1, 1, 'idle'],
      [9, 2, 'blocked'],
      [2, 1, 'active'],
    ])
  })

  test('a chip shows its standing alone, with those who are in its way', () => {
    const waiter = session({ pid: 9, blockedBy: [1] })
    const { rows } = shape([idle, active, waiter], { ...all, only: 'blocked' })
    expect(rows.map((row) => [row.session.pid, row.besides])).toEqual([
      [1, true],
      [9, false],
    ])
  })

  test('filters by any word of the row, whatever its case', () => {
    const one = session({ pid: 11, application: 'DataGrip' })
    const two = session({ pid: 12, query: 'DELETE FROM users' })
    expect(pids([one, two], { filter: 'datagrip' })).toEqual([11])
    expect(pids([one, two], { filter: ' USERS ' })).toEqual([12])
    expect(pids([one, two], { filter: '12' })).toEqual([12])
  })

  test('sorts with empty values at the end either way, equal ones as they came', () => {
    const rows = [
      session({ pid: 1 }),
      session({ pid: 2, transactionSeconds: 5 }),
      session({ pid: 3, transactionSeconds: 40 }),
      session({ pid: 4 }),
    ]
    expect(pids(rows, { sort: { key: 'transactionSeconds', descending: true } })).toEqual([3, 2, 1, 4])
    expect(pids(rows, { sort: { key: 'transactionSeconds', descending: false } })).toEqual([2, 3, 1, 4])
    expect(pids(rows, { sort: { key: 'user', descending: true } })).toEqual([1, 2, 3, 4])
  })

  test('a pid that is used again is another row', () => {
    const [before] = shape([active], all).rows
    const [after] = shape([{ ...active, backendStart: '2026-01-02 00:00:00+00' }], all).rows
    expect(before?.key).not.toBe(after?.key)
  })
})
