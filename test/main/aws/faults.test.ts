import { StopDBInstanceCommand } from '@aws-sdk/client-rds'
import { describe, expect, test } from 'vitest'
import type { Aws } from '../../../main/aws/aws.ts'
import type { ErrorCode } from '../../../preload/contract/errors.ts'
import { type AwsAnswer, jsonAnswer, queryAnswer, queryFault } from '../../support/aws-endpoint.ts'
import { accessKeyId, failureOf, html, list, place, portal, sessionToken, stage, variables, well } from './stage.ts'

const stop = (aws: Aws) =>
  aws.rds({ place, what: 'stop cruddur-db-instance' }, (client, options) =>
    client.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'cruddur-db-instance' }), options),
  )

const hourOff = (minutes: number) => ({ date: new Date(Date.now() + minutes * 60_000).toUTCString() })

interface Fault {
  readonly name: string
  readonly answer: AwsAnswer
  readonly code: ErrorCode
  readonly says: RegExp
  readonly attempts: number
  readonly command?: string
}

const canonical = `The request signature we calculated does not match. The Canonical String for this request should have been 'POST / host x-amz-security-token:${sessionToken} ${accessKeyId}'`
const faults: readonly Fault[] = [
  { name: 'throttled', answer: queryFault('Throttling', 'Rate exceeded'), code: 'THROTTLED', says: /call less often/, attempts: 3 },
  { name: 'throttled with 503', answer: queryFault('RequestLimitExceeded', 'x', 503), code: 'THROTTLED', says: /less often/, attempts: 3 },
  {
    name: 'a failure of AWS',
    answer: queryFault('InternalFailure', 'x', 500),
    code: 'AWS',
    says: /failure of its own \(InternalFailure, status 500\)/,
    attempts: 3,
  },
  { name: 'a 503 without a body', answer: { status: 503 }, code: 'AWS', says: /failure of its own \(status 503\)/, attempts: 3 },
  {
    name: "a gateway's page with 502",
    answer: { status: 502, headers: html, body: portal },
    code: 'NOT_AWS',
    says: /web page and status 502/,
    attempts: 3,
  },
  {
    name: 'an expired token',
    answer: queryFault('ExpiredToken', 'The security token included in the request is expired', 403),
    code: 'CREDENTIALS',
    says: /AWS_ACCESS_KEY_ID.* have expired.*Set new ones/,
    attempts: 1,
  },
  {
    name: 'an unknown key',
    answer: queryFault('InvalidClientTokenId', 'The security token is invalid', 403),
    code: 'CREDENTIALS',
    says: /does not accept the credentials/,
    attempts: 1,
  },
  {
    name: 'a wrong secret, with the request in the words',
    answer: queryFault('SignatureDoesNotMatch', canonical, 403),
    code: 'CREDENTIALS',
    says: /does not accept the credentials/,
    attempts: 1,
  },
  {
    name: 'denied',
    answer: queryFault(
      'AccessDenied',
      `User: arn:aws:iam::123456789012:user/ann is not authorized to perform: rds:DescribeDBInstances on resource: * ${accessKeyId}`,
      403,
    ),
    code: 'FORBIDDEN',
    says: /lacks the permission rds:DescribeDBInstances\./,
    attempts: 1,
  },
  {
    name: 'the clock refused',
    answer: queryFault('RequestTimeTooSkewed', 'The difference is too large', 403, hourOff(-62)),
    code: 'CLOCK',
    says: /clock is 62 minutes ahead.*Set the clock/,
    attempts: 3,
  },
  {
    name: 'a signature of yesterday',
    answer: queryFault('SignatureDoesNotMatch', 'Signature expired: 20261120T000000Z is now earlier than', 403, hourOff(24 * 60)),
    code: 'CLOCK',
    says: /clock is 24 hours behind/,
    attempts: 3,
  },
  {
    name: "a token that is expired by AWS' clock alone",
    answer: queryFault('ExpiredToken', 'expired', 403, hourOff(90)),
    code: 'CLOCK',
    says: /clock is 90 minutes behind/,
    attempts: 1,
  },
  {
    name: "a portal's page with 200",
    answer: { headers: html, body: portal },
    code: 'NOT_AWS',
    says: /is not AWS, it sent a web page\./,
    attempts: 1,
  },
  {
    name: 'a redirection',
    answer: { status: 302, headers: { location: 'https://portal.hotel.example/login?x=1' } },
    code: 'NOT_AWS',
    says: /a redirection to portal\.hotel\.example\./,
    attempts: 1,
  },
  {
    name: 'truncated XML',
    answer: { ...well, body: String(well.body).slice(0, 120) },
    code: 'NOT_AWS',
    says: /cut off or damaged/,
    attempts: 1,
  },
  {
    name: 'damaged XML',
    answer: { ...well, body: String(well.body).replace('</DBInstances>', '') },
    code: 'NOT_AWS',
    says: /cut off or damaged/,
    attempts: 1,
  },
  { name: 'an empty body', answer: { status: 200 }, code: 'NOT_AWS', says: /an empty answer/, attempts: 1 },
  {
    name: 'another root element',
    answer: queryAnswer('DescribeDBClusters', '<DBClusters/>'),
    code: 'NOT_AWS',
    says: /XML of another kind/,
    attempts: 1,
  },
  {
    name: 'no result',
    answer: { body: '<DescribeDBInstancesResponse></DescribeDBInstancesResponse>' },
    code: 'NOT_AWS',
    says: /without its result/,
    attempts: 1,
  },
  {
    name: 'a result without its list',
    answer: queryAnswer('DescribeDBInstances', ''),
    code: 'NOT_AWS',
    says: /with nothing of what was asked in it/,
    attempts: 1,
  },
  {
    name: 'an error page with 403',
    answer: { status: 403, headers: html, body: portal },
    code: 'NOT_AWS',
    says: /web page and status 403/,
    attempts: 1,
  },
  {
    name: 'an error without a code',
    answer: { status: 400, body: '<ErrorResponse><Error/></ErrorResponse>' },
    code: 'NOT_AWS',
    says: /without its code/,
    attempts: 1,
  },
  { name: 'JSON where XML is due', answer: jsonAnswer({}), code: 'NOT_AWS', says: /not XML/, attempts: 1 },
  {
    name: 'no answer at all',
    answer: { trouble: 'silence' },
    code: 'TIMEOUT',
    says: /^The endpoint .* did not answer within \d+ s, .*\. Look again\.$/,
    attempts: 1,
  },
  {
    name: 'a connection reset',
    answer: { trouble: 'reset' },
    code: 'UNREACHABLE',
    says: /closed the connection without an answer/,
    attempts: 3,
  },
  { name: 'an answer cut off', answer: { ...well, trouble: 'cut' }, code: 'NOT_AWS', says: /was cut off on its way/, attempts: 3 },
  { name: 'a body that drips', answer: { ...well, trouble: 'drip' }, code: 'TIMEOUT', says: /did not answer within/, attempts: 1 },
  {
    name: 'a body of 50 MB',
    answer: { body: Buffer.alloc(50 * 1024 * 1024, '<') },
    code: 'NOT_AWS',
    says: /larger than any of AWS/,
    attempts: 1,
  },
  {
    name: 'a wrong state',
    answer: queryFault('InvalidDBInstanceState', 'Instance cruddur is not in available state'),
    code: 'WRONG_STATE',
    says: /present state\. AWS says: Instance cruddur is not/,
    attempts: 1,
  },
  {
    name: "a cluster's wrong state",
    answer: queryFault('InvalidDBClusterStateFault', 'x'),
    code: 'WRONG_STATE',
    says: /present state/,
    attempts: 1,
  },
  {
    name: 'gone',
    answer: queryFault('DBInstanceNotFound', 'DBInstance x not found', 404),
    code: 'GONE',
    says: /does not find it/,
    attempts: 1,
  },
  {
    name: 'invalid',
    answer: queryFault('InvalidParameterCombination', 'No'),
    code: 'INVALID',
    says: /AWS refused to list the instances\. AWS says: No\./,
    attempts: 1,
  },
  { name: 'a name that is taken', answer: queryFault('DBInstanceAlreadyExists', 'x'), code: 'BUSY', says: /in the way/, attempts: 1 },
  {
    name: 'a quota',
    answer: queryFault('InstanceQuotaExceeded', 'x'),
    code: 'AWS',
    says: /refused to list the instances \(InstanceQuotaExceeded\)/,
    attempts: 1,
  },
]

