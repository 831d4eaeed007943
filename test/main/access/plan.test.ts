import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Look } from '../../../main/access/look.ts'
import { planAllow } from '../../../main/access/plan.ts'
import { authorize, replaceAddress } from '../../../main/access/write-rule.ts'
import { createAws } from '../../../main/aws/create-aws.ts'
import { startAwsEndpoint } from '../../support/aws-endpoint.ts'
import { call, startStage } from './stage.ts'

const key = { profile: 'default', region: 'ca-central-1', kind: 'instance', identifier: 'cruddur-db-instance' } as const
const address = { address: '203.0.113.7', family: 'ipv4' } as const
const groups = [
  { id: 'sg-1', name: 'default', vpc: null },
  { id: 'sg-2', name: 'web', vpc: null },
  { id: 'sg-3', name: 'database', vpc: null },
]
const server = {
  key,
  status: 'available',
  endpoint: { host: '127.0.0.1', port: 5432 },
  publiclyAccessible: true,
  dualStack: false,
  groups: ['sg-1', 'sg-2', 'sg-3'],
  kin: [],
}
const look: Look = { server, groups, rules: [], at: '2026-01-01T00:00:00Z' }
const plan = (more: Partial<Look> = {}, rds: Parameters<typeof planAllow>[0]['rds'] = null) =>
  planAllow({ look: { ...look, ...more }, address, machine: 'me', owner: 'mia@laptop', rds })

test('of several groups the clearest is taken, and why is said', () => {
  const onPort = {
    SecurityGroupRuleId: 'sgr-9',
    GroupId: 'sg-3',
    IpProtocol: 'tcp',
    FromPort: 5432,
    ToPort: 5432,
    CidrIpv4: '192.0.2.1/32',
  }
  expect(plan({ rules: [onPort] })).toMatchObject({
    does: 'make',
    group: 'sg-3',
    sentence: expect.stringContaining('lets anybody to that port'),
  })
  expect(plan()).toMatchObject({ group: 'sg-2', sentence: expect.stringContaining('not the default one') })
  expect(plan({ groups: groups.slice(0, 1) })).toMatchObject({ group: 'sg-1' })
  expect(plan({}, { securityGroup: 'sg-1' })).toMatchObject({ group: 'sg-1', sentence: expect.stringContaining('the settings name') })
  expect(() => plan({}, { securityGroup: 'sg-9' })).toThrow('not one of cruddur-db-instance')
  expect(() => plan({ groups: [] })).toThrow('no security group')
})

test('an instance that has no port yet is waited for', () => {
  expect(() => plan({ server: { ...server, status: 'creating', endpoint: null } })).toThrow('is creating and has no port yet')
})

test('an own rule for another port is not taken for this one', () => {
  const own = { GroupId: 'sg-2', IpProtocol: 'tcp', CidrIpv4: '192.0.2.1/32', Tags: [{ Key: 'basepair:machine', Value: 'me' }] }
  const other = { ...own, SecurityGroupRuleId: 'sgr-1', FromPort: 5433, ToPort: 5433 }
  expect(plan({ rules: [other] })).toMatchObject({ does: 'make' })
  // One that was widened since is nobody's to narrow in passing.
  const widened = { ...own, SecurityGroupRuleId: 'sgr-2', FromPort: 5432, ToPort: 5432, CidrIpv4: '192.0.2.0/24' }
  expect(plan({ rules: [widened] })).toMatchObject({ does: 'make' })
})

test('an address of IPv6 is taken where the instance has both, and only there', async () => {
  const stage = await startStage()
  stage.sources.say('2600:1f14:0:0::5\n')
  await expect(stage.service.allow({ environment: 'prod' }, call)).rejects.toMatchObject({
    code: 'WRONG_STATE',
    message: expect.stringContaining('IPv4'),
  })
  expect(stage.cloud.inbound()).toEqual([])
  stage.cloud.status.network = 'DUAL'
  await stage.service.allow({ environment: 'prod' }, call)
  expect(stage.cloud.inbound().map(({ peer }) => peer)).toEqual([{ kind: 'ipv6', value: '2600:1f14::5/128' }])
})

test('where rules are written, 500 ranges that are not one address are refused before anything is sent', async () => {
  const endpoint = await startAwsEndpoint()
  const aws = createAws({
    endpoint: endpoint.url,
    practice: null,
    variables: { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' },
  })
  const range = fc.oneof(
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 31 })).map(([ip, mask]) => `${ip}/${mask}`),
    fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 127 })).map(([ip, mask]) => `${ip}/${mask}`),
    fc.ipV4(),
    fc.string(),
  )
  const place = { profile: 'default', region: 'ca-central-1' }
  await fc.assert(
    fc.asyncProperty(range, async (cidr) => {
      const rule = { group: 'sg-1', cidr, port: 5432, description: undefined, tags: {} }
      await expect(authorize(aws, place, rule)).rejects.toMatchObject({ code: 'INVALID' })
      await expect(replaceAddress(aws, place, { SecurityGroupRuleId: 'sgr-1' }, cidr)).rejects.toMatchObject({ code: 'INVALID' })
    }),
    { numRuns: 500 },
  )
  expect(endpoint.requests).toEqual([])
  aws.close()
})
