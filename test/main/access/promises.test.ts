import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAddress } from '../../../main/access/address.ts'
import type { AwsAnswer, AwsRequest } from '../../support/aws-endpoint.ts'
import { ec2Fault } from '../../support/aws-endpoint.ts'
import { call, home, type Stage, startStage, written } from './stage.ts'

const environment = 'prod'
const seed = 20_261_121

const publicOne = fc.ipV4().filter((text) => !('refused' in parseAddress(text)))
const reservedOne = fc
  .tuple(fc.constantFrom('10.', '127.', '100.64.', '169.254.', '192.168.', '172.16.', '224.', '240.', '0.'), fc.ipV4())
  .map(
    ([prefix, rest]) =>
      prefix +
      rest
        .split('.')
        .slice(prefix.split('.').length - 1)
        .join('.'),
  )

/** What the two services say. */
const answers: fc.Arbitrary<readonly [string | Buffer, string | Buffer]> = fc.oneof(
  publicOne.map((one) => [`${one}\n`, one] as const),
  fc.tuple(publicOne, publicOne),
  fc.tuple(publicOne, publicOne).map(([one, two]) => [`${one}\n${two}\n`, `${one}\n${two}\n`] as const),
  reservedOne.map((one) => [one, one] as const),
  fc.ipV6().map((one) => [one, one] as const),
  publicOne.map((one) => [`::ffff:${one}`, `::ffff:${one}`] as const),
  fc.tuple(publicOne, fc.integer({ min: 0, max: 32 })).map(([one, mask]) => [`${one}/${mask}`, `${one}/${mask}`] as const),
  fc.constant(['curl ifconfig.me', 'curl ifconfig.me'] as const),
  publicOne.map((one) => [`<html><body>${one}</body></html>`, `<html><body>${one}</body></html>`] as const),
  publicOne.map((one) => [`0${one}`, `0${one}`] as const),
  publicOne.map((one) => [one, '<html>'] as const),
  publicOne.map((one) => [one, one.padEnd(10_000_000, ' ')] as const),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => [Buffer.from(bytes), Buffer.from(bytes)] as const),
  fc.string({ unit: 'binary', maxLength: 100 }).map((text) => [text, text] as const),
)

/** What may be written for two answers: their one address, or nothing. */
function rightFor([one, two]: readonly [string | Buffer, string | Buffer]): string | null {
  const [first, second] = [one, two].map((text) => parseAddress(text.toString('latin1')))
  if (first === undefined || second === undefined || 'refused' in first || 'refused' in second) return null
  return first.family === 'ipv4' && first.address === second.address && one.length <= 1024 && two.length <= 1024 ? first.address : null
}

test('of 500 answers of address services none opens anything but one exact address', { timeout: 300_000 }, async () => {
  const stage = await startStage()
  let opened = 0
  let refused = 0
  await fc.assert(
    fc.asyncProperty(answers, async (said) => {
      const before = { writes: written(stage).length, rules: stage.cloud.inbound() }
      stage.sources.answer((response, which) => void response.end(said[which - 1]))
      const outcome = await stage.service.allow({ environment }, call).catch((error: Error) => error)
      const writes = written(stage).slice(before.writes)
      const right = rightFor(said)
      if (right === null) {
        refused += 1
        expect(outcome).toBeInstanceOf(Error)
        expect(writes).toEqual([])
        expect(stage.cloud.inbound()).toEqual(before.rules)
      } else {
        opened += 1
        expect(new Set([...writes, `${right}/32`])).toEqual(new Set([`${right}/32`]))
        expect(stage.cloud.inbound().map(({ peer }) => peer.value)).toEqual([`${right}/32`])
      }
    }),
    { numRuns: 500, seed },
  )
  expect(opened).toBeGreaterThan(20)
  expect(refused).toBeGreaterThan(300)
  expect(written(stage).filter((cidr) => !cidr.endsWith('/32'))).toEqual([])
})

test('of 200 ranges typed or configured, none wider than one address is written', { timeout: 120_000 }, async () => {
  const range = fc
    .tuple(fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('0.0.0.0', '::', home)), fc.integer({ min: 0, max: 128 }))
    .map(([address, mask]) => ({ address, mask: address.includes(':') ? mask : mask % 33 }))
  const stage = await startStage()
  await fc.assert(
    fc.asyncProperty(range, async ({ address, mask }) => {
      await expect(stage.service.allow({ environment, address: `${address}/${mask}` }, call)).rejects.toMatchObject({ code: 'INVALID' })
    }),
    { numRuns: 200, seed },
  )
  expect(written(stage)).toEqual([])
  expect(stage.cloud.inbound()).toEqual([])
})