describe('each fault has its code and its sentence, and never gives an empty list', () => {
  test.each(faults)('$name', async ({ answer, code, says, attempts }) => {
    const { endpoint, aws } = await stage(code === 'TIMEOUT' ? 1500 : 10_000)
    endpoint.answer('rds', 'DescribeDBInstances', answer)
    const failure = await failureOf(list(aws))
    expect({ code: failure.code, message: failure.message }).toEqual({ code, message: expect.stringMatching(says) })
    expect(failure.message).toContain('list the instances')
    expect(failure.data?.profile).toBe('default')
    expect(endpoint.asked('DescribeDBInstances').length).toBe(attempts)
  })

  test('a vendor’s code and request id go with it', async () => {
    const { endpoint, aws } = await stage()
    endpoint.answer('rds', 'StopDBInstance', queryFault('InvalidDBInstanceState', 'Instance is stopping'))
    const { data } = await failureOf(stop(aws))
    expect(data).toEqual({
      profile: 'default',
      source: { vendor: 'aws', code: 'InvalidDBInstanceState' },
      request: expect.stringMatching(/^[\w-]{36}$/),
    })
  })

  test("what is repeated of AWS' words holds no keys, no control characters, and has an end", async () => {
    const { endpoint, aws } = await stage()
    const words = `No ${variables.AWS_SECRET_ACCESS_KEY} ${accessKeyId} ASIAOTHER00000000000 ${sessionToken} \u202eright\u0007 <b>bold</b> ${'long '.repeat(500)}`
    for (const code of ['InvalidParameterValue', 'InvalidDBInstanceState', 'DBInstanceNotFound', 'InstanceQuotaExceeded']) {
      endpoint.answer('rds', 'DescribeDBInstances', queryFault(code, words))
      const { message } = await failureOf(list(aws))
      expect(message).toMatch(/AWS says: No … … … … right <b>bold<\/b> long/)
      expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u)
      expect(message.length).toBeLessThan(700)
    }
  })

  test("a wrong clock is a hint beside AWS' other refusals", async () => {
    const { endpoint, aws } = await stage()
    endpoint.answer('rds', 'DescribeDBInstances', queryFault('AccessDenied', 'no', 403, hourOff(-60)))
    const failure = await failureOf(list(aws))
    expect(failure.code).toBe('FORBIDDEN')
    expect(failure.data?.hint).toMatch(/60 minutes ahead/)
    expect(endpoint.requests.length).toBe(1)
  })
})

