import { BlockList, isIP, SocketAddress } from 'node:net'

/** A block of addresses with its host bits cut, as AWS keeps it; null where the text is none of this family. */
export function canonicalCidr(text: string, family: 'ipv4' | 'ipv6'): string | null {
  const [address = '', length = '', ...more] = text.split('/')
  // An address of one link only, fe80::1%eth0, has no block.
  if (address.includes('%')) return null
  const bits = family === 'ipv4' ? 32 : 128
  if (isIP(address) !== (family === 'ipv4' ? 4 : 6) || !/^\d{1,3}$/.test(length) || more.length > 0 || Number(length) > bits) return null
  const kept = toNumber(address, family) & ~((1n << BigInt(bits - Number(length))) - 1n)
  return `${toText(kept, family)}/${Number(length)}`
}

/** Whether the block holds the address. The block is as `canonicalCidr` gives it. */
export function covers(cidr: string, address: string): boolean {
  const [network = '', length = ''] = cidr.split('/')
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
  if (isIP(address) !== (family === 'ipv6' ? 6 : 4)) return false
  const list = new BlockList()
  list.addSubnet(network, Number(length), family)
  return list.check(address, family)
}

function toNumber(address: string, family: 'ipv4' | 'ipv6'): bigint {
  if (family === 'ipv4') return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
  // A dotted end, as in ::ffff:192.0.2.1, stands for two groups.
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  )
  const [head = '', tail] = plain.split('::').map((half) => half.split(':').filter(Boolean))
  const before = head === '' ? [] : head
  const after = tail ?? []
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
  return groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n)
}

function toText(value: bigint, family: 'ipv4' | 'ipv6'): string {
  const [parts, size, radix, separator] = family === 'ipv4' ? [4, 8n, 10, '.'] : [8, 16n, 16, ':']
  const written = Array.from({ length: parts }, (_, index) =>
    ((value >> (size * BigInt(parts - 1 - index))) & ((1n << size) - 1n)).toString(radix),
  ).join(separator)
  // The system's own way of writing an address: the longest run of zeroes is left out.
  return new SocketAddress({ address: written, family }).address
}
