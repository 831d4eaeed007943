import { expect, test } from 'vitest'
import type { InstanceKey } from '../../../preload/contract/instances.ts'
import { whatToShow } from '../../../renderer/access/what-to-show.ts'

const key = (identifier: string): InstanceKey => ({ profile: 'default', region: 'ca-central-1', kind: 'instance', identifier })
const listed = (identifier: string, ...environments: string[]) => ({ key: key(identifier), environments })
const shown = (...[chosen, hasOwn, rows]: [InstanceKey | null, boolean, ReturnType<typeof listed>[]]) => {
  const { key: found, environment } = whatToShow('local', chosen, hasOwn, rows)
  return [found?.identifier ?? null, environment]
}

test('what was chosen goes first, under the guard of the environment that stands on it', () => {
  const rows = [listed('one', 'prod'), listed('two')]
  expect(shown(key('one'), true, rows)).toEqual(['one', 'prod'])
  expect(shown(key('two'), true, rows)).toEqual(['two', 'local'])
  // One that has gone makes room.
  expect(shown(key('gone'), false, rows)).toEqual(['one', 'prod'])
  expect(shown(key('gone'), true, rows)).toEqual([null, 'local'])
})

test("the environment's own is left to main to name", () => {
  expect(shown(null, true, [listed('one', 'prod')])).toEqual([null, 'local'])
})

test('without one of its own: where it connects to, else the one of another environment, else the only one', () => {
  expect(shown(null, false, [listed('one', 'prod'), listed('two', 'prod', 'local')])).toEqual(['two', 'local'])
  expect(shown(null, false, [listed('one'), listed('two', 'prod')])).toEqual(['two', 'prod'])
  expect(shown(null, false, [listed('one')])).toEqual(['one', 'local'])
  expect(shown(null, false, [listed('one'), listed('two')])).toEqual([null, 'local'])
  expect(shown(null, false, [])).toEqual([null, 'local'])
})

test('whoever does not see the instance of the environment in view is told whose it is', () => {
  const note = (...[chosen, hasOwn, rows]: Parameters<typeof shown>) => whatToShow('local', chosen, hasOwn, rows).note
  expect(note(null, true, [listed('one', 'prod')])).toBeNull()
  expect(note(null, false, [listed('one', 'local')])).toBeNull()
  expect(note(key('one'), true, [listed('one', 'prod'), listed('two')])).toBe('This is the one of prod, not the one of local.')
  expect(note(null, false, [listed('one')])).toBe('local stands on no RDS instance. This is the only one in the list.')
  expect(note(key('two'), false, [listed('one'), listed('two')])).toBe(
    'local stands on no RDS instance. This is one that no environment stands on.',
  )
})
