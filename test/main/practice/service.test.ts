import { expect, test } from 'vitest'
import { createPracticeService, type PracticeControl } from '../../../main/practice/service.ts'
import type { PracticeState, PracticeUser } from '../../../preload/contract/practice.ts'

const call = (signal: AbortSignal) => ({ window: 'test', signal })

const first: PracticeState = {
  endpoint: 'http://127.0.0.1:1',
  networks: [{ id: 'home', label: 'Home', address: '203.0.113.24' }],
  network: 'home',
  throttling: false,
  credentialsExpired: false,
  speed: 60,
  speeds: [1, 60],
  stopped: [],
  signUps: {
    function: { failure: 'none', swallows: true, runtime: 'python', format: 'text' },
    logGroup: '/aws/lambda/cruddur-post-confirmation',
    perMinute: 0,
    paces: [0, 6],
    lateIngestion: false,
    suggested: { name: 'Ada Brown', email: 'ada@example.com', handle: 'ada' },
    users: [],
  },
}
const user: PracticeUser = {
  sub: '1',
  name: 'Ada Brown',
  email: 'ada@example.com',
  handle: 'ada',
  status: 'CONFIRMED',
  confirming: false,
  error: null,
}

test('without a practice cloud the page is told so once, the stream stays open, and the commands fail', async () => {
  const service = createPracticeService(null)
  const ending = new AbortController()
  const told: unknown[] = []
  const watching = (async () => {
    for await (const state of service.watch(undefined, call(ending.signal))) told.push(state)
  })()
  await expect.poll(() => told).toEqual([null])
  const open = await Promise.race([watching.then(() => 'ended'), new Promise((resolve) => setTimeout(() => resolve('open'), 50))])
  expect(open).toBe('open')
  expect(told).toEqual([null])
  ending.abort()
  await watching
  await expect(service.change({ network: 'home' })).rejects.toMatchObject({ code: 'GONE' })
  await expect(service.forceStart({ identifier: 'cruddur-db-instance' })).rejects.toMatchObject({ code: 'GONE' })
  await expect(service.signUp({ name: 'Ada', email: 'ada@example.com', handle: 'ada', confirm: true })).rejects.toMatchObject({
    code: 'GONE',
  })
  await expect(service.confirm({ sub: '1' })).rejects.toMatchObject({ code: 'GONE' })
  await expect(service.resetPassword({ sub: '1' })).rejects.toMatchObject({ code: 'GONE' })
  await expect(service.removeUser({ sub: '1' })).rejects.toMatchObject({ code: 'GONE' })
})

test('every window that watches is told each change', async () => {
  let state = first
  let tell = () => {}
  const control: PracticeControl = {
    state: () => state,
    async change({ throttling = state.throttling }) {
      state = { ...state, throttling }
      tell()
    },
    async forceStart() {},
    signUp: async ({ confirm }) => ({ ...user, status: confirm ? 'CONFIRMED' : 'UNCONFIRMED' }),
    confirm: async (sub) => ({ ...user, sub }),
    resetPassword: async (sub) => ({ ...user, sub }),
    async removeUser() {},
    onChange(listener) {
      tell = listener
      return () => {}
    },
    onStandingChange: () => () => {},
  }
  const service = createPracticeService(control)
  const ending = new AbortController()
  const told = [0, 1, 2].map(() => {
    const seen: (boolean | undefined)[] = []
    const watching = (async () => {
      for await (const each of service.watch(undefined, call(ending.signal))) seen.push(each?.throttling)
    })()
    return { seen, watching }
  })
  await expect.poll(() => told.map(({ seen }) => seen)).toEqual([[false], [false], [false]])
  await service.change({ throttling: true })
  await expect.poll(() => told.map(({ seen }) => seen)).toEqual(Array(3).fill([false, true]))
  ending.abort()
  await Promise.all(told.map(({ watching }) => watching))
})
