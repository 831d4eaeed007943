import type { SecurityGroupRule } from '@aws-sdk/client-ec2'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { knownPart, unknownPart } from '../../../main/instances/part.ts'
import type { Evidence } from '../../../main/instances/posture/evidence.ts'
import { findingsOf } from '../../../main/instances/posture/posture.ts'
import type { Finding } from '../../../preload/contract/posture.ts'
import { key, now } from './cloud-fixture.ts'

const rule: SecurityGroupRule = {
  SecurityGroupRuleId: 'sgr-1',
  IsEgress: false,
  IpProtocol: 'tcp',
  FromPort: 5433,
  ToPort: 5433,
  CidrIpv4: '203.0.113.7/32',
}

const instance: Evidence['instance'] = {
  DBInstanceIdentifier: 'orders',
  DBInstanceArn: 'arn:aws:rds:ca-central-1:123456789012:db:orders',
  DBInstanceStatus: 'available',
  Engine: 'postgres',
  EngineVersion: '16.11',
  MasterUsername: 'shop_owner',
  Endpoint: { Address: 'orders', Port: 5433 },
  StorageEncrypted: true,
  PubliclyAccessible: false,
  MultiAZ: true,
  DeletionProtection: true,
  IAMDatabaseAuthenticationEnabled: true,
  BackupRetentionPeriod: 7,
  CertificateDetails: { CAIdentifier: 'rds-ca-rsa2048-g1', ValidTill: new Date('2027-11-20') },
  MasterUserSecret: { SecretArn: 'arn:1', SecretStatus: 'active' },
}

const evidence: Evidence = {
  key,
  now,
  instance,
  groupRules: knownPart([rule]),
  forcedTls: knownPart({ value: '1', applied: 'in-sync' }),
  support: { standardEndsAt: '2029-02-28', communityEndsAt: '2028-11-09', said: 'by AWS' },
  newestAuthority: unknownPart('It was not asked for.'),
  newerMinor: knownPart(null),
}

type Proof = keyof Evidence['instance'] | 'groupRules' | 'forcedTls' | 'support' | 'newerMinor'

/** What has to be known for a rule to be good; null for those that never are. */
const proofs: Readonly<Record<Finding['rule'], readonly Proof[] | null>> = {
  'public-access': ['PubliclyAccessible'],
  encryption: ['StorageEncrypted'],
  'multi-az': ['MultiAZ'],
  'deletion-protection': ['DeletionProtection'],
  backups: ['BackupRetentionPeriod'],
  'default-user': ['MasterUsername'],
  'iam-authentication': ['IAMDatabaseAuthenticationEnabled'],
  certificate: ['CertificateDetails'],
  'engine-end': ['support', 'EngineVersion'],
  'forced-tls': ['forcedTls'],
  'inbound-anywhere': ['groupRules'],
  'wide-range': ['groupRules', 'Endpoint'],
  'default-port': ['Endpoint'],
  region: ['DBInstanceArn'],
  cloudtrail: null,
  guardduty: null,
  'managed-password': ['MasterUserSecret'],
  'minor-version': ['newerMinor', 'EngineVersion'],
}
const everything = [...new Set(Object.values(proofs).flatMap((needed) => needed ?? []))]

function without(missing: readonly Proof[]): Evidence {
  const fields = Object.fromEntries(Object.entries(instance).filter(([name]) => !missing.some((one) => one === name)))
  const denied = unknownPart('AWS does not let this profile see it.')
  return {
    ...evidence,
    // Only fields are left out, and each of them is optional.
    instance: fields as Evidence['instance'],
    ...(missing.includes('groupRules') ? { groupRules: denied } : {}),
    ...(missing.includes('forcedTls') ? { forcedTls: denied } : {}),
    ...(missing.includes('newerMinor') ? { newerMinor: denied } : {}),
    ...(missing.includes('support') ? { support: { ...evidence.support, said: 'by the built-in calendar' as const } } : {}),
  }
}

test('a rule is good when and only when all that proves it is known', () => {
  fc.assert(
    fc.property(fc.subarray(everything), (missing) => {
      for (const { rule: name, verdict, sentence } of findingsOf(without(missing))) {
        const needed = proofs[name]
        const proven = needed?.every((one) => !missing.includes(one)) === true
        expect({ name, missing, good: verdict === 'good' }).toEqual({ name, missing, good: proven })
        expect(sentence).toMatch(/^\S.*[.]$/s)
      }
    }),
    { numRuns: 500 },
  )
})

const verdictOf = (groupRule: SecurityGroupRule, name: Finding['rule']) =>
  findingsOf({ ...evidence, groupRules: knownPart([groupRule]) }).find((one) => one.rule === name)?.verdict

test('of 1,000 ranges only those of one address are good, and those of all addresses are open to everybody', () => {
  const four = fc
    .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
    .map(([address, bits]) => ({ CidrIpv4: `${address}/${bits}`, bits, whole: 32 }))
  const six = fc
    .tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 }))
    .map(([address, bits]) => ({ CidrIpv6: `${address}/${bits}`, bits, whole: 128 }))
  fc.assert(
    fc.property(fc.oneof(four, six), ({ bits, whole, ...range }) => {
      const { CidrIpv4: _, ...bare } = rule
      expect(verdictOf({ ...bare, ...range }, 'wide-range')).toBe(bits === whole ? 'good' : 'bad')
      expect(verdictOf({ ...bare, ...range }, 'inbound-anywhere')).toBe(bits === 0 ? 'bad' : 'good')
    }),
    { numRuns: 1000 },
  )
})

test('what is not a range of addresses is never good', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!/^[\d.]+\/32$/.test(text))
      const verdict = verdictOf({ ...rule, CidrIpv4: text }, 'wide-range')
      expect(verdict).not.toBe('good')
    }),
    { numRuns: 1000 },
  )
  for (const text of ['curl ifconfig.me', '203.0.113.7', '203.0.113.7/', '203.0.113.7/033', '203.0.113/32', '203.0.113.7/32 ', ''])
    expect(verdictOf({ ...rule, CidrIpv4: text }, 'wide-range')).toBe('unknown')
})
