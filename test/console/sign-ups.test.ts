import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { SignUp, SignUps } from '../../preload/contract/logs.ts'
import type { LambdaFailure, PracticeUser } from '../../preload/contract/practice.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { type Line, openLine } from '../support/line.ts'

/** Who signs up at the practice cloud, what the console tells of it, and the row that was missing: on the built console's own line. */

let running: RunningConsole
let line: Line
let last: SignUps | null = null
let following: Promise<void> | null = null
const leaving = new AbortController()
const group = '/aws/lambda/cruddur-post-confirmation'

beforeAll(async () => {
  running = await startConsole()
  line = await openLine(running)
  await line.client.practice.change({ speed: 600 })
  await line.until('prod', ({ connection }) => connection.state === 'connected')
  following = follow()
})
beforeEach(async () => {
  await line.client.practice.change({ function: { failure: 'none', swallows: true, runtime: 'python', format: 'text' } })
})
afterAll(async () => {
  leaving.abort()
  await following
  await line?.close()
  await running?.end()
})

async function follow(): Promise<void> {
  try {
    const stream = await line.client.logs.signUps({ environment: 'prod', group: null, hours: 24 }, { signal: leaving.signal })
    for await (const value of stream) last = value
  } catch (error) {
    if (!leaving.signal.aborted) throw error
  }
}

let people = 0
async function signUp(name = 'Ada Lovelace'): Promise<PracticeUser> {
  people += 1
  return await line.client.practice.signUp({ name, email: `user${people}@example.com`, handle: `user${people}`, confirm: true })
}
const of = (user: PracticeUser, trigger: SignUp['trigger'] = 'sign_up') =>
  last?.signUps.find((one) => one.sub === user.sub && one.trigger === trigger)
const link = async () => (await line.client.overview.path({ environment: 'prod' })).links.at(-1)
const repair = ({ sub, name, email, handle }: PracticeUser) =>
  line.client.logs.repair({ environment: 'prod', values: { display_name: name, handle, email, cognito_user_id: sub } })

test('before the function ever ran its group does not exist, and nothing is wrong', async () => {
  await expect.poll(() => last).toMatchObject({ state: 'missing', group, problem: null, signUps: [] })
  await line.client.environments.unlock({ environment: 'prod' })
})

test('without its table the row is missing and the reason known; loading the schema and one insert mend it', async () => {
  const user = await signUp()
  await expect.poll(() => of(user)).toMatchObject({ row: 'unknown', outcome: 'hidden error', reason: { mend: 'load_schema' } })
  expect(of(user)?.reason?.line).toContain('relation "')
  await expect.poll(() => last?.table).toMatchObject({ readable: false, problem: { data: { mend: 'load_schema' } } })
  expect((await line.run('prod', 'load-schema')).state).toBe('done')
  await expect.poll(() => of(user)).toMatchObject({ row: 'missing', reason: { mend: null } })
  expect(await link()).toMatchObject({
    link: 'sign-ups',
    state: 'broken',
    sentence: expect.stringMatching(/^1 user without a row since .* UTC: user1@example\.com\. .* No sign-up with a row yet, 1 failure\.$/),
    mend: 'open_logs',
  })
  expect(await repair(user)).toMatchObject({ inserted: true })
  await expect.poll(() => of(user)).toMatchObject({ row: 'there', reason: null, rowCreatedAt: expect.stringMatching(/^\d{4}-/) })
  expect(await repair(user)).toMatchObject({ inserted: false })
  expect(await link()).toMatchObject({
    state: 'sound',
    sentence: expect.stringMatching(/^Last sign-up .*user1@example\.com\), none without a row\.$/),
  })
  const { entries } = await line.client.activity.list({ environment: 'prod', search: 'repair', limit: 10 })
  expect(entries.map(({ action, result, after }) => [action, result, after])).toEqual([
    ['Repair a sign-up', 'done', 'no row inserted: it was there already'],
    ['Repair a sign-up', 'done', '1 row inserted'],
  ])
  expect(JSON.stringify(entries)).not.toContain('@example.com')
  expect(entries[0]?.target).toContain(user.sub)
})

test('a sign-up that works has its row; the password reset after it is told apart', async () => {
  const user = await signUp()
  await expect.poll(() => of(user)).toMatchObject({ row: 'there', outcome: 'ok', email: user.email, handle: user.handle })
  await line.client.practice.resetPassword({ sub: user.sub })
  await expect.poll(() => of(user, 'password_reset')).toMatchObject({ row: 'there' })
})

