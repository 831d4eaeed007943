import type { SecurityGroupRule } from '@aws-sdk/client-ec2'
import type { Rule } from '../../preload/contract/access.ts'
import type { Rds } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import { asCidr, isOneAddress, type PublicAddress, readCidr } from './address.ts'
import type { Group, Look } from './look.ts'
import { describeRule, isExpired, protocolOf, readRule } from './rules.ts'

/** What would let this machine in. */
export type Plan =
  | { readonly does: 'nothing'; readonly rule: Rule; readonly sentence: string }
  | { readonly does: 'renew'; readonly rule: Rule; readonly sentence: string }
  | {
      readonly does: 'replace'
      readonly rule: SecurityGroupRule
      readonly cidr: string
      readonly before: string
      readonly after: string
      readonly sentence: string
    }
  | {
      readonly does: 'make'
      readonly group: string
      readonly cidr: string
      readonly port: number
      readonly description: string
      readonly before: string
      readonly after: string
      readonly sentence: string
    }

export interface PlanFor {
  readonly look: Look
  readonly address: PublicAddress
  readonly machine: string
  readonly owner: string
  /** What the environment says of groups and rules; null where the instance belongs to none. */
  readonly rds: Pick<Rds, 'securityGroup' | 'securityGroupRule'> | null
}

/** How this machine would be allowed: by one rule with one address, on the instance's port. Fails with WRONG_STATE or GONE where it cannot. */
export function planAllow({ look, address, machine, owner, rds }: PlanFor): Plan {
  const { server, groups, rules } = look
  const { identifier } = server.key
  if (server.endpoint === null)
    throw new Failure('WRONG_STATE', `${identifier} is ${server.status} and has no port yet. Wait until it is available.`)
  if (address.family === 'ipv6' && !server.dualStack)
    throw new Failure(
      'WRONG_STATE',
      `${identifier} is reached by IPv4 only, and the address found is one of IPv6. Give this machine a way out over IPv4.`,
    )
  const { port } = server.endpoint
  const cidr = asCidr(address)
  const configured = rds?.securityGroupRule
  const seen = rules.map((raw) => ({ raw, rule: readRule(raw, { port, address, machine, configured }) }))
  const fits = ({ rule }: { rule: Rule }) => rule.protocol === 'tcp' && rule.fromPort === port && rule.toPort === port

  const exact = seen.filter((one) => fits(one) && one.rule.source === cidr)
  const own = exact.find(({ rule }) => rule.mine !== null)
  if (own !== undefined) {
    const sentence = `${own.rule.id} lets ${address.address} to port ${port} already.`
    return { does: isExpired(own.rule) ? 'renew' : 'nothing', rule: own.rule, sentence }
  }
  // AWS refuses a second rule for the same address, so that one of somebody else has to do.
  const others = exact[0]
  if (others !== undefined) {
    const whose = others.rule.owner ?? others.rule.description
    const sentence = `${others.rule.id}${whose === null ? '' : ` (${whose})`} lets ${address.address} to port ${port} already.`
    return { does: 'nothing', rule: others.rule, sentence }
  }

  const tagged = seen.find(
    (one) => one.rule.mine === 'tag' && fits(one) && one.rule.sourceKind === address.family && isOneAddress(one.rule.source),
  )
  const chosen = tagged ?? configuredRule(seen, configured, { port, address, identifier })
  if (chosen !== undefined) {
    const { raw, rule } = chosen
    const changed = { ...rule, source: cidr }
    const sentence = `${rule.id} in ${groupName(groups, rule.group)} is changed from ${rule.source} to ${cidr}; all else stays as it is.`
    return { does: 'replace', rule: raw, cidr, before: describeRule(rule), after: describeRule(changed), sentence }
  }

  const { group, reason } = chooseGroup(look, rds?.securityGroup, port)
  const description = `Basepair ${owner}`
  const made = { id: '', protocol: 'tcp', fromPort: port, toPort: port, source: cidr, description } as const
  return {
    does: 'make',
    group: group.id,
    cidr,
    port,
    description,
    before: 'no rule of this machine',
    after: `${describeRule({ ...made, sourceKind: address.family, coversPort: true, coversMe: true, wide: null, mine: 'tag', stale: false, expiresAt: null, owner })}`,
    sentence: `A rule for ${cidr} on port ${port} is made in ${groupName(groups, group.id)}${reason}.`,
  }
}

/** The rule that the environment names. One that lets in more than one address is never narrowed in passing: others would be shut out. */
function configuredRule(
  seen: readonly { readonly raw: SecurityGroupRule; readonly rule: Rule }[],
  id: string | undefined,
  { port, address, identifier }: { readonly port: number; readonly address: PublicAddress; readonly identifier: string },
) {
  if (id === undefined) return undefined
  const found = seen.find(({ rule }) => rule.id === id)
  const mends = 'Name another rule in the settings, or none: Basepair then makes one of its own.'
  if (found === undefined)
    throw new Failure('GONE', `The configured rule ${id} is in none of the groups of ${identifier}. ${mends}`, { mend: 'open_settings' })
  const { rule, raw } = found
  const family = readCidr(rule.source)?.family ?? null
  if (family === null || !isOneAddress(rule.source))
    throw new Failure(
      'WRONG_STATE',
      `The configured rule ${id} lets in ${rule.source}, which is more than one address: whoever else comes in by it would be shut out. ${mends}`,
      {
        mend: 'open_settings',
      },
    )
  if (protocolOf(raw) !== 'tcp' || rule.fromPort !== port || rule.toPort !== port)
    throw new Failure(
      'WRONG_STATE',
      `The configured rule ${id} is not for tcp port ${port} alone, on which ${identifier} listens. ${mends}`,
      {
        mend: 'open_settings',
      },
    )
  if (family !== address.family)
    throw new Failure(
      'WRONG_STATE',
      `The configured rule ${id} is for ${nameOf(family)}, and AWS does not let a rule change to ${nameOf(address.family)}. ${mends}`,
      {
        mend: 'open_settings',
      },
    )
  return found
}

const nameOf = (family: PublicAddress['family']) => (family === 'ipv4' ? 'IPv4' : 'IPv6')

function groupName(groups: readonly Group[], id: string): string {
  const name = groups.find((group) => group.id === id)?.name
  return name === undefined || name === '' ? id : `${name} (${id})`
}

function chooseGroup({ server, groups, rules }: Look, named: string | undefined, port: number): { group: Group; reason: string } {
  const [first] = groups
  if (first === undefined) throw new Failure('WRONG_STATE', `${server.key.identifier} has no security group to make a rule in.`)
  if (named !== undefined) {
    const group = groups.find(({ id }) => id === named)
    if (group === undefined)
      throw new Failure(
        'GONE',
        `The configured security group ${named} is not one of ${server.key.identifier}'s (${groups.map(({ id }) => id).join(', ')}).`,
        {
          mend: 'open_settings',
        },
      )
    return { group, reason: ', which the settings name' }
  }
  if (groups.length === 1) return { group: first, reason: '' }
  const used = groups.find(({ id }) =>
    rules.some((raw) => raw.GroupId === id && readRule(raw, { port, address: null, machine: '', configured: undefined }).coversPort),
  )
  if (used !== undefined) return { group: used, reason: `, the first of its ${groups.length} groups that lets anybody to that port` }
  const special = groups.find(({ name }) => name !== 'default')
  if (special !== undefined) return { group: special, reason: `, the first of its ${groups.length} groups that is not the default one` }
  return { group: first, reason: `, the first of its ${groups.length} groups` }
}
