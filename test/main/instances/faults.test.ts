import { expect, test } from 'vitest'
import type { ErrorCode } from '../../../preload/contract/errors.ts'
import { type AwsAnswer, type AwsRequest, jsonAnswer, queryAnswer, queryFault } from '../../support/aws-endpoint.ts'
import { call, fleetOf, openInstances, prodOn } from './console.ts'
import { manualClock } from './manual-clock.ts'
import { startRdsModel } from './rds-model.ts'

const html = { 'content-type': 'text/html' }
const portal = '<!DOCTYPE html><html><body>Sign in to the hotel</body></html>'
const inView = { environment: 'local' }
const skewed = { date: new Date(Date.now() - 3_600_000).toUTCString() }
/** A list as AWS would answer it, for what comes of a damaged one. */
const list = ({ action }: AwsRequest) => queryAnswer(action, `<${action.slice(8)}></${action.slice(8)}>`)

type Fault = readonly [name: string, code: ErrorCode | RegExp, answer: (request: AwsRequest) => AwsAnswer]
const faults: readonly Fault[] = [
  ['throttled', 'THROTTLED', () => queryFault('Throttling', 'Rate exceeded')],
  ['throttled with 503', 'THROTTLED', () => queryFault('RequestLimitExceeded', 'Request limit exceeded.', 503)],
  ['a failure of AWS', 'AWS', () => queryFault('InternalFailure', 'We encountered an internal error.', 500)],
  ['a 503 without a body', 'AWS', () => ({ status: 503 })],
  ['an expired token', 'CREDENTIALS', () => queryFault('ExpiredToken', 'The security token included in the request is expired', 403)],
  // Where the key works in another region, this region is what is not enabled.
  [
    'an unknown key',
    /CREDENTIALS|FORBIDDEN/,
    () => queryFault('InvalidClientTokenId', 'The security token included in the request is invalid.', 403),
  ],
  ['denied', 'FORBIDDEN', () => queryFault('AccessDenied', 'User: arn:aws:iam::1:user/a is not authorized to perform this.', 403)],
  ['a clock an hour off', 'CLOCK', () => queryFault('RequestTimeTooSkewed', 'The difference is too large.', 403, skewed)],
  ["a portal's page", 'NOT_AWS', () => ({ headers: html, body: portal })],
  ["a portal's page with 502", 'NOT_AWS', () => ({ status: 502, headers: html, body: portal })],
  ['a redirection', 'NOT_AWS', () => ({ status: 302, headers: { location: 'https://portal.hotel.example/' } })],
  ['truncated XML', 'NOT_AWS', (request) => ({ ...list(request), body: String(list(request).body).slice(0, 90) })],
  ['an answer cut on its way', 'NOT_AWS', (request) => ({ ...list(request), trouble: 'cut' })],
  ['an empty body', 'NOT_AWS', () => ({ status: 200 })],
  ['another answer of AWS', 'NOT_AWS', () => queryAnswer('DescribeDBSnapshots', '<DBSnapshots/>')],
  ['a result without its list', 'NOT_AWS', ({ action }) => queryAnswer(action, '')],
  ['JSON where XML is due', 'NOT_AWS', () => jsonAnswer({ DBInstances: [] })],
  [
    'an empty middle page, and then a token that comes again',
    'NOT_AWS',
    ({ action, params }) => queryAnswer(action, `<${action.slice(8)}/><Marker>${params.get('Marker') === null ? 'one' : 'two'}</Marker>`),
  ],
  [
    'a second page that fails',
    'AWS',
    ({ action, params }) =>
      params.get('Marker') === null
        ? queryAnswer(action, `<${action.slice(8)}/><Marker>one</Marker>`)
        : queryFault('InternalFailure', 'x', 500),
  ],
  ['no answer', 'TIMEOUT', () => ({ trouble: 'silence' })],
  ['a reset connection', 'UNREACHABLE', () => ({ trouble: 'reset' })],
]

test.each(faults)('%s: never a false none, never a false state', { timeout: 20_000 }, async (_name, code, answer) => {
  const expected = typeof code === 'string' ? code : expect.stringMatching(code)
  const time = manualClock()
  const model = await startRdsModel({ now: time.clock.now })
  const scope = { profiles: ['default'], regions: ['ca-central-1', 'eu-west-1', 'us-east-1'] }
  for (const region of scope.regions) {
    model.add(`orders-${region}`, { region })
    model.add(`night-${region}`, { region, status: 'stopped' })
  }
  const prod = prodOn('orders-ca-central-1')
  const opened = await openInstances({
    aws: await model.openAws(code === 'TIMEOUT' ? { callMs: 1_500 } : {}),
    clock: time.clock,
    environments: [prod],
  })
  // Beside a region that AWS has answered for, one that it never has, and one that is well.
  await opened.service.choose({ ...inView, scope: { ...scope, regions: ['ca-central-1', 'us-east-1'] } }, call())
  await opened.service.refresh(inView, call())
  const before = (await fleetOf(opened)).instances
  expect(before).toHaveLength(4)

  let broken = true
  const well = model.answering
  model.endpoint.answer('rds', '*', (request) => (broken && request.region !== 'us-east-1' ? answer(request) : well(request)))
  await opened.service.choose({ ...inView, scope }, call())
  time.advance(60_000)
  await opened.service.refresh(inView, call())

  const { instances, places } = await fleetOf(opened)
  const stateOf = (region: string) => places.find(({ place }) => place.region === region)
  for (const region of ['ca-central-1', 'eu-west-1'])
    expect(stateOf(region)).toMatchObject({ state: 'failed', problem: { code: expected } })
  expect(stateOf('eu-west-1')?.answeredAt).toBeNull()
  expect(stateOf('us-east-1')).toMatchObject({ state: 'shown', problem: null })
  expect(places.some(({ throttled }) => throttled)).toBe(code === 'THROTTLED')
  // What was seen stays as it was seen.
  const told = (rows: typeof instances) =>
    rows.map(({ key, status, seenAt }) => [key.identifier, status, key.region === 'us-east-1' ? '' : seenAt])
  expect(told(instances)).toEqual(told(before))
  // Whoever needs the instance hears the fault, not that there is none.
  await expect(opened.instanceOf(prod, new AbortController().signal)).rejects.toMatchObject({ code: expected })

  broken = false
  await opened.service.refresh(inView, call())
  const healed = await fleetOf(opened)
  expect(healed.places.map(({ state, problem }) => [state, problem])).toEqual(Array(3).fill(['shown', null]))
  expect(healed.places.every(({ account }) => account !== null)).toBe(true)
  expect(healed.instances).toHaveLength(6)
})
