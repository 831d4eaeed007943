import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { makeUpPerson } from '../../practice/cognito/made-up-people.ts'
import { createPace } from '../../practice/cognito/pace.ts'
import { firstUserPoolState, userPoolState } from '../../practice/cognito/state.ts'
import { createUserPool } from '../../practice/cognito/user-pool.ts'
import type { Answer, TriggerEvent } from '../../practice/lambda/event.ts'
import { openStore } from '../../practice/store.ts'
import { temporaryFolder } from '../support/folders.ts'

const ada = { name: 'Ada Brown', email: 'ada@example.com', handle: 'ada' }

async function openPool(answer: (event: TriggerEvent, attempt: number) => Promise<Answer>, { patienceMs = 5_000, folder = '' } = {}) {
  const called: TriggerEvent[] = []
  const state = folder || (await temporaryFolder())
  const pool = createUserPool({
    store: await openStore(join(state, 'user-pool.json'), userPoolState, firstUserPoolState, () => {}),
    invoke(event) {
      called.push(event)
      return answer(event, called.length)
    },
    patienceMs,
  })
  return { pool, called, folder: state }
}
const well = async (): Promise<Answer> => ({ state: 'answered' })

test('who signs up is unconfirmed until the code is given; the function is told who it is', async () => {
  const { pool, called } = await openPool(well)
  const { sub, status } = await pool.signUp(ada)
  expect(status).toBe('UNCONFIRMED')
  expect(called).toEqual([])
  await expect(pool.resetPassword(sub)).rejects.toMatchObject({ code: 'WRONG_STATE' })
  expect(await pool.confirm(sub)).toMatchObject({ ...ada, status: 'CONFIRMED', error: null, confirming: false })
  expect(called).toMatchObject([
    {
      triggerSource: 'PostConfirmation_ConfirmSignUp',
      userName: sub,
      request: { userAttributes: { sub, name: 'Ada Brown', preferred_username: 'ada', email: 'ada@example.com' } },
    },
  ])
  await pool.resetPassword(sub)
  expect(called.map(({ triggerSource }) => triggerSource)).toEqual([
    'PostConfirmation_ConfirmSignUp',
    'PostConfirmation_ConfirmForgotPassword',
  ])
})

test("Cognito's own words: an e-mail that is taken, one that is none, a second confirmation, a user that is gone", async () => {
  const { pool } = await openPool(well)
  const { sub } = await pool.signUp(ada)
  await expect(pool.signUp({ ...ada, email: 'ADA@example.com' })).rejects.toMatchObject({
    code: 'INVALID',
    message: expect.stringContaining('An account with the given email already exists.'),
    data: { source: { vendor: 'aws', code: 'UsernameExistsException' } },
  })
  await expect(pool.signUp({ ...ada, email: 'nobody' })).rejects.toMatchObject({
    message: expect.stringContaining('Invalid email address format.'),
  })
  await pool.confirm(sub)
  await expect(pool.confirm(sub)).rejects.toMatchObject({
    code: 'WRONG_STATE',
    message: expect.stringContaining('User cannot be confirmed. Current status is CONFIRMED'),
    data: { source: { vendor: 'aws', code: 'NotAuthorizedException' } },
  })
  await pool.remove(sub)
  await expect(pool.confirm(sub)).rejects.toMatchObject({ code: 'GONE' })
  await expect(pool.remove(sub)).rejects.toMatchObject({ code: 'GONE' })
  await pool.signUp(ada)
})

test('the user is confirmed before the function is called, and stays so when it fails three times', async () => {
  const seen: unknown[] = []
  const { pool, called } = await openPool(async () => {
    seen.push(pool.users().map(({ status, confirming }) => ({ status, confirming })))
    return { state: 'failed', type: 'UndefinedTable', message: 'relation "users" does not exist' }
  })
  const { sub } = await pool.signUp(ada)
  const told = await pool.confirm(sub)
  expect(told).toMatchObject({ status: 'CONFIRMED', error: 'PostConfirmation failed with error relation "users" does not exist.' })
  expect(called.length).toBe(3)
  expect(new Set(called.map(({ userName }) => userName))).toEqual(new Set([sub]))
  expect(seen[0]).toEqual([{ status: 'CONFIRMED', confirming: true }])
  expect(pool.users()).toEqual([told])
})

test('Cognito waits so long and no longer, and an attempt that succeeds ends it', async () => {
  const never = await openPool(() => new Promise(() => {}), { patienceMs: 30 })
  const { sub } = await never.pool.signUp(ada)
  expect((await never.pool.confirm(sub)).error).toBe(
    'PostConfirmation invocation failed due to error Socket timeout while invoking Lambda function.',
  )
  expect(never.called.length).toBe(3)
  const second = await openPool(async (_event, attempt) =>
    attempt === 1 ? { state: 'timed out', message: 'Task timed out after 3.00 seconds' } : { state: 'answered' },
  )
  expect((await second.pool.confirm((await second.pool.signUp(ada)).sub)).error).toBeNull()
  expect(second.called.length).toBe(2)
})

test('users are there after a restart, the newest first, with what Cognito told', async () => {
  const { pool, folder } = await openPool(async () => ({ state: 'failed', type: 'X', message: 'no' }))
  const { sub } = await pool.signUp(ada)
  await pool.confirm(sub)
  await pool.signUp({ ...ada, email: 'other@example.com' })
  const again = await openPool(well, { folder })
  expect(again.pool.users().map(({ email, status, error }) => ({ email, status, error }))).toEqual([
    { email: 'other@example.com', status: 'UNCONFIRMED', error: null },
    { email: 'ada@example.com', status: 'CONFIRMED', error: 'PostConfirmation failed with error no.' },
  ])
})

test('made-up people have names as people have them, and addresses that lead nowhere', () => {
  const people = Array.from({ length: 400 }, makeUpPerson)
  expect(people.every(({ email }) => /^[a-z0-9]+\.[a-z0-9]+@example\.(com|org)$/.test(email))).toBe(true)
  expect(people.every(({ handle }) => /^[a-z0-9]+$/.test(handle))).toBe(true)
  expect(people.some(({ name }) => name.includes("O'Brien"))).toBe(true)
  expect(people.some(({ name }) => /[^\0-\x7f]/.test(name))).toBe(true)
  expect(new Set(people.map(({ email }) => email)).size).toBeGreaterThan(390)
})

test('a pace begins by itself, stops at nought, and its end waits for what is under way', async () => {
  let begun = 0
  let done = 0
  const failures: unknown[] = []
  const pace = createPace({
    async work() {
      begun += 1
      await pause(20)
      done += 1
      if (done === 1) throw new Error('once')
    },
    failed: (error) => void failures.push(error),
  })
  onTestFinished(() => pace.close())
  pace.set(6_000)
  await expect.poll(() => done).toBeGreaterThan(3)
  expect(failures).toHaveLength(1)
  await pace.close()
  expect(done).toBe(begun)
  expect(pace.perMinute()).toBe(0)
})
