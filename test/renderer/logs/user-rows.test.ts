import { expect, it } from 'vitest'
import type { SignUp } from '../../../preload/contract/logs.ts'
import { groupInvocations } from '../../../renderer/logs/grouped-invocations.ts'
import { createRows } from '../../../renderer/logs/invocation-rows.ts'
import { createLogStore } from '../../../renderer/logs/log-store.ts'
import { userRowsOf } from '../../../renderer/logs/user-rows.ts'
import { cognitoEvent, linesOfRun } from './lambda-runs.ts'

const group = '/aws/lambda/cruddur-post-confirmation'
const ids = ['aaaaaaaa-1', 'aaaaaaaa-2', 'bbbbbbbb-1'] as const

function rowsOf(where: string) {
  const store = createLogStore()
  for (const [index, id] of ids.entries()) {
    store.add(where, linesOfRun(index * 60_000, id, { prints: [cognitoEvent(id.slice(0, 8))] }))
  }
  return createRows()(groupInvocations(store)())
}

const signUp = (row: SignUp['row'], ...requests: readonly (string | null)[]): SignUp => ({
  key: requests.join(' '),
  sub: 'sub',
  email: null,
  name: null,
  handle: null,
  trigger: 'sign_up',
  attempts: requests.map((requestId) => ({ requestId, stream: 's1', at: 1, outcome: 'ok', durationMs: 12 })),
  outcome: 'ok',
  reason: null,
  row,
  rowCreatedAt: null,
})

it('an invocation has the row of the sign-up that one of its request ids belongs to', () => {
  const users = userRowsOf({
    group,
    signUps: [signUp('missing', ids[0], ids[1]), signUp('there', null)],
    table: { readable: true, problem: null },
    insert: 'INSERT',
  })
  expect(rowsOf(group).map((row) => users.signUpOf(row)?.row ?? null)).toEqual([null, 'missing', 'missing'])
  // Request ids of another function are not asked for.
  expect(rowsOf('/aws/lambda/other').map((row) => users.signUpOf(row))).toEqual([null, null, null])
})

it('where the table cannot be read it says why', () => {
  const unread = signUp('unknown', ids[0])
  const problem = { code: 'SQL' as const, message: 'relation "users" does not exist' }
  const users = userRowsOf({ group, signUps: [unread], table: { readable: false, problem }, insert: 'INSERT' })
  expect(users.whyUnknown(unread)).toBe('relation "users" does not exist')
})
