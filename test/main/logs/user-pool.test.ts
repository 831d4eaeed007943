import { describe, expect, test } from 'vitest'
import { invocationsOf } from '../../../cloudwatch/invocations.ts'
import { traceSignUps } from '../../../cloudwatch/sign-ups.ts'
import { createAws } from '../../../main/aws/create-aws.ts'
import { joinPool } from '../../../main/logs/join-pool.ts'
import { createUserPools, type PoolUser } from '../../../main/logs/user-pool.ts'
import { jsonAnswer, jsonFault, startAwsEndpoint } from '../../support/aws-endpoint.ts'
import { failureOf, limits, place, variables } from '../aws/stage.ts'
import { ada, grace, linesOf, type Run, type User } from './lambda-log.ts'

const start = Date.parse('2026-11-21T10:00:00.000Z')
const seconds = (count: number) => start + count * 1_000
const told = { from: start - 3_600_000, to: seconds(1_000), now: seconds(1_200) }
const confirmed = (user: User, at: number, change: Partial<PoolUser> = {}): PoolUser => ({
  ...user,
  createdAt: at - 60_000,
  changedAt: at,
  ...change,
})
const broken = "[ERROR] Runtime.UserCodeSyntaxError: Syntax error in module 'lambda_function': invalid syntax (lambda_function.py, line 11)"
const missing = "[ERROR] Runtime.ImportModuleError: Unable to import module 'lambda_function': No module named 'psycopg2'"

/** Runs that begin so many seconds after the start; without a user they name nobody. */
const tracesOf = (...runs: readonly (readonly [at: number, change?: Partial<Run>])[]) =>
  traceSignUps(
    runs.flatMap(([at, change], index) =>
      invocationsOf(linesOf({ at: seconds(at), user: null, stream: `s${index}`, lines: [broken], ...change })),
    ),
  )
const shown = (...given: Parameters<typeof joinPool>) =>
  joinPool(...given).map(({ person, attempts, outcome, failure, isUnclear }) => [
    person.email,
    attempts.length,
    outcome,
    failure?.kind ?? null,
    isUnclear,
  ])

