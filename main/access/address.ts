import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net'

export type Family = 'ipv4' | 'ipv6'

/** One address of the public internet, as AWS writes it. */
export interface PublicAddress {
  readonly address: string
  readonly family: Family
}

/** Either one public address, or why it is none, as the end of a sentence. */
export type Parsed = PublicAddress | { readonly refused: string }

const exact4 = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/

// The ranges kept for documentation are left out: networks that are simulated stand in them, and nobody is reached there otherwise.
const reserved: readonly (readonly [network: string, prefix: number, what: string])[] = [
  ['0.0.0.0', 8, 'an address of no machine'],
  ['10.0.0.0', 8, 'a private address'],
  ['100.64.0.0', 10, "an address inside a provider's own network (CGNAT)"],
  ['127.0.0.0', 8, 'a loopback address'],
  ['169.254.0.0', 16, 'a link-local address'],
  ['172.16.0.0', 12, 'a private address'],
  ['192.0.0.0', 24, 'a reserved address'],
  ['192.88.99.0', 24, 'a reserved address'],
  ['192.168.0.0', 16, 'a private address'],
  ['198.18.0.0', 15, 'a reserved address'],
  ['224.0.0.0', 4, 'a multicast address'],
  ['240.0.0.0', 4, 'a reserved address'],
]
const reserved4 = reserved.map(([network, prefix, what]) => ({ holds: listOf(network, prefix, 'ipv4'), what }))
const global6 = listOf('2000::', 3, 'ipv6')
const tunnels6 = [listOf('2001::', 23, 'ipv6'), listOf('2002::', 16, 'ipv6')]

function listOf(network: string, prefix: number, family: Family): BlockList {
  const list = new BlockList()
  list.addSubnet(network, prefix, family)
  return list
}

/** Reads text that should be exactly one public address, with a line's end after it at most. Never repeats the text. */
export function parseAddress(text: string): Parsed {
  const line = text.replace(/\r?\n$/, '')
  if (exact4.test(line) && isIPv4(line)) {
    const found = reserved4.find(({ holds }) => holds.check(line, 'ipv4'))
    return found === undefined ? { address: line, family: 'ipv4' } : { refused: `is ${found.what}` }
  }
  // A zone (`%eth0`) names an interface of this machine, and a mapped address is one of IPv4 in disguise.
  if (isIPv6(line) && !line.includes('%') && !line.includes('.')) {
    if (!global6.check(line, 'ipv6') || tunnels6.some((list) => list.check(line, 'ipv6'))) return { refused: 'is no public IPv6 address' }
    return { address: new SocketAddress({ address: line, family: 'ipv6' }).address, family: 'ipv6' }
  }
  return { refused: 'is not exactly one IP address' }
}

/** The one address as a range of AWS: `/32`, or `/128`. */
export const asCidr = ({ address, family }: PublicAddress): string => `${address}/${family === 'ipv4' ? 32 : 128}`

/** A range in AWS' notation; null where it is none. */
export function readCidr(cidr: string): { readonly network: string; readonly prefix: number; readonly family: Family } | null {
  const [network = '', length = '', ...more] = cidr.split('/')
  const prefix = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN
  if (more.length > 0) return null
  if (isIPv4(network) && prefix <= 32) return { network, prefix, family: 'ipv4' }
  if (isIPv6(network) && prefix <= 128) return { network, prefix, family: 'ipv6' }
  return null
}

/** Whether the range is one single address. */
export function isOneAddress(cidr: string): boolean {
  const range = readCidr(cidr)
  return range !== null && range.prefix === (range.family === 'ipv4' ? 32 : 128)
}

/** Whether the range holds the address. */
export function covers(cidr: string, { address, family }: PublicAddress): boolean {
  const range = readCidr(cidr)
  return range !== null && range.family === family && listOf(range.network, range.prefix, family).check(address, family)
}