test.each([
  ['0.0.0.0/0', {}],
  ['203.0.113.0/24', {}],
  ['203.0.113.0/31', {}],
  ['198.51.100.9/32', { fromPort: 0, toPort: 65_535 }],
  ['198.51.100.9/32', { protocol: '-1', fromPort: -1, toPort: -1 }],
  ['198.51.100.9/32', { protocol: 'udp' }],
] as const)('a configured rule for %s %j is left alone', async (value, rest) => {
  const id = 'sgr-0123456789abcdef0'
  const stage = await startStage({ rds: { securityGroupRule: id }, rules: [{ ...rest, id, peer: { kind: 'ipv4', value } }] })
  const before = stage.cloud.inbound()
  await expect(stage.service.allow({ environment }, call)).rejects.toMatchObject({ code: 'WRONG_STATE', data: { mend: 'open_settings' } })
  expect(written(stage)).toEqual([])
  expect(stage.cloud.inbound()).toEqual(before)
})

type Spoil = (stage: Stage) => void
const lost = (stage: Stage, action: string, times: number) => {
  let left = times
  stage.cloud.front.answer('ec2', action, async (request: AwsRequest): Promise<AwsAnswer> => {
    const answer = await stage.cloud.forward(request)
    left -= 1
    return left >= 0 ? { trouble: 'reset' } : answer
  })
}
const broken = (stage: Stage, action: string, code: string, status: number, times: number) => {
  let left = times
  stage.cloud.front.answer('ec2', action, async (request: AwsRequest): Promise<AwsAnswer> => {
    left -= 1
    return left >= 0 ? ec2Fault(code, 'Something is wrong.', status) : stage.cloud.forward(request)
  })
}
/** AWS takes the first change, and makes something else of it. */
const forgetful = (stage: Stage, action: string) => {
  let left = 1
  stage.cloud.front.answer('ec2', action, (request: AwsRequest) => {
    left -= 1
    const body = left >= 0 ? request.body.replace(/&[^&=]*Description=[^&]*/, '') : request.body
    return stage.cloud.forward({ ...request, body })
  })
}
const twisted = (stage: Stage, action: string) =>
  stage.cloud.front.answer('ec2', action, (request: AwsRequest) =>
    stage.cloud.forward({ ...request, body: request.body.replace(encodeURIComponent(`${home}/32`), encodeURIComponent('203.0.113.0/24')) }),
  )
const once = (stage: Stage, action: string, spoil: () => void) =>
  stage.cloud.front.answer('ec2', action, async (request: AwsRequest) => {
    const answer = await stage.cloud.forward(request)
    spoil()
    return answer
  })

const troubles = (write: string): [string, Spoil][] => [
  ['the write is refused', (stage) => broken(stage, write, 'UnauthorizedOperation', 403, 9)],
  ['AWS fails at the write', (stage) => broken(stage, write, 'InternalError', 500, 1)],
  ['the write is done and its answer lost', (stage) => lost(stage, write, 1)],
  [
    'the write is done and AWS says it failed',
    (stage) => {
      let left = 1
      stage.cloud.front.answer('ec2', write, async (request) => {
        const answer = await stage.cloud.forward(request)
        left -= 1
        return left >= 0 ? ec2Fault('InternalError', 'Something is wrong.', 500) : answer
      })
    },
  ],
  ['AWS makes a wider rule of it', (stage) => twisted(stage, write)],
  ['AWS drops the description', (stage) => forgetful(stage, write)],
  [
    'AWS cannot be asked afterwards',
    (stage) => once(stage, write, () => broken(stage, 'DescribeSecurityGroupRules', 'InternalError', 500, 20)),
  ],
  ['the database does not answer', (stage) => once(stage, write, () => void stage.database.shut())],
  ['its port is open and says nothing', (stage) => once(stage, write, () => stage.database.hush())],
  [
    'the database does not answer, and the first way back fails',
    (stage) => {
      const back = write.startsWith('Modify') ? write : 'RevokeSecurityGroupIngress'
      once(stage, write, () => {
        void stage.database.shut()
        broken(stage, back, 'InternalError', 500, 1)
      })
    },
  ],
]

test.each(troubles('AuthorizeSecurityGroupIngress'))('a new rule is taken away where %s', { timeout: 60_000 }, async (_, spoil) => {
  const other = { description: 'the office', tags: { team: 'data' } }
  const stage = await startStage({ rules: [other] })
  const before = stage.cloud.inbound()
  spoil(stage)
  await expect(stage.service.allow({ environment }, call)).rejects.toThrow()
  expect(stage.cloud.inbound()).toEqual(before)
  expect(stage.records).toMatchObject([{ outcome: 'failed' }])
})

test.each(troubles('ModifySecurityGroupRules'))('a changed rule is as it was where %s', { timeout: 60_000 }, async (_, spoil) => {
  const id = 'sgr-0123456789abcdef0'
  const mine = { id, description: 'GITPOD', tags: { team: 'data' }, peer: { kind: 'ipv4', value: '198.51.100.9/32' } } as const
  const stage = await startStage({ rds: { securityGroupRule: id }, rules: [mine, { peer: { kind: 'ipv4', value: '198.51.100.10/32' } }] })
  const before = stage.cloud.inbound()
  spoil(stage)
  await expect(stage.service.allow({ environment }, call)).rejects.toThrow()
  expect(stage.cloud.inbound()).toEqual(before)
  expect(stage.records).toMatchObject([{ outcome: 'failed', before: expect.stringContaining('198.51.100.9/32') }])
})