describe('who is confirmed and the attempts that name nobody', () => {
  test('the attempts at the time of the only confirmation are that user, with their reason', () => {
    const joined = joinPool(tracesOf([1], [2], [3.5]), [confirmed(ada, start)], told)
    expect(joined).toMatchObject([
      {
        key: `${ada.sub} ${seconds(1)}`,
        person: { sub: ada.sub, email: ada.email, name: ada.name, handle: ada.handle },
        attempts: [{ startedAt: seconds(1) }, { startedAt: seconds(2) }, { startedAt: seconds(3.5) }],
        outcome: 'failed',
        failure: { kind: 'syntax error in the function' },
        poolAt: start,
        isUnclear: false,
      },
    ])
  })

  test('a time-out before anything was printed, and a function that prints nothing, are told too', () => {
    expect(shown(tracesOf([1, { lines: [], timedOut: true }]), [confirmed(ada, start)], told)).toEqual([
      [ada.email, 1, 'timed out', 'timed out', false],
    ])
    expect(shown(tracesOf([1, { lines: [] }]), [confirmed(ada, start)], told)).toEqual([[ada.email, 1, 'ok', null, false]])
  })

  test('whom the log names needs no pool, whatever the case of an e-mail', () => {
    const named = tracesOf([1, { user: ada }], [400])
    expect(shown(named, [confirmed({ ...ada, email: 'ADA@example.com' }, seconds(399))], told)).toEqual([
      [ada.email, 1, 'failed', 'syntax error in the function', false],
      [null, 1, 'failed', 'syntax error in the function', false],
    ])
    const again = { ...ada, sub: 'sub-again' }
    expect(shown(named, [confirmed(again, seconds(399))], told).map(([email, attempts]) => [email, attempts])).toEqual([
      [ada.email, 1],
      [ada.email, 1],
    ])
  })

  test('two confirmations one after the other are told apart where the first has had all its attempts', () => {
    const two = [confirmed(grace, seconds(8)), confirmed(ada, start)]
    expect(shown(tracesOf([1], [2], [3], [9], [10], [11, { lines: [missing] }]), two, told)).toEqual([
      [ada.email, 3, 'failed', 'syntax error in the function', false],
      [grace.email, 3, 'failed', expect.any(String), false],
    ])
  })

  test('between two who do not pair nothing is guessed: a failure that all have in common is told of both', () => {
    const two = [confirmed(ada, start), confirmed(grace, seconds(1))]
    const same = shown(tracesOf([2], [3], [4], [5]), two, told)
    expect(same.filter(([email]) => email !== null)).toEqual([
      [ada.email, 0, null, 'syntax error in the function', true],
      [grace.email, 0, null, 'syntax error in the function', true],
    ])
    expect(same.filter(([email]) => email === null)).toHaveLength(4)
    const mixed = shown(tracesOf([2], [3, { lines: [missing] }]), two, told)
    expect(mixed.filter(([email]) => email !== null)).toEqual([
      [ada.email, 0, null, null, true],
      [grace.email, 0, null, null, true],
    ])
  })

  test('more attempts than Cognito makes are not all of one user', () => {
    const joined = shown(tracesOf([1], [2], [3], [4]), [confirmed(ada, start)], told)
    expect(joined.map(([email, attempts]) => [email, attempts])).toEqual([
      [ada.email, 0],
      [null, 1],
      [null, 1],
      [null, 1],
      [null, 1],
    ])
  })

  test('of a thousand who fail one after the other, each has the attempts of its own', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => index)
    const traces = tracesOf(...many.flatMap((index) => [0.2, 0.4, 0.6].map((after) => [index * 5 + after] as const)))
    const users = many.map((index) => confirmed({ ...ada, sub: `sub-${index}`, email: `user${index}@example.com` }, seconds(index * 5)))
    const joined = shown(traces, users, told)
    expect(joined).toHaveLength(1_000)
    expect(joined.every(([email, attempts], index) => email === `user${index}@example.com` && attempts === 3)).toBe(true)
  })

  test('attempts at another time, or still under way, are no candidates', () => {
    expect(shown(tracesOf([60]), [confirmed(ada, start)], told)).toEqual([
      [ada.email, 0, null, null, false],
      [null, 1, 'failed', 'syntax error in the function', false],
    ])
    const open = tracesOf([1, { lines: [], open: true }])
    expect(shown(open, [confirmed(ada, start)], { ...told, now: seconds(5), to: start })).toEqual([[null, 1, 'open', null, false]])
  })

  test('a user of whom the log tells nothing is told only once all of the log of that time is there', () => {
    expect(shown([], [confirmed(ada, start)], told)).toEqual([[ada.email, 0, null, null, false]])
    expect(shown([], [confirmed(ada, start)], { ...told, to: seconds(10) })).toEqual([])
    expect(shown([], [confirmed(ada, start)], { ...told, from: seconds(10) })).toEqual([])
  })
})

const signal = new AbortController().signal
const trigger = 'arn:aws:lambda:ca-central-1:123456789012:function:cruddur-post-confirmation'
const source = { place, group: '/aws/lambda/cruddur-post-confirmation' }
const poolNamed = (Id: string, PostConfirmation?: string) => jsonAnswer({ UserPool: { Id, Name: Id, LambdaConfig: { PostConfirmation } } })
const poolsAnswer = (ids: readonly string[], NextToken?: string) =>
  jsonAnswer({ UserPools: ids.map((Id) => ({ Id, Name: Id })), NextToken })
const userAnswer = ({ sub, email, name, handle }: User, at: number) => ({
  Username: sub,
  Attributes: Object.entries({ sub, email, name, preferred_username: handle }).map(([Name, Value]) => ({ Name, Value })),
  UserCreateDate: at / 1_000,
  UserLastModifiedDate: at / 1_000,
  UserStatus: 'CONFIRMED',
})

