import { isIPv4, isIPv6 } from 'node:net'
import type { SecurityGroupRule } from '@aws-sdk/client-ec2'
import type { Evidence } from './evidence.ts'
import type { Judgement } from './judgement.ts'

/** Bits of the mask and of the whole address; null for what is not an address range. */
function range(rule: SecurityGroupRule): { readonly text: string; readonly bits: number; readonly whole: number } | null {
  const text = rule.CidrIpv4 ?? rule.CidrIpv6
  const [address = '', mask = ''] = text?.split('/') ?? []
  if (text === undefined || !/^\d{1,3}$/.test(mask)) return null
  const whole = isIPv4(address) ? 32 : isIPv6(address) ? 128 : null
  const bits = Number(mask)
  return whole === null || bits > whole ? null : { text, bits, whole }
}

const allTraffic = (rule: SecurityGroupRule): boolean => rule.IpProtocol === '-1'

/** Whether the rule lets anybody to the port; null where it does not say enough. UDP and ICMP reach no database. */
function reaches(rule: SecurityGroupRule, port: number): boolean | null {
  if (rule.IpProtocol === undefined) return null
  if (allTraffic(rule)) return true
  if (rule.IpProtocol !== 'tcp' && rule.IpProtocol !== '6') return false
  if (rule.FromPort === undefined || rule.ToPort === undefined) return null
  return rule.FromPort <= port && port <= rule.ToPort
}

function portsOf(rule: SecurityGroupRule): string {
  if (allTraffic(rule)) return 'every port'
  return rule.FromPort === rule.ToPort ? `port ${rule.FromPort}` : `ports ${rule.FromPort} to ${rule.ToPort}`
}

const nameOf = (rule: SecurityGroupRule): string => rule.SecurityGroupRuleId ?? `A rule of ${rule.GroupId ?? 'its groups'}`

/** What is said of several rules: the first three, and how many more. */
function told(sentences: readonly string[]): string {
  const more = sentences.length - 3
  return more > 0 ? `${sentences.slice(0, 3).join(' ')} So do ${more} more rules.` : sentences.join(' ')
}

const inbound = (rules: readonly SecurityGroupRule[]) => rules.filter((rule) => rule.IsEgress !== true)

export function inboundAnywhere({ groupRules }: Evidence): Judgement {
  if (!groupRules.known) return { verdict: 'unknown', sentence: groupRules.reason }
  const bad: string[] = []
  const open: string[] = []
  for (const rule of inbound(groupRules.value)) {
    const from = range(rule)
    if (rule.IsEgress === undefined) open.push(`${nameOf(rule)} does not say its direction.`)
    else if (from?.bits === 0) bad.push(`${nameOf(rule)} lets everybody (${from.text}) to ${portsOf(rule)}.`)
    else if (rule.PrefixListId !== undefined) open.push(`${nameOf(rule)} lets in ${rule.PrefixListId}, a list that Basepair does not read.`)
    else if (from === null && rule.ReferencedGroupInfo === undefined) open.push(`${nameOf(rule)} does not say whom it lets in.`)
  }
  if (bad.length > 0) return { verdict: 'bad', sentence: told(bad) }
  if (open.length > 0) return { verdict: 'unknown', sentence: told(open) }
  return { verdict: 'good', sentence: 'No rule of its groups lets everybody in.' }
}

export function wideRange({ groupRules, instance }: Evidence): Judgement {
  if (!groupRules.known) return { verdict: 'unknown', sentence: groupRules.reason }
  const port = instance.Endpoint?.Port
  if (port === undefined) return { verdict: 'unknown', sentence: 'AWS did not say on which port it listens.' }
  const own = instance.VpcSecurityGroups?.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId) ?? []
  const bad: string[] = []
  const open: string[] = []
  for (const rule of inbound(groupRules.value)) {
    const reaching = reaches(rule, port)
    if (reaching === false) continue
    const from = range(rule)
    const group = rule.ReferencedGroupInfo?.GroupId
    // What a default group has from the start: its members reach each other, and nobody else does.
    if (group !== undefined && own.includes(group)) continue
    const whom = from?.text ?? (group === undefined ? (rule.PrefixListId ?? 'somebody') : `every member of ${group}`)
    if (rule.IsEgress === undefined || reaching === null) open.push(`${nameOf(rule)} does not say what it lets in.`)
    else if (from !== null && from.bits < from.whole) bad.push(`${nameOf(rule)} lets in more than one address: ${from.text}.`)
    else if (allTraffic(rule) || rule.FromPort !== rule.ToPort) bad.push(`${nameOf(rule)} lets ${whom} to ${portsOf(rule)}.`)
    else if (rule.PrefixListId !== undefined) open.push(`${nameOf(rule)} lets in ${rule.PrefixListId}, a list that Basepair does not read.`)
    else if (from === null && rule.ReferencedGroupInfo === undefined) open.push(`${nameOf(rule)} does not say whom it lets in.`)
  }
  if (bad.length > 0) return { verdict: 'bad', sentence: told(bad) }
  if (open.length > 0) return { verdict: 'unknown', sentence: told(open) }
  return { verdict: 'good', sentence: `Every rule for port ${port} lets in one address or one group.` }
}