const failures: readonly (readonly [LambdaFailure, RegExp])[] = [
  ['table missing', /relation "/],
  ['column missing', /column "/],
  ['unbound variable', /conn|client is not defined/],
  ['time-out', /timed out|timeout/i],
  ['quote in the name', /syntax error at or near/],
  ['duplicate', /duplicate key value/],
]
const variants = [
  { runtime: 'python', format: 'text', swallows: true },
  { runtime: 'python', format: 'json', swallows: false },
  { runtime: 'node', format: 'text', swallows: false },
] as const

for (const variant of variants) {
  test.each(failures)(
    `%s, ${variant.runtime}, ${variant.format}${variant.swallows ? ', swallowed' : ''}: told, and repaired`,
    async (failure, words) => {
      await line.client.practice.change({ function: { failure, ...variant } })
      const user = await signUp(failure === 'quote in the name' ? "Pat O'Hara" : 'Grace Hopper')
      await expect
        .poll(() => of(user), { timeout: 40_000 })
        .toMatchObject({ row: 'missing', reason: { line: expect.stringMatching(words) } })
      await line.client.practice.change({ function: { failure: 'none' } })
      expect(await repair(user)).toMatchObject({ inserted: true })
      await expect.poll(() => of(user)).toMatchObject({ row: 'there', reason: null })
    },
  )
}

test('a function that cannot be imported names nobody; the user pool tells whom it failed, and the row is repaired', async () => {
  await line.client.practice.change({ function: { failure: 'syntax error' } })
  const user = await signUp()
  const told = () => last?.signUps.find(({ sub }) => sub === user.sub)
  await expect.poll(told, { timeout: 40_000 }).toMatchObject({
    email: user.email,
    name: user.name,
    handle: user.handle,
    row: 'missing',
    outcome: 'failed',
    attempts: [{ outcome: 'failed' }, { outcome: 'failed' }, { outcome: 'failed' }],
    reason: { line: expect.stringContaining('SyntaxError') },
    poolAt: expect.any(Number),
  })
  expect(last?.pool).toEqual({ name: 'cruddur-user-pool', problem: null })
  await expect.poll(link, { timeout: 20_000 }).toMatchObject({
    state: 'broken',
    sentence: expect.stringContaining(`1 user without a row since`),
  })
  expect((await link())?.sentence).toContain(user.email)
  await line.client.practice.change({ function: { failure: 'none' } })
  const next = await signUp()
  await expect.poll(() => of(next)).toMatchObject({ row: 'there' })
  expect(await repair(user)).toMatchObject({ inserted: true })
  await expect.poll(told).toMatchObject({ row: 'there', reason: null })
  await expect.poll(link, { timeout: 20_000 }).toMatchObject({ state: 'sound' })
  expect(user.status).toBe('CONFIRMED')
})

test('a user who was deleted in Cognito and signs up again meets the old row, and is told whose it is', async () => {
  const before = await signUp()
  await expect.poll(() => of(before)).toMatchObject({ row: 'there' })
  await line.client.practice.removeUser({ sub: before.sub })
  const { name, email, handle } = before
  const again = await line.client.practice.signUp({ name, email, handle, confirm: true })
  await expect
    .poll(() => of(again))
    .toMatchObject({
      row: 'missing',
      reason: { sentence: expect.stringContaining(`cognito_user_id is ${before.sub}`), mend: 'open_table' },
    })
  expect(of(again)?.reason?.line).toContain('duplicate key value')
  expect(of(before)).toMatchObject({ row: 'there' })
  await expect(repair(again)).rejects.toMatchObject({ code: 'SQL', message: expect.stringContaining('is taken by another row of users') })
  await line.query('prod', `UPDATE users SET cognito_user_id = '${again.sub}' WHERE cognito_user_id = '${before.sub}'`)
  await expect.poll(() => of(again), { timeout: 40_000 }).toMatchObject({ row: 'there', reason: null })
  await expect.poll(() => of(before)).toMatchObject({ row: 'missing', supersededBy: again.sub })
  expect(await link()).toMatchObject({ state: 'sound' })
})

test('a locked environment is not repaired', async () => {
  await line.client.environments.lock({ environment: 'prod' })
  await expect(repair({ ...(await signUp()), sub: 'nobody' })).rejects.toMatchObject({ code: 'LOCKED' })
})
