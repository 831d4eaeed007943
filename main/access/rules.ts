import type { SecurityGroupRule } from '@aws-sdk/client-ec2'
import type { Rule } from '../../preload/contract/access.ts'
import { covers, type PublicAddress, readCidr } from './address.ts'

/** The tags of a rule that Basepair made. */
export const tags = { machine: 'basepair:machine', owner: 'basepair:owner', expires: 'basepair:expires' } as const

/** Whose eyes a rule is seen with. */
export interface Viewpoint {
  /** The instance's real port. */
  readonly port: number
  /** Null while it is not known. */
  readonly address: PublicAddress | null
  /** This machine and user, as in the tag. */
  readonly machine: string
  /** The rule id that the environment names. */
  readonly configured: string | undefined
}

const protocols: Readonly<Record<string, string>> = { '-1': 'all', '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' }

/** `tcp`, `udp`, `icmp`, or `all`: AWS takes numbers too. */
export const protocolOf = ({ IpProtocol = '-1' }: SecurityGroupRule): string => protocols[IpProtocol] ?? IpProtocol

/** The value of a rule's tag; null without it. */
export const tagOf = (rule: SecurityGroupRule, key: string): string | null => rule.Tags?.find((tag) => tag.Key === key)?.Value ?? null

/** Whether the rule is still what this console wrote: one address to one tcp port, with its description. */
export const isAsMade = (
  rule: SecurityGroupRule,
  { cidr, port, description }: { readonly cidr: string; readonly port: number; readonly description: string | null },
): boolean =>
  (rule.CidrIpv4 ?? rule.CidrIpv6) === cidr &&
  rule.IpProtocol === 'tcp' &&
  rule.FromPort === port &&
  rule.ToPort === port &&
  (rule.Description ?? null) === description

function sourceOf(rule: SecurityGroupRule): Pick<Rule, 'source' | 'sourceKind'> {
  if (rule.CidrIpv4 !== undefined) return { source: rule.CidrIpv4, sourceKind: 'ipv4' }
  if (rule.CidrIpv6 !== undefined) return { source: rule.CidrIpv6, sourceKind: 'ipv6' }
  if (rule.PrefixListId !== undefined) return { source: rule.PrefixListId, sourceKind: 'prefix-list' }
  return { source: rule.ReferencedGroupInfo?.GroupId ?? 'unknown', sourceKind: 'group' }
}

const counts = new Intl.NumberFormat('en-GB')

/** How wide a range is, in words; null for one address and for what is no range. */
export function widthOf(cidr: string): string | null {
  const range = readCidr(cidr)
  if (range === null) return null
  const bits = (range.family === 'ipv4' ? 32 : 128) - range.prefix
  if (bits === 0) return null
  if (range.prefix === 0) return 'anyone on the internet'
  return bits <= 32 ? `${counts.format(2 ** bits)} addresses` : `2^${bits} addresses`
}

/** A moment as AWS' tag has it; null where it is none. */
function momentOf(text: string | null): string | null {
  const at = text === null ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

/** What an inbound rule means to this machine and this port. */
export function readRule(rule: SecurityGroupRule, { port, address, machine, configured }: Viewpoint): Rule {
  const protocol = protocolOf(rule)
  const { source, sourceKind } = sourceOf(rule)
  const ported = protocol === 'tcp' || protocol === 'udp'
  const fromPort = ported ? (rule.FromPort ?? null) : null
  const toPort = ported ? (rule.ToPort ?? null) : null
  const coversPort = protocol === 'all' || (protocol === 'tcp' && (fromPort ?? 0) <= port && port <= (toPort ?? 65_535))
  const isRange = sourceKind === 'ipv4' || sourceKind === 'ipv6'
  const holdsMe = address !== null && isRange && covers(source, address)
  const mine = tagOf(rule, tags.machine) === machine ? 'tag' : rule.SecurityGroupRuleId === configured ? 'configured' : null
  return {
    id: rule.SecurityGroupRuleId ?? '',
    group: rule.GroupId ?? '',
    protocol,
    fromPort,
    toPort,
    source,
    sourceKind,
    description: rule.Description ?? null,
    coversPort,
    coversMe: coversPort && holdsMe,
    wide: isRange ? widthOf(source) : null,
    mine,
    stale: mine === 'tag' && address !== null && !holdsMe,
    expiresAt: momentOf(tagOf(rule, tags.expires)),
    owner: tagOf(rule, tags.owner),
  }
}

/** Whether the rule's time has passed. */
export const isExpired = ({ expiresAt }: Rule, now: number = Date.now()): boolean => expiresAt !== null && Date.parse(expiresAt) <= now

/** `198.51.100.7/32, tcp 5432, "Basepair mia@laptop"`: a rule in the activity log and in a plan. */
export function describeRule({ id, protocol, fromPort, toPort, source, description }: Omit<Rule, 'group'> | Rule): string {
  const ports = fromPort === null ? '' : fromPort === toPort ? ` ${fromPort}` : ` ${fromPort}-${toPort}`
  return `${id === '' ? '' : `${id}: `}${source}, ${protocol === 'all' ? 'every protocol' : protocol}${ports}${description === null ? '' : `, “${description}”`}`
}
