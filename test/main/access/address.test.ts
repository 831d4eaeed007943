import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asCidr, covers, isOneAddress, parseAddress } from '../../../main/access/address.ts'
import { createAddressSources } from '../../../main/access/address-sources.ts'
import { askSources } from '../../../main/access/ask-sources.ts'
import { readRule, widthOf } from '../../../main/access/rules.ts'
import { practiceProfile } from '../../../main/aws/aws.ts'
import { startSources } from './stage.ts'

const signal = new AbortController().signal

describe('one public address and nothing else', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['198.51.100.7\n', '198.51.100.7'],
    ['192.0.2.1\r\n', '192.0.2.1'],
    ['8.8.8.8', '8.8.8.8'],
    ['2600:1F14:0:0::5', '2600:1f14::5'],
  ])('%j is %s', (text, address) => {
    expect(parseAddress(text)).toMatchObject({ address })
  })

  test.each([
    'curl ifconfig.me',
    '',
    '\n',
    '203.0.113.7\n\n',
    ' 203.0.113.7',
    '203.0.113.7 198.51.100.7',
    '203.0.113.7\n198.51.100.7\n',
    '203.0.113.07',
    '0203.0.113.7',
    '203.0.113.7/32',
    '203.0.113.0/24',
    '0x7f.1',
    '3405803783',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.7:80',
    '<html>203.0.113.7</html>',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.127.255.255',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '0.0.0.0',
    '0.1.2.3',
    '::ffff:203.0.113.7',
    '::ffff:cb00:7107',
    '::1',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fd00::1',
    'ff02::1',
    '2002:cb00:7107::1',
    '2001:0:4136:e378::1',
    '64:ff9b::cb00:7107',
    '２03.0.113.7',
    '203.0.113.7\u0000',
  ])('%j is refused', (text) => {
    expect(parseAddress(text)).toHaveProperty('refused')
  })

  test('what is refused is never repeated', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), (text) => {
        const parsed = parseAddress(text)
        if ('refused' in parsed) expect(parsed.refused).not.toContain(text)
      }),
    )
  })
})

