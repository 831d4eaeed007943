import { expect, test } from 'vitest'
import { createSignUpLog } from '../../../main/logs/sign-up-log.ts'
import { ada, grace, linesOf } from './lambda-log.ts'

const start = Date.parse('2026-11-21T10:00:00Z')
const minute = 60_000
const told = (log: ReturnType<typeof createSignUpLog>) =>
  log.traces().map(({ person: { sub, email, name, handle }, trigger, outcome, attempts, failure }) => ({
    who: [sub, email, name, handle],
    trigger,
    outcome,
    attempts: attempts.length,
    failure: failure?.text,
  }))

test('lines are let go once their invocation is whole, and what they told stays', () => {
  const log = createSignUpLog()
  const missing = 'relation "users" does not exist'
  log.take([
    ...linesOf({ at: start, user: ada, trigger: 'PostConfirmation_ConfirmSignUp', lines: ['x'.repeat(50_000)] }),
    ...linesOf({ at: start + minute, user: grace, lines: [missing] }),
    ...linesOf({ at: start + 2 * minute, user: grace, stream: 'b', trigger: 'PostConfirmation_ConfirmForgotPassword' }),
    ...linesOf({ at: start + 3 * minute, user: null, timedOut: true, stream: 'b' }),
  ])
  const before = told(log)
  expect(before.map(({ outcome }) => outcome)).toEqual(['ok', 'hidden error', 'ok', 'timed out'])
  expect(before[1]).toMatchObject({ who: [grace.sub, grace.email, grace.name, grace.handle], failure: expect.stringContaining(missing) })
  log.settle(start + 30 * minute)
  expect(log.held()).toEqual({ events: 0, characters: 0 })
  expect(told(log)).toEqual(before)
})

test('an invocation that is not over, or whose REPORT may still come, keeps its lines and those after it', () => {
  const log = createSignUpLog()
  const open = linesOf({ at: start, user: ada, open: true })
  log.take(open)
  log.take(linesOf({ at: start, user: grace, stream: 'b' }))
  log.settle(start + 30_000)
  expect(log.held().events).toBe(open.length + 4)
  log.settle(start + 10 * minute)
  expect(log.held().events).toBe(open.length)
  log.settle(start + 17 * minute)
  expect(log.held().events).toBe(0)
  expect(
    told(log)
      .map(({ outcome }) => outcome)
      .sort(),
  ).toEqual(['ok', 'open'])
})

test('what is told twice counts once, also after its lines were let go', () => {
  const log = createSignUpLog()
  const lines = linesOf({ at: start, user: ada })
  log.take(lines)
  log.take(lines)
  log.settle(start + 5 * minute)
  log.take(lines)
  log.replace(start, lines)
  expect(told(log)).toHaveLength(1)
  expect(log.held().events).toBe(0)
})

test('a new window takes the place of what was known from there on', () => {
  const log = createSignUpLog()
  log.take(linesOf({ at: start, user: ada }))
  log.take(linesOf({ at: start + minute, user: grace }))
  log.replace(start + minute, [])
  expect(told(log).map(({ who }) => who[1])).toEqual([ada.email])
})

test('it holds so much and no more, and tells from when on', () => {
  const log = createSignUpLog({ events: 10, characters: 100_000, invocations: 3 })
  for (let index = 0; index < 8; index += 1) log.take(linesOf({ at: start + index * minute, user: ada, stream: String(index) }))
  expect(log.isFull()).toBe(true)
  log.settle(start + 60 * minute)
  const { since, any } = log.forget(start)
  expect(any).toBe(true)
  expect(since).toBeGreaterThan(start + 4 * minute)
  expect(log.traces().flatMap(({ attempts }) => attempts)).toHaveLength(3)
  expect(log.forget(since)).toEqual({ since, any: false })
})