describe('what may pass is tried again', () => {
  test.each([
    ['throttled', queryFault('Throttling', 'Rate exceeded')],
    ['a failure of AWS', queryFault('InternalFailure', 'x', 500)],
    ['a connection reset', { trouble: 'reset' } as const],
    ['an answer cut off', { ...well, trouble: 'cut' } as const],
    ['a clock that is off by an hour', queryFault('RequestTimeTooSkewed', 'x', 403, hourOff(60))],
  ])('%s, then well', async (_, answer) => {
    const { endpoint, aws } = await stage(10_000)
    endpoint.answer('rds', 'DescribeDBInstances', answer, well)
    expect((await list(aws)).DBInstances).toHaveLength(1)
    expect(endpoint.requests.length).toBe(2)
  })

  test('the request after a refusal for the clock is signed by the clock of AWS', async () => {
    const { endpoint, aws } = await stage(10_000)
    endpoint.answer('rds', 'DescribeDBInstances', queryFault('RequestTimeTooSkewed', 'x', 403, hourOff(120)), well)
    await list(aws)
    const [first, second] = endpoint.requests.map(({ headers }) => Number(String(headers['x-amz-date']).slice(9, 11)))
    expect(((second ?? 0) - (first ?? 0) + 24) % 24).toBe(2)
  })
})

describe('a change is not sent twice in doubt', () => {
  test.each<readonly [string, AwsAnswer, ErrorCode, number, boolean]>([
    ['a connection reset', { trouble: 'reset' }, 'LOST', 1, true],
    ['no answer', { trouble: 'silence' }, 'TIMEOUT', 1, true],
    ['an answer cut off', { ...queryAnswer('StopDBInstance', '<DBInstance/>'), trouble: 'cut' }, 'NOT_AWS', 1, true],
    ['a failure of AWS', queryFault('InternalFailure', 'x', 500), 'AWS', 1, true],
    ['a gateway that gave up', { status: 504 }, 'AWS', 1, true],
    ['a portal', { headers: html, body: portal }, 'NOT_AWS', 1, false],
    ['a service that is not there now', queryFault('ServiceUnavailable', 'x', 503), 'AWS', 3, true],
    ['throttled', queryFault('Throttling', 'Rate exceeded'), 'THROTTLED', 3, false],
  ])('%s', async (_, answer, code, attempts, unsure) => {
    const { endpoint, aws } = await stage(code === 'TIMEOUT' ? 1500 : 10_000)
    endpoint.answer('rds', 'StopDBInstance', answer)
    const failure = await failureOf(stop(aws))
    expect(failure.code).toBe(code)
    expect(endpoint.asked('StopDBInstance').length).toBe(attempts)
    expect(/not known: look before doing it again/.test(failure.message)).toBe(unsure)
  })
})