test('what is left at the end is always one address', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const parsed = parseAddress(text)
      if ('refused' in parsed) return
      expect(isOneAddress(asCidr(parsed))).toBe(true)
      expect(covers(asCidr(parsed), parsed)).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

describe('two services must agree', () => {
  test('where they do, both are named', async () => {
    const { urls, say } = await startSources()
    say('203.0.113.7\n')
    expect(await askSources(urls, signal)).toMatchObject({
      agreed: { address: '203.0.113.7', family: 'ipv4' },
      sources: [expect.stringMatching(/^127\.0\.0\.1:\d+\/1$/), expect.stringMatching(/\/2$/)],
    })
  })

  test('where they differ, both addresses are told and none is taken', async () => {
    const { urls, say } = await startSources()
    say('203.0.113.7', '198.51.100.8')
    const problem = expect.stringMatching(/disagree: .*203\.0\.113\.7.*198\.51\.100\.8/)
    expect(await askSources(urls, signal)).toEqual({ problem })
  })

  test('one that gives none is replaced by the next, and is not repeated', async () => {
    const { urls, answer } = await startSources()
    const third = `${urls[0]?.slice(0, -1)}3`
    answer((response, which) => void response.end(which === 1 ? '<html>Sign in to Hotel</html>' : '203.0.113.7'))
    expect(await askSources([...urls, third], signal)).toMatchObject({ agreed: { address: '203.0.113.7' } })
    const alone = await askSources(urls, signal)
    expect(alone).toEqual({ problem: expect.stringContaining('not exactly one IP address') })
    expect(JSON.stringify(alone)).not.toContain('Hotel')
  })

  test('a redirect is not followed, a body without end is not read, and one service alone is not believed', async () => {
    const { urls, answer, say } = await startSources()
    answer((response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end('203.0.113.7'))
    expect(await askSources(urls, signal)).toEqual({ problem: expect.stringContaining('HTTP 302') })
    let sent = 0
    answer((response) => {
      const more = () => {
        sent += 65_536
        if (!response.destroyed && sent < 10_000_000) response.write('1'.repeat(65_536), more)
      }
      more()
    })
    expect(await askSources(urls, signal)).toEqual({ problem: expect.stringContaining('longer than an address') })
    expect(sent).toBeLessThan(10_000_000)
    say('203.0.113.7')
    expect(await askSources(urls.slice(1), signal)).toHaveProperty('problem')
    expect(await askSources([urls[0] ?? '', urls[0] ?? ''], signal)).toHaveProperty('problem')
  })
})

test('who is asked follows the profile, and the variable wins over all', () => {
  const aws = { endpointOf: (profile: string) => (profile === 'mine' ? 'http://127.0.0.1:4566/' : null) }
  const practice = { addressSources: () => ['http://127.0.0.1:1/check-ip/1', 'http://127.0.0.1:1/check-ip/2'] }
  const sources = createAddressSources({ named: undefined, aws, practice })
  expect(sources(practiceProfile)).toEqual(practice.addressSources())
  expect(sources('default')[0]).toBe('https://checkip.amazonaws.com')
  expect(sources('mine').slice(0, 3)).toEqual([
    'http://127.0.0.1:4566/check-ip/1',
    'http://127.0.0.1:4566/check-ip/2',
    'https://checkip.amazonaws.com',
  ])
  const named = createAddressSources({ named: ' http://a.example , http://b.example,', aws, practice })
  expect(named(practiceProfile)).toEqual(['http://a.example', 'http://b.example'])
})

describe('what a rule means', () => {
  const viewpoint = { port: 5432, address: { address: '203.0.113.7', family: 'ipv4' } as const, machine: 'me', configured: 'sgr-2' }
  const seen = (rule: Parameters<typeof readRule>[0]) => readRule({ GroupId: 'sg-1', SecurityGroupRuleId: 'sgr-1', ...rule }, viewpoint)
  const tcp = { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 }

  test.each([
    [
      { ...tcp, CidrIpv4: '203.0.113.7/32' },
      { coversPort: true, coversMe: true, wide: null },
    ],
    [
      { ...tcp, CidrIpv4: '203.0.113.8/32' },
      { coversPort: true, coversMe: false, wide: null },
    ],
    [
      { ...tcp, CidrIpv4: '203.0.113.0/24' },
      { coversPort: true, coversMe: true, wide: '256 addresses' },
    ],
    [
      { ...tcp, CidrIpv4: '0.0.0.0/0' },
      { coversMe: true, wide: 'anyone on the internet' },
    ],
    [
      { ...tcp, CidrIpv6: '::/0' },
      { coversMe: false, wide: 'anyone on the internet' },
    ],
    [
      { IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv4: '203.0.113.7/32' },
      { protocol: 'all', fromPort: null, coversPort: true, coversMe: true },
    ],
    [
      { IpProtocol: '6', FromPort: 0, ToPort: 65535, CidrIpv4: '203.0.113.7/32' },
      { protocol: 'tcp', coversPort: true },
    ],
    [
      { IpProtocol: 'tcp', FromPort: 5433, ToPort: 5440, CidrIpv4: '203.0.113.7/32' },
      { coversPort: false, coversMe: false },
    ],
    [{ IpProtocol: 'udp', FromPort: 5432, ToPort: 5432, CidrIpv4: '203.0.113.7/32' }, { coversPort: false }],
    [
      { IpProtocol: 'icmp', FromPort: -1, ToPort: -1, CidrIpv4: '203.0.113.7/32' },
      { fromPort: null, coversPort: false },
    ],
    [
      { ...tcp, ReferencedGroupInfo: { GroupId: 'sg-9' } },
      { sourceKind: 'group', source: 'sg-9', coversMe: false, wide: null },
    ],
    [
      { ...tcp, PrefixListId: 'pl-9' },
      { sourceKind: 'prefix-list', source: 'pl-9', coversMe: false },
    ],
  ] as const)('%j', (rule, meaning) => {
    expect(seen(rule)).toMatchObject(meaning)
  })

  test('whose it is, whether it is stale, and when it ends', () => {
    const tagged = (...tags: [string, string][]) => ({
      ...tcp,
      CidrIpv4: '203.0.113.9/32',
      Tags: tags.map(([Key, Value]) => ({ Key, Value })),
    })
    expect(seen(tagged(['basepair:machine', 'me'], ['basepair:owner', 'mia@laptop']))).toMatchObject({
      mine: 'tag',
      stale: true,
      owner: 'mia@laptop',
    })
    expect(seen(tagged(['basepair:machine', 'other']))).toMatchObject({ mine: null, stale: false })
    expect(seen({ ...tagged(), SecurityGroupRuleId: 'sgr-2' })).toMatchObject({ mine: 'configured', stale: false })
    expect(seen(tagged(['basepair:expires', '2026-01-01T00:00:00Z'])).expiresAt).toBe('2026-01-01T00:00:00.000Z')
    expect(seen(tagged(['basepair:expires', 'soon'])).expiresAt).toBeNull()
  })

  test.each([
    ['10.0.0.0/8', '16,777,216 addresses'],
    ['203.0.113.6/31', '2 addresses'],
    ['2600::/64', '2^64 addresses'],
    ['203.0.113.7/32', null],
    ['2600::1/128', null],
    ['not a range', null],
  ])('%s is %s', (cidr, width) => {
    expect(widthOf(cidr)).toBe(width)
  })
})
