import { describe, expect, test } from 'vitest'
import type { Reach, Rule } from '../../../preload/contract/access.ts'
import { flagsOf, portsOf, standingOf, sweepable, typedProblem, whoOf } from '../../../renderer/access/words.ts'

const rule: Rule = {
  id: 'sgr-1',
  group: 'sg-1',
  protocol: 'tcp',
  fromPort: 5432,
  toPort: 5432,
  source: '203.0.113.7/32',
  sourceKind: 'ipv4',
  description: null,
  coversPort: true,
  coversMe: false,
  wide: null,
  mine: null,
  stale: false,
  expiresAt: null,
  owner: null,
}
const now = Date.parse('2026-06-01T12:00:00Z')
const past = '2026-06-01T11:00:00.000Z'
const later = '2026-06-01T13:00:00.000Z'
const key = { profile: 'default', region: 'ca-central-1', kind: 'instance', identifier: 'cruddur-db-instance' } as const
const reach: Reach = {
  instance: { key, port: 5432, publiclyAccessible: true },
  address: { state: 'known', address: '203.0.113.7', family: 'ipv4', sources: ['a', 'b'], since: past, before: null },
  groups: [],
  rules: [],
  allowed: false,
  plan: null,
  refusal: null,
  problem: null,
  options: { expiresAfterHours: 0, onStart: false, onChange: false },
  seenAt: past,
}

test.each([
  [{ mine: 'tag', owner: 'mia@laptop' }, 'this machine'],
  [{ owner: 'sam@desk' }, 'sam@desk'],
  [{ wide: 'anyone on the internet' }, 'anyone on the internet'],
  [{ sourceKind: 'group', source: 'sg-9' }, 'members of that group'],
  [{ sourceKind: 'prefix-list', source: 'pl-9' }, 'a prefix list'],
  [{}, 'one address'],
] as const)('%j is %s', (more, who) => {
  expect(whoOf({ ...rule, ...more })).toBe(who)
})

test('ports are said as they are', () => {
  expect(portsOf(rule)).toBe('tcp 5432')
  expect(portsOf({ ...rule, fromPort: 0, toPort: 65535 })).toBe('tcp 0 to 65535')
  expect(portsOf({ ...rule, protocol: 'all', fromPort: null, toPort: null })).toBe('every protocol')
  expect(portsOf({ ...rule, protocol: 'icmp', fromPort: null, toPort: null })).toBe('icmp')
})

test('a rule carries what is to be known of it', () => {
  const texts = (more: Partial<Rule>) => flagsOf({ ...rule, ...more }, now).map(({ text }) => text)
  expect(texts({})).toEqual([])
  expect(texts({ coversMe: true, mine: 'tag' })).toEqual(['lets you in', 'mine'])
  expect(texts({ mine: 'tag', stale: true, expiresAt: past })).toEqual(['mine', 'stale', 'expired'])
  expect(texts({ mine: 'tag', expiresAt: later })).toEqual(['mine'])
  expect(texts({ wide: '256 addresses', coversPort: false })).toEqual(['wide', 'other port'])
})

test('only own rules are swept', () => {
  const rules = [
    { ...rule, id: 'stale', mine: 'tag', stale: true },
    { ...rule, id: 'expired', mine: 'tag', expiresAt: past },
    { ...rule, id: 'good', mine: 'tag', expiresAt: later },
    { ...rule, id: 'configured', mine: 'configured', expiresAt: past },
    { ...rule, id: 'foreign', expiresAt: past },
  ] as const
  expect(sweepable(rules, now).map(({ id }) => id)).toEqual(['stale', 'expired'])
})

describe('whether this machine is let in', () => {
  const standing = (more: Partial<Reach>) => standingOf({ ...reach, ...more })

  test('is told by the narrowest rule', () => {
    const wide = { ...rule, id: 'sgr-wide', coversMe: true, wide: 'anyone on the internet' }
    const own = { ...rule, id: 'sgr-own', coversMe: true }
    expect(standing({ allowed: true, rules: [wide, own] })).toEqual({
      tone: 'ok',
      sentence: '203.0.113.7 may reach port 5432 of cruddur-db-instance, by rule sgr-own.',
    })
    expect(standing({ allowed: true, rules: [wide] })).toEqual({
      tone: 'warn',
      sentence: '203.0.113.7 may reach port 5432 of cruddur-db-instance, by rule sgr-wide, which lets in anyone on the internet.',
    })
    expect(standing({})).toMatchObject({ tone: 'bad', sentence: expect.stringContaining('No rule lets 203.0.113.7') })
  })

  test('is never guessed', () => {
    const problem = { code: 'UNREACHABLE', message: 'no service answers' } as const
    expect(standing({ allowed: null, address: { state: 'unknown', problem, since: past } }).tone).toBe('warn')
    expect(standing({ allowed: null, address: { state: 'looking' } }).tone).toBe('busy')
    expect(standing({ allowed: null, instance: null }).tone).toBe('busy')
  })
})

test.each([
  ['203.0.113.7', null],
  [' 203.0.113.7 ', null],
  ['2600:1f14::5', null],
  ['', 'Type one address'],
  ['203.0.113.0/24', 'One address, without a range after it'],
  ['203.0.113.256', 'One address like 203.0.113.7'],
  ['curl ifconfig.me', 'One address like 203.0.113.7'],
])('%j typed: %s', (text, problem) => {
  expect(typedProblem(text)).toBe(problem)
})
