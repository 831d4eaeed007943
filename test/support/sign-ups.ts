import type { SignUp, SignUps } from '../../preload/contract/logs.ts'

const at = Date.parse('2026-11-21T10:04:05.000Z')

/** Ada's confirmation as Logs tells of it: one attempt, all well, unless changed. */
export const signUp = (change: Partial<SignUp> = {}, started = at): SignUp => ({
  key: `${change.sub ?? 'sub-ada'} ${started}`,
  sub: 'sub-ada',
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  handle: 'ada',
  trigger: 'sign_up',
  attempts: [{ requestId: 'r-1', stream: '2026/11/21/[$LATEST]a', at: started, outcome: change.outcome ?? 'ok', durationMs: 120 }],
  outcome: 'ok',
  reason: null,
  row: 'there',
  rowCreatedAt: '2026-11-21 10:04:05.1+00',
  ...change,
})

/** What is known of the sign-ups of an environment: the log read, and the table too, unless changed. */
export const signUps = (change: Partial<SignUps> = {}): SignUps => ({
  place: { profile: 'work', region: 'ca-central-1' },
  group: '/aws/lambda/cruddur-post-confirmation',
  from: at - 7 * 24 * 3_600_000,
  state: 'read',
  problem: null,
  table: { readable: true, problem: null },
  signUps: [],
  insert: 'INSERT INTO users',
  checkedAt: at,
  ...change,
})
