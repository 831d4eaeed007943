import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createGuard } from '../../../main/environments/guard.ts'
import type { Environment } from '../../../preload/contract/environments.ts'

const connection = { host: 'h', port: 1, database: 'd', user: 'u', tls: 'off' } as const
const prod: Environment = { id: 'prod', label: 'prod', colour: 'red', guard: 'guarded', connection, origin: 'settings', project: 'cruddur' }
const local: Environment = { ...prod, id: 'local', guard: 'open' }
const one = { window: 'one' }
const other = { window: 'other' }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const create = (allowUnlock = true) => {
  const changed = vi.fn()
  return { changed, guard: createGuard({ allowUnlock, now: Date.now, changed }) }
}

test('an open environment is never locked', () => {
  expect(create().guard.isLocked(one, local)).toBe(false)
})

test('an unlocked time is for one window and one environment, and ends after fifteen minutes', () => {
  const { guard, changed } = create()
  const staging = { ...prod, id: 'staging' }
  expect(guard.isLocked(one, prod)).toBe(true)
  expect(guard.unlock(one, prod).unlockedUntil).toBe(new Date(Date.now() + 15 * 60_000).toISOString())
  expect([guard.isLocked(one, prod), guard.isLocked(other, prod), guard.isLocked(one, staging)]).toEqual([false, true, true])
  vi.advanceTimersByTime(15 * 60_000)
  expect(guard.isLocked(one, prod)).toBe(true)
  expect(changed).toHaveBeenCalledTimes(2)
})

test('an unlocked time is over although its timer is late, as after the machine slept', () => {
  const { guard } = create()
  guard.unlock(one, prod)
  vi.setSystemTime(Date.now() + 15 * 60_000)
  expect(guard.isLocked(one, prod)).toBe(true)
  expect(guard.state(one, prod).unlockedUntil).toBeNull()
})

test('unlocking again begins the time anew, and locking ends it at once', () => {
  const { guard } = create()
  guard.unlock(one, prod)
  vi.advanceTimersByTime(14 * 60_000)
  guard.unlock(one, prod)
  vi.advanceTimersByTime(14 * 60_000)
  expect(guard.isLocked(one, prod)).toBe(false)
  expect(guard.lock(one, prod).unlockedUntil).toBeNull()
  expect(guard.isLocked(one, prod)).toBe(true)
})

test('without the flag only the practice instance can be unlocked', () => {
  const { guard } = create(false)
  expect(() => guard.unlock(one, prod)).toThrow(/--allow-prod-changes/)
  expect(guard.state(one, prod).refusal).toContain('--allow-prod-changes')
  const practice: Environment = { ...prod, origin: 'practice' }
  guard.unlock(one, practice)
  expect(guard.isLocked(one, practice)).toBe(false)
})
