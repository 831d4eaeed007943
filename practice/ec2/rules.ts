import { AwsFault } from '../api.ts'
import type { Change, Look } from './calls.ts'
import { described, isSame, type Permission, permissionOf, permissionsOf, sayPermission, tagsFor } from './permissions.ts'
import { findGroup, namedGroup, referredGroup, withGroup } from './security-groups.ts'
import { type Group, newId, type RegionState, type Rule } from './state.ts'
import { filtered, items, pageOf, permissionTrees, ruleTree } from './trees.ts'

/** Rules of one direction in one group, counted for each of the two address families. */
const mostRules = 60

const missingRule = (id: string) => new AwsFault('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`)

function requireRuleId(id: string): string {
  if (!/^sgr-[0-9a-f]+$/.test(id)) throw new AwsFault('InvalidSecurityGroupRuleId.Malformed', `Invalid id: "${id}" (expecting "sgr-...")`)
  return id
}

function ingressOf(group: Group, id: string): Rule {
  const found = group.rules.find((rule) => rule.id === requireRuleId(id) && !rule.egress)
  if (found === undefined) throw missingRule(id)
  return found
}

export const describeSecurityGroupRules: Look = ({ region, state, params }) => {
  const all = state.groups.flatMap((group) => group.rules.map((rule) => ({ group, rule })))
  const ids = params.texts('SecurityGroupRuleId').map(requireRuleId)
  for (const id of ids) if (!all.some(({ rule }) => rule.id === id)) throw missingRule(id)
  const asked = ids.length === 0 ? all : all.filter(({ rule }) => ids.includes(rule.id))
  const read = ({ group, rule }: (typeof all)[number]) => ({
    tags: rule.tags,
    values: { 'group-id': [group.id], 'security-group-rule-id': [rule.id] },
  })
  const { page, nextToken } = pageOf(params, filtered(params, asked, read, ['group-id', 'security-group-rule-id']))
  return { securityGroupRuleSet: items(page.map(({ group, rule }) => ruleTree(region, group, rule))), nextToken }
}

export const authorizeIngress: Change = ({ region, state, params }) => {
  const group = namedGroup(state, params)
  const permissions = permissionsOf(params, referredGroup(state))
  const tags = tagsFor(params, 'security-group-rule')
  permissions.forEach((one, index) => {
    if (permissions.findIndex((other) => isSame(one, other)) !== index) {
      throw new AwsFault('InvalidParameterValue', 'The same permission must not appear multiple times')
    }
    refuseDuplicate(
      group.rules.filter(({ egress }) => !egress),
      one,
    )
  })
  const made = permissions.map((permission): Rule => ({ ...permission, id: newId('sgr'), egress: false, tags }))
  const changed = { ...group, rules: [...group.rules, ...made] }
  requireRoom(changed)
  return {
    next: withGroup(state, changed),
    answer: { return: true, securityGroupRuleSet: items(made.map((rule) => ruleTree(region, changed, rule))) },
  }
}

export const revokeIngress: Change = ({ state, params }) => {
  const group = namedGroup(state, params)
  const ids = params.texts('SecurityGroupRuleId')
  if (ids.length > 0) {
    const gone = ids.map((id) => ingressOf(group, id))
    return { next: withGroup(state, without(group, gone)), answer: { return: true, revokedSecurityGroupRuleSet: revoked(group, gone) } }
  }
  const permissions = permissionsOf(params, referredGroup(state))
  const found = permissions.map((permission) => group.rules.find((rule) => !rule.egress && isSame(rule, permission)))
  const unknown = permissions.filter((_, index) => found[index] === undefined)
  const isDefault = state.vpcs.some(({ id, isDefault }) => id === group.vpc && isDefault)
  if (unknown.length > 0 && !isDefault) {
    throw new AwsFault('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.')
  }
  const gone = found.filter((rule) => rule !== undefined)
  return {
    next: withGroup(state, without(group, gone)),
    answer: { return: true, unknownIpPermissionSet: permissionTrees(unknown), revokedSecurityGroupRuleSet: revoked(group, gone) },
  }
}

/** What a rule was is replaced by what it is to be: a description that is not given again is gone, the tags stay. */
export const modifyRules: Change = ({ state, params }) => {
  const group = findGroup(state, params.text('GroupId') ?? '')
  const changes = params.groups('SecurityGroupRule')
  if (changes.length === 0) throw new AwsFault('MissingParameter', 'The request must contain the parameter SecurityGroupRules')
  let changed = group
  for (const change of changes) {
    const id = requireRuleId(change.text('SecurityGroupRuleId') ?? '')
    const rule = changed.rules.find((one) => one.id === id)
    if (rule === undefined) throw missingRule(id)
    const wanted = change.group('SecurityGroupRule')
    if (wanted === undefined) throw new AwsFault('MissingParameter', 'The request must contain the parameter SecurityGroupRule')
    const permission = permissionOf(wanted, referredGroup(state))
    if (permission.peer.kind !== rule.peer.kind) {
      throw new AwsFault('InvalidParameterValue', `The type of the security group rule '${id}' cannot be changed.`)
    }
    refuseDuplicate(
      changed.rules.filter((one) => one.id !== id && one.egress === rule.egress),
      permission,
    )
    const next: Rule = { ...permission, id, egress: rule.egress, tags: rule.tags }
    changed = { ...changed, rules: changed.rules.map((one) => (one.id === id ? next : one)) }
  }
  return { next: withGroup(state, changed), answer: { return: true } }
}

export const updateDescriptions: Change = ({ state, params }) => {
  const group = namedGroup(state, params)
  const byId = params.groups('SecurityGroupRuleDescription').map((one) => {
    const rule = ingressOf(group, one.text('SecurityGroupRuleId') ?? '')
    return { id: rule.id, ...described(one.text('Description')) }
  })
  const byPermission = params.groups('IpPermissions').length === 0 ? [] : permissionsOf(params, referredGroup(state))
  const wanted = [
    ...byId,
    ...byPermission.map((permission) => {
      const rule = group.rules.find((one) => !one.egress && isSame(one, permission))
      if (rule === undefined) throw new AwsFault('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.')
      return { id: rule.id, ...described(permission.description) }
    }),
  ]
  if (wanted.length === 0) throw new AwsFault('MissingParameter', 'The request must contain the parameter ipPermissions')
  const rules = group.rules.map((rule) => {
    const change = wanted.find(({ id }) => id === rule.id)
    if (change === undefined) return rule
    const { description: _, ...rest } = rule
    return { ...rest, ...change }
  })
  return { next: withGroup(state, { ...group, rules }), answer: { return: true } }
}

function refuseDuplicate(rules: readonly Rule[], permission: Permission): void {
  if (rules.some((rule) => isSame(rule, permission))) throw new AwsFault('InvalidPermission.Duplicate', sayPermission(permission))
}

function requireRoom(group: Group): void {
  const inbound = group.rules.filter(({ egress }) => !egress)
  for (const family of ['ipv4', 'ipv6'] as const) {
    const other = family === 'ipv4' ? 'ipv6' : 'ipv4'
    if (inbound.filter(({ peer }) => peer.kind !== other).length > mostRules) {
      throw new AwsFault('RulesPerSecurityGroupLimitExceeded', 'The maximum number of rules per security group has been reached.')
    }
  }
}

function without(group: Group, gone: readonly Rule[]): Group {
  return { ...group, rules: group.rules.filter((rule) => !gone.includes(rule)) }
}

/** A rule by its id, with the group that it stands in; null where the region has none. */
export function ruleOf(state: RegionState, id: string): { group: Group; rule: Rule } | null {
  for (const group of state.groups) {
    const rule = group.rules.find((one) => one.id === id)
    if (rule !== undefined) return { group, rule }
  }
  return null
}

function revoked(group: Group, gone: readonly Rule[]) {
  return items(
    gone.map(({ id, protocol, fromPort, toPort, peer, description }) => ({
      securityGroupRuleId: id,
      groupId: group.id,
      isEgress: false,
      ipProtocol: protocol,
      fromPort,
      toPort,
      cidrIpv4: peer.kind === 'ipv4' ? peer.value : undefined,
      cidrIpv6: peer.kind === 'ipv6' ? peer.value : undefined,
      prefixListId: peer.kind === 'list' ? peer.value : undefined,
      referencedGroupId: peer.kind === 'group' ? peer.value : undefined,
      description,
    })),
  )
}
