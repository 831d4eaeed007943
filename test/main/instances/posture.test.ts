import { expect, test } from 'vitest'
import { createPosture } from '../../../main/instances/posture/posture.ts'
import type { Finding } from '../../../preload/contract/posture.ts'
import { ec2Fault, queryAnswer, queryFault } from '../../support/aws-endpoint.ts'
import { type CloudParts, call, createChanging, key, now, oneAddress, startCloud, xml } from './cloud-fixture.ts'

type Rule = Finding['rule']
type Verdict = Finding['verdict']

async function findings(parts: CloudParts, denied: readonly string[] = []) {
  const { aws, endpoint } = await startCloud(parts)
  for (const action of denied) {
    endpoint.answer('rds', action, queryFault('AccessDenied', `User is not authorized to perform: rds:${action}`, 403))
    endpoint.answer('ec2', action, ec2Fault('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403))
  }
  const { findings: found } = await createPosture({ aws, changing: createChanging().changing, now: () => now }).posture({ key }, call())
  return found
}
const verdictOf = (found: readonly Finding[], rule: Rule) => found.find((one) => one.rule === rule)?.verdict

interface Fixture {
  readonly parts: CloudParts
  readonly verdict: Verdict
  readonly denied?: readonly string[]
}
const field = (name: string, bad: string | number | boolean): readonly Fixture[] => [
  { parts: {}, verdict: 'good' },
  { parts: { instance: { [name]: bad } }, verdict: 'bad' },
  { parts: { instance: { [name]: undefined } }, verdict: 'unknown' },
]
const neverAsked: readonly Fixture[] = [{}, { instance: { PubliclyAccessible: true } }, { groupRules: null }].map((parts) => ({
  parts,
  verdict: 'unknown',
}))

/** Good, bad and unknown of every rule. */
const fixtures: Readonly<Record<Rule, readonly Fixture[]>> = {
  'public-access': field('PubliclyAccessible', true),
  encryption: field('StorageEncrypted', false),
  'multi-az': field('MultiAZ', false),
  'deletion-protection': field('DeletionProtection', false),
  backups: field('BackupRetentionPeriod', 0),
  'default-user': field('MasterUsername', 'root'),
  'iam-authentication': field('IAMDatabaseAuthenticationEnabled', false),
  certificate: [
    { parts: {}, verdict: 'good' },
    {
      parts: { instance: { CertificateDetails: { CAIdentifier: 'rds-ca-rsa2048-g1', ValidTill: '2027-01-15T00:00:00Z' } } },
      verdict: 'bad',
    },
    { parts: { instance: { CertificateDetails: { CAIdentifier: 'rds-ca-rsa2048-g1' } } }, verdict: 'unknown' },
  ],
  'engine-end': [
    { parts: {}, verdict: 'good' },
    { parts: { instance: { EngineVersion: '14.6' }, supportEnds: '2027-02-28T00:00:00Z' }, verdict: 'bad' },
    { parts: {}, denied: ['DescribeDBMajorEngineVersions'], verdict: 'unknown' },
  ],
  'forced-tls': [
    { parts: {}, verdict: 'good' },
    { parts: { forceSsl: { ParameterValue: '0' } }, verdict: 'bad' },
    { parts: {}, denied: ['DescribeDBParameters'], verdict: 'unknown' },
  ],
  'inbound-anywhere': [
    { parts: {}, verdict: 'good' },
    { parts: { groupRules: [oneAddress, { ...oneAddress, cidrIpv4: undefined, cidrIpv6: '::/0' }] }, verdict: 'bad' },
    { parts: {}, denied: ['DescribeSecurityGroupRules'], verdict: 'unknown' },
  ],
  'wide-range': [
    { parts: {}, verdict: 'good' },
    { parts: { groupRules: [{ ...oneAddress, cidrIpv4: '203.0.113.0/24' }] }, verdict: 'bad' },
    { parts: { groupRules: null }, verdict: 'unknown' },
  ],
  'default-port': [
    { parts: {}, verdict: 'good' },
    { parts: { instance: { Endpoint: { Address: 'orders', Port: 5432 } } }, verdict: 'information' },
    { parts: { instance: { Endpoint: undefined } }, verdict: 'unknown' },
  ],
  region: field('DBInstanceArn', 'arn:aws:rds:eu-west-1:123456789012:db:orders'),
  cloudtrail: neverAsked,
  guardduty: neverAsked,
  'managed-password': [
    { parts: {}, verdict: 'good' },
    { parts: { instance: { MasterUserSecret: { SecretArn: 'arn:1', SecretStatus: 'impaired' } } }, verdict: 'bad' },
    { parts: { instance: { MasterUserSecret: { SecretArn: 'arn:1' } } }, verdict: 'unknown' },
  ],
  'minor-version': [
    { parts: {}, verdict: 'good' },
    { parts: { versions: ['16.11', '16.12', '17.1'] }, verdict: 'bad' },
    { parts: { versions: ['17.1'] }, verdict: 'unknown' },
  ],
}

test('18 rules, each with a good, a bad and an unknown instance', () => {
  expect(Object.keys(fixtures)).toHaveLength(18)
  expect(Object.values(fixtures).flat()).toHaveLength(54)
})

// The keys of an object are typed as any text.
test.each(Object.entries(fixtures) as [Rule, readonly Fixture[]][])('%s', async (rule, three) => {
  for (const { parts, denied, verdict } of three) {
    const found = await findings(parts, denied)
    expect(found).toHaveLength(18)
    expect({ rule, parts, verdict: verdictOf(found, rule) }).toEqual({ rule, parts, verdict })
  }
})

test('nothing is good of an instance of which AWS says nothing, and everything that is denied is unknown with its reason', async () => {
  const { soundInstance } = await import('./cloud-fixture.ts')
  const nothing = Object.fromEntries(Object.keys(soundInstance).map((name) => [name, undefined]))
  const denied = ['DescribeDBMajorEngineVersions', 'DescribeDBEngineVersions', 'DescribeDBParameters', 'DescribeSecurityGroupRules']
  const bare = await findings({ instance: { ...nothing, DBInstanceIdentifier: 'orders' } }, denied)
  expect(bare.filter((one) => one.verdict === 'good' || one.verdict === 'bad')).toEqual([])
  const closed = await findings({}, denied)
  for (const rule of ['engine-end', 'minor-version', 'forced-tls', 'inbound-anywhere', 'wide-range'] as const) {
    const finding = closed.find((one) => one.rule === rule)
    expect(finding?.verdict).toBe('unknown')
    expect(finding?.sentence).not.toBe('')
  }
})

test.each([
  ['all traffic from one address', { ...oneAddress, ipProtocol: '-1', fromPort: -1, toPort: -1 }, 'bad'],
  ['a range of ports around it', { ...oneAddress, fromPort: 5000, toPort: 6000 }, 'bad'],
  ['IPv6 wider than an address', { ...oneAddress, cidrIpv4: undefined, cidrIpv6: '2001:db8::/64' }, 'bad'],
  ['one IPv6 address', { ...oneAddress, cidrIpv4: undefined, cidrIpv6: '2001:db8::1/128' }, 'good'],
  ['a wide range for another port', { ...oneAddress, cidrIpv4: '10.0.0.0/8', fromPort: 22, toPort: 22 }, 'good'],
  ['a group', { ...oneAddress, cidrIpv4: undefined, referencedGroupInfo: { groupId: 'sg-2' } }, 'good'],
  ['a prefix list', { ...oneAddress, cidrIpv4: undefined, prefixListId: 'pl-1' }, 'unknown'],
  ['no source at all', { ...oneAddress, cidrIpv4: undefined }, 'unknown'],
  ['a range that is none', { ...oneAddress, cidrIpv4: '203.0.113.7/64' }, 'unknown'],
  ['no direction', { ...oneAddress, isEgress: undefined }, 'unknown'],
  ['outbound to everybody', { ...oneAddress, isEgress: true, ipProtocol: '-1', cidrIpv4: '0.0.0.0/0' }, 'good'],
] as const)('wide ranges: %s', async (_, rule, verdict) => {
  expect(verdictOf(await findings({ groupRules: [rule] }), 'wide-range')).toBe(verdict)
})

test('a certificate that ends soon is rotated where there is a newer authority; from the same one AWS renews it', async () => {
  const CertificateDetails = { CAIdentifier: 'rds-ca-rsa2048-g1', ValidTill: '2026-12-24T00:00:00Z' }
  const changeWith = async (newest: string) => {
    const { aws, endpoint } = await startCloud({ instance: { CertificateDetails } })
    const answer = xml({ DefaultCertificateForNewLaunches: newest, Certificates: { Certificate: { CertificateIdentifier: newest } } })
    endpoint.answer('rds', 'DescribeCertificates', queryAnswer('DescribeCertificates', answer))
    const { findings: found } = await createPosture({ aws, changing: createChanging().changing, now: () => now }).posture({ key }, call())
    return found.find((one) => one.rule === 'certificate')
  }
  expect(await changeWith('rds-ca-rsa2048-g2')).toMatchObject({
    verdict: 'bad',
    change: { change: 'rotate_certificate', interrupts: true },
  })
  expect(await changeWith('rds-ca-rsa2048-g1')).toMatchObject({ verdict: 'bad', change: null })
})

test('a certificate that has ended is said to have ended', async () => {
  const ended = { CAIdentifier: 'rds-ca-rsa2048-g1', ValidTill: new Date(now).toISOString() }
  const found = (await findings({ instance: { CertificateDetails: ended } })).find((one) => one.rule === 'certificate')
  expect(found).toMatchObject({ verdict: 'bad', sentence: 'Its certificate (rds-ca-rsa2048-g1) has ended.' })
})

test('the default of forced TLS is that of the version', async () => {
  expect(verdictOf(await findings({ forceSsl: {} }), 'forced-tls')).toBe('good')
  expect(verdictOf(await findings({ forceSsl: {}, instance: { EngineVersion: '14.20' } }), 'forced-tls')).toBe('bad')
  const waiting = { DBParameterGroup: { DBParameterGroupName: 'mine', ParameterApplyStatus: 'pending-reboot' } }
  const unsaid = { DBParameterGroup: { DBParameterGroupName: 'mine' } }
  expect(verdictOf(await findings({ instance: { DBParameterGroups: unsaid } }), 'forced-tls')).toBe('unknown')
  expect(verdictOf(await findings({ instance: { DBParameterGroups: waiting } }), 'forced-tls')).toBe('unknown')
})

/** What `create-db-instance` of the journals makes. */
const journals: CloudParts = {
  instance: {
    EngineVersion: '14.6',
    MasterUsername: 'root',
    BackupRetentionPeriod: 0,
    MultiAZ: false,
    DBName: 'cruddur',
    Endpoint: { Address: 'orders', Port: 5432 },
    StorageType: 'gp2',
    PubliclyAccessible: true,
    StorageEncrypted: true,
    DeletionProtection: false,
    IAMDatabaseAuthenticationEnabled: false,
    MasterUserSecret: undefined,
  },
  forceSsl: { ParameterValue: '0' },
  supportEnds: '2027-02-28T00:00:00Z',
}

test('the instance of the journals comes out bad in more than six rules, each with its reason', async () => {
  const bad = (await findings(journals)).filter((one) => one.verdict === 'bad')
  expect(bad.map((one) => one.rule).sort()).toEqual([
    'backups',
    'default-user',
    'deletion-protection',
    'engine-end',
    'forced-tls',
    'iam-authentication',
    'minor-version',
    'multi-az',
    'public-access',
  ])
  expect(bad.flatMap((one) => (one.change === null ? [] : [one.change.change])).sort()).toEqual([
    'allow_iam',
    'close_public_access',
    'keep_backups',
    'make_multi_az',
    'protect_from_deletion',
    'upgrade_minor',
  ])
})

test('no change is offered that AWS would refuse now or is making already', async () => {
  const offered = async (instance: NonNullable<CloudParts['instance']>) =>
    (await findings({ instance: { ...journals.instance, ...instance } })).flatMap((one) => (one.change === null ? [] : [one.change.change]))
  expect(await offered({ DBInstanceStatus: 'stopped' })).toEqual([])
  expect(await offered({ DBClusterIdentifier: 'fleet' })).toEqual([])
  expect(await offered({ PendingModifiedValues: { MultiAZ: true, BackupRetentionPeriod: 7 } })).not.toContain('make_multi_az')
})
