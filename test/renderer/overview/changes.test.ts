import { expect, test } from 'vitest'
import type { ActivityEntry } from '../../../preload/contract/activity.ts'
import { undoable } from '../../../renderer/overview/changes.ts'

const entry = (id: string, environment: string, action: string, result: ActivityEntry['result'] = 'done'): ActivityEntry => ({
  id,
  at: '2026-11-21T10:00:00Z',
  who: 'ada',
  environment,
  target: 'cruddur @ 127.0.0.1:5432',
  action,
  detail: null,
  before: null,
  after: null,
  result,
  message: null,
  ms: 1,
})

test('the newest reset of each environment may be undone', () => {
  const entries = [entry('3', 'local', 'Reset'), entry('2', 'prod', 'Reset'), entry('1', 'local', 'Reset')]
  expect([...undoable(entries)]).toEqual(['3', '2'])
})

test('a reset that was undone since, or did not succeed, may not', () => {
  expect([...undoable([entry('2', 'local', 'Undo'), entry('1', 'local', 'Reset')])]).toEqual([])
  expect([...undoable([entry('2', 'local', 'Reset', 'failed')])]).toEqual([])
})

test('what was done in between does not matter', () => {
  expect([...undoable([entry('3', 'local', 'Seed'), entry('2', 'prod', 'Undo'), entry('1', 'local', 'Reset')])]).toEqual(['1'])
})
