import { AwsFault, type Params } from '../api.ts'
import { canonicalCidr } from './cidr.ts'
import type { Peer, Rule, Tags } from './state.ts'

/** A rule that a call describes, before it has an id. */
export type Permission = Omit<Rule, 'id' | 'egress' | 'tags'>

const invalid = (message: string) => new AwsFault('InvalidParameterValue', message)
const missing = (name: string) => new AwsFault('MissingParameter', `The request must contain the parameter ${name}`)

/** The permissions of a call, in the form that lists `IpPermissions` or in the one that has a single block. */
export function permissionsOf(params: Params, findGroup: (nameOrId: string) => string): Permission[] {
  const listed = params.groups('IpPermissions')
  const found = listed.flatMap((one) => {
    const span = spanOf(one)
    return peersOf(one, findGroup).map(({ peer, description }) => ({ ...span, peer, ...described(description) }))
  })
  const block = params.text('CidrIp')
  if (block !== undefined) {
    if (listed.length > 0) {
      throw new AwsFault('InvalidParameterCombination', 'The parameter ipPermissions may not be used in combination with cidrIp')
    }
    found.push({ ...spanOf(params), peer: { kind: 'ipv4', value: blockOf(block, 'ipv4') } })
  }
  const source = params.text('SourceSecurityGroupName')
  if (source !== undefined) {
    found.push({ protocol: '-1', fromPort: -1, toPort: -1, peer: { kind: 'group', value: findGroup(source) } })
  }
  if (found.length === 0) throw missing(listed.length > 0 ? 'ipRanges' : 'ipPermissions')
  return found
}

/** The one source of a rule as ModifySecurityGroupRules describes it whole. */
export function permissionOf(rule: Params, findGroup: (nameOrId: string) => string): Permission {
  const v4 = rule.text('CidrIpv4')
  const v6 = rule.text('CidrIpv6')
  const list = rule.text('PrefixListId')
  const group = rule.text('ReferencedGroupId')
  const peers: Peer[] = []
  if (v4 !== undefined) peers.push({ kind: 'ipv4', value: blockOf(v4, 'ipv4') })
  if (v6 !== undefined) peers.push({ kind: 'ipv6', value: blockOf(v6, 'ipv6') })
  if (list !== undefined) peers.push({ kind: 'list', value: list })
  if (group !== undefined) peers.push({ kind: 'group', value: findGroup(group) })
  const [peer, ...others] = peers
  if (peer === undefined || others.length > 0) {
    throw invalid('Exactly one of CidrIpv4, CidrIpv6, PrefixListId and ReferencedGroupId must be given for a security group rule.')
  }
  return { ...spanOf(rule), peer, ...described(rule.text('Description')) }
}

/** True where both let the same in; what is said of them beside that does not count. */
export function isSame(one: Permission, other: Permission): boolean {
  return (
    one.protocol === other.protocol &&
    one.fromPort === other.fromPort &&
    one.toPort === other.toPort &&
    one.peer.kind === other.peer.kind &&
    one.peer.value === other.peer.value
  )
}

/** A rule in the words of AWS' refusal of a duplicate. */
export function sayPermission({ protocol, fromPort, toPort, peer }: Permission): string {
  const name = protocol === '-1' ? 'ALL' : protocol.toUpperCase()
  const ports = fromPort === -1 ? '' : `, from port: ${fromPort}, to port: ${toPort}`
  return `the specified rule "peer: ${peer.value}, ${name}${ports}, ALLOW" already exists`
}

/** The tags that a call gives to the things of one type that it makes. */
export function tagsFor(params: Params, type: string): Tags {
  return Object.fromEntries(
    params
      .groups('TagSpecification')
      .filter((one) => one.text('ResourceType') === type)
      .flatMap((one) => tagsOf(one)),
  )
}

/** Key and value of each `Tag` of a call; a tag without a value has an empty one. */
export function tagsOf(params: Params): [string, string][] {
  return params.groups('Tag').map((tag) => {
    const key = tag.text('Key')
    if (key === undefined || key === '') throw invalid('Tag keys cannot be empty.')
    if (key.startsWith('aws:')) throw invalid(`Tag keys starting with 'aws:' are reserved for internal use`)
    return [key, tag.text('Value') ?? '']
  })
}

const named: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6', all: '-1' }

function spanOf(params: Params): Pick<Permission, 'protocol' | 'fromPort' | 'toPort'> {
  const said = params.text('IpProtocol')
  if (said === undefined) throw missing('ipProtocol')
  const lower = said.toLowerCase()
  const protocol = named[lower] ?? lower
  if (!/^(tcp|udp|icmp|icmpv6|-1|\d{1,3})$/.test(protocol)) throw invalid(`Invalid value '${said}' for IP protocol. Unknown protocol.`)
  const hasPorts = protocol === 'tcp' || protocol === 'udp'
  if (!hasPorts && !protocol.startsWith('icmp')) return { protocol, fromPort: -1, toPort: -1 }
  const fromPort = params.whole('FromPort')
  const toPort = params.whole('ToPort')
  if (fromPort === undefined || toPort === undefined) {
    throw invalid(`Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.`)
  }
  if (hasPorts) {
    for (const port of [fromPort, toPort])
      if (port < 0 || port > 65_535) throw invalid(`Invalid value '${port}' for portRange. Must be between 0 and 65535.`)
    if (fromPort > toPort) throw invalid(`Invalid TCP/UDP port range (${fromPort}:${toPort})`)
  }
  return { protocol, fromPort, toPort }
}

function peersOf(permission: Params, findGroup: (nameOrId: string) => string) {
  const of = (list: string, read: (one: Params) => Peer) =>
    permission.groups(list).map((one) => ({ peer: read(one), description: one.text('Description') }))
  const required = (one: Params, name: string): string => {
    const value = one.text(name)
    if (value === undefined) throw missing(name)
    return value
  }
  return [
    ...of('IpRanges', (one) => ({ kind: 'ipv4', value: blockOf(required(one, 'CidrIp'), 'ipv4') })),
    ...of('Ipv6Ranges', (one) => ({ kind: 'ipv6', value: blockOf(required(one, 'CidrIpv6'), 'ipv6') })),
    ...of('PrefixListIds', (one) => ({ kind: 'list', value: required(one, 'PrefixListId') })),
    ...of('Groups', (one) => ({ kind: 'group', value: findGroup(one.text('GroupId') ?? required(one, 'GroupName')) })),
  ]
}

function blockOf(text: string, family: 'ipv4' | 'ipv6'): string {
  const block = canonicalCidr(text, family)
  if (block === null) throw invalid(`CIDR block ${text} is malformed`)
  return block
}

/** What is said of a rule beside what it lets in; an empty text is none. */
export function described(description: string | undefined): { description?: string } {
  if (description === undefined || description === '') return {}
  if (description.length > 255 || !/^[\w .:/()#,@[\]+=&;{}!$*-]*$/.test(description)) {
    throw invalid(
      `Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*`,
    )
  }
  return { description }
}