async function stage() {
  const endpoint = await startAwsEndpoint()
  const aws = createAws({ endpoint: endpoint.url, practice: null, variables }, { ...limits, callsPerSecond: 500 })
  const clock = { now: start }
  const confirmedUsers = createUserPools({ aws, functionOf: async () => 'cruddur-post-confirmation', now: () => clock.now })
  const ask = (group = source.group) => confirmedUsers({ place, group }, start, signal)
  return { endpoint, clock, ask }
}

describe('asking Cognito', () => {
  test('the pool is found over all pages, by the name in its trigger, and remembered for ten minutes', async () => {
    const { endpoint, clock, ask } = await stage()
    endpoint.answer(
      'cognito-idp',
      'ListUserPools',
      poolsAnswer(['ca-central-1_a'], 'more'),
      poolsAnswer(['ca-central-1_b', 'ca-central-1_c']),
    )
    const denied = jsonFault('AccessDeniedException', 'User: x is not authorized to perform: cognito-idp:DescribeUserPool', 400)
    const described = [denied, poolNamed('b', `${trigger}-of-others`), poolNamed('c', `${trigger}:live`)] as const
    endpoint.answer('cognito-idp', 'DescribeUserPool', ...described)
    endpoint.answer(
      'cognito-idp',
      'ListUsers',
      jsonAnswer({ Users: [userAnswer(ada, start), userAnswer(grace, start - 1)], PaginationToken: 'more' }),
      jsonAnswer({ Users: [{ Username: 'nobody' }, userAnswer(grace, start + 1)] }),
    )
    expect(await ask()).toEqual({
      name: 'ca-central-1_c',
      cut: false,
      users: [
        { ...ada, createdAt: start, changedAt: start },
        { ...grace, createdAt: start + 1, changedAt: start + 1 },
      ],
    })
    expect(JSON.parse(endpoint.asked('ListUsers')[0]?.body ?? '')).toEqual({
      UserPoolId: 'ca-central-1_c',
      Limit: 60,
      Filter: 'cognito:user_status = "CONFIRMED"',
    })
    await ask()
    expect(endpoint.asked('DescribeUserPool')).toHaveLength(3)
    clock.now += 11 * 60_000
    endpoint.answer('cognito-idp', 'ListUserPools', poolsAnswer(['ca-central-1_c']))
    endpoint.answer('cognito-idp', 'DescribeUserPool', poolNamed('c', trigger))
    await ask()
    expect(endpoint.asked('DescribeUserPool')).toHaveLength(4)
  })

  test('lists without an end are left: sixty pools, and fifty pages of users', async () => {
    const { endpoint, ask } = await stage()
    const ids = Array.from({ length: 60 }, (_, index) => `ca-central-1_p${index}`)
    endpoint.answer('cognito-idp', 'ListUserPools', poolsAnswer(ids, 'again'))
    endpoint.answer('cognito-idp', 'DescribeUserPool', poolNamed('x'))
    expect(await ask()).toBe(null)
    expect(endpoint.asked('DescribeUserPool')).toHaveLength(60)
    expect(endpoint.asked('ListUserPools')).toHaveLength(1)
    endpoint.answer('cognito-idp', 'DescribeUserPool', poolNamed('x', trigger))
    endpoint.answer('cognito-idp', 'ListUsers', jsonAnswer({ Users: [userAnswer(ada, start)], PaginationToken: 'again' }))
    expect(await ask('/of/its/own')).toMatchObject({ cut: true })
    expect(endpoint.asked('ListUsers')).toHaveLength(50)
  })

  test('a refusal is told as AWS says it, and asked again next time', async () => {
    const { endpoint, ask } = await stage()
    endpoint.answer(
      'cognito-idp',
      'ListUserPools',
      jsonFault('AccessDeniedException', 'User: arn:aws:iam::123456789012:user/x is not authorized to perform: cognito-idp:ListUserPools'),
    )
    expect(await failureOf(ask())).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('cognito-idp:ListUserPools') })
    endpoint.answer('cognito-idp', 'ListUserPools', poolsAnswer([]))
    expect(await ask()).toBe(null)
  })
})
