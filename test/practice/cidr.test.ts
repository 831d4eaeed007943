import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalCidr, covers } from '../../practice/ec2/cidr.ts'

test.each([
  ['2001:DB8::1/64', '2001:db8::/64'],
  ['2001:db8:0:0:1:0:0:1/128', '2001:db8::1:0:0:1/128'],
  ['::ffff:192.0.2.1/128', '::ffff:192.0.2.1/128'],
  ['ffff:ffff:ffff:ffff::/1', '8000::/1'],
  ['::/0', '::/0'],
])('%s is written as %s', (text, canonical) => {
  expect(canonicalCidr(text, 'ipv6')).toBe(canonical)
})

test.each(['2001:db8::1', '2001:db8::1/129', '192.0.2.1/32', 'fe80::1%eth0/64', '::1/', '::1/-1', '::1/1/1'])(
  '%s is no IPv6 block',
  (text) => {
    expect(canonicalCidr(text, 'ipv6')).toBeNull()
  },
)

test('a block covers the addresses of its family between its ends', () => {
  expect(covers('192.0.2.128/25', '192.0.2.128')).toBe(true)
  expect(covers('192.0.2.128/25', '192.0.2.255')).toBe(true)
  expect(covers('192.0.2.128/25', '192.0.2.127')).toBe(false)
  expect(covers('0.0.0.0/0', '203.0.113.24')).toBe(true)
  expect(covers('0.0.0.0/0', '::1')).toBe(false)
  expect(covers('2001:db8::/32', '2001:db8:ffff::1')).toBe(true)
  expect(covers('2001:db8::/32', '2001:db9::1')).toBe(false)
  expect(covers('::/0', '203.0.113.24')).toBe(false)
})

test.each(['ipv4', 'ipv6'] as const)('any %s block holds the address it was made of, and is written in one way', (family) => {
  const bits = family === 'ipv4' ? 32 : 128
  const address = family === 'ipv4' ? fc.ipV4() : fc.ipV6()
  fc.assert(
    fc.property(address, fc.nat({ max: bits }), (text, length) => {
      const block = canonicalCidr(`${text}/${length}`, family)
      if (block === null) return false
      const [network = ''] = block.split('/')
      return (
        covers(block, text) &&
        canonicalCidr(block, family) === block &&
        canonicalCidr(`${network}/${bits}`, family) === `${network}/${bits}` &&
        block.endsWith(`/${length}`)
      )
    }),
  )
})
