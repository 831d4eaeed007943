import type { Params, Tree } from '../api.ts'
import { AwsFault } from '../api.ts'
import { account } from '../cloud.ts'
import type { Permission } from './permissions.ts'
import type { Group, Rule, Tags } from './state.ts'

/** A list as EC2 writes it. */
export const items = (list: readonly Tree[]): Tree => ({ item: list })

export const tagSet = (tags: Tags): Tree => items(Object.entries(tags).map(([key, value]) => ({ key, value })))

/** A rule as DescribeSecurityGroupRules has it. */
export function ruleTree(region: string, group: Group, rule: Rule): Tree {
  const { id, egress, protocol, fromPort, toPort, peer, description, tags } = rule
  const of = (kind: Rule['peer']['kind']) => (peer.kind === kind ? peer.value : undefined)
  return {
    securityGroupRuleId: id,
    securityGroupRuleArn: `arn:aws:ec2:${region}:${account}:security-group-rule/${id}`,
    groupId: group.id,
    groupOwnerId: account,
    isEgress: egress,
    ipProtocol: protocol,
    fromPort,
    toPort,
    cidrIpv4: of('ipv4'),
    cidrIpv6: of('ipv6'),
    prefixListId: of('list'),
    referencedGroupInfo: peer.kind === 'group' ? { groupId: peer.value, userId: account } : undefined,
    description,
    tagSet: tagSet(tags),
  }
}

/** A group as DescribeSecurityGroups has it: the rules of the same protocol and ports together. */
export function groupTree(region: string, group: Group): Tree {
  return {
    ownerId: account,
    groupName: group.name,
    groupId: group.id,
    groupDescription: group.description,
    securityGroupArn: `arn:aws:ec2:${region}:${account}:security-group/${group.id}`,
    vpcId: group.vpc,
    ipPermissions: permissionTrees(group.rules.filter(({ egress }) => !egress)),
    ipPermissionsEgress: permissionTrees(group.rules.filter(({ egress }) => egress)),
    tagSet: tagSet(group.tags),
  }
}

export function permissionTrees(permissions: readonly Permission[]): Tree {
  const spans = Map.groupBy(permissions, ({ protocol, fromPort, toPort }) => `${protocol} ${fromPort} ${toPort}`)
  return items(
    [...spans.values()].map((same) => {
      const [first] = same
      const of = (kind: Permission['peer']['kind'], element: string) =>
        items(
          same
            .filter(({ peer }) => peer.kind === kind)
            .map(({ peer, description }) => ({
              [element]: peer.value,
              ...(kind === 'group' ? { userId: account } : {}),
              description,
            })),
        )
      return {
        ipProtocol: first?.protocol,
        fromPort: first?.fromPort === -1 ? undefined : first?.fromPort,
        toPort: first?.toPort === -1 ? undefined : first?.toPort,
        groups: of('group', 'groupId'),
        ipRanges: of('ipv4', 'cidrIp'),
        ipv6Ranges: of('ipv6', 'cidrIpv6'),
        prefixListIds: of('list', 'prefixListId'),
      }
    }),
  )
}

/** What a filter may ask of one thing: the values under each of its names. */
export type Filterable = Readonly<Record<string, readonly (string | undefined)[]>>

/** Keeps what every `Filter` of the call lets through. Values may hold `*` and `?`. Fails as AWS does for a name that nothing has. */
export function filtered<T>(
  params: Params,
  list: readonly T[],
  read: (one: T) => { values: Filterable; tags: Tags },
  names: readonly string[],
): T[] {
  const filters = params.groups('Filter').map((filter) => {
    const name = filter.text('Name') ?? ''
    if (!names.includes(name) && name !== 'tag-key' && !name.startsWith('tag:')) {
      throw new AwsFault('InvalidParameterValue', `The filter '${name}' is invalid`)
    }
    return { name, patterns: filter.texts('Value').map(wildcard) }
  })
  return list.filter((one) => {
    const { values, tags } = read(one)
    return filters.every(({ name, patterns }) => {
      const has = name === 'tag-key' ? Object.keys(tags) : name.startsWith('tag:') ? [tags[name.slice(4)]] : (values[name] ?? [])
      return has.some((value) => value !== undefined && patterns.some((pattern) => pattern.test(value)))
    })
  })
}

function wildcard(text: string): RegExp {
  const escaped = text.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's')
}

/** One page of a list: all of it unless `MaxResults` is given, and the token of the next one where there is one. */
export function pageOf<T>(params: Params, list: readonly T[]): { page: readonly T[]; nextToken: string | undefined } {
  const most = params.whole('MaxResults')
  if (most !== undefined && (most < 5 || most > 1000)) {
    throw new AwsFault(
      'InvalidParameterValue',
      `Value ( ${most} ) for parameter maxResults is invalid. Expecting a value ${most < 5 ? 'greater than 5' : 'smaller than 1000'}.`,
    )
  }
  const token = params.text('NextToken')
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString())
  if (!Number.isInteger(start) || start < 0) throw new AwsFault('InvalidNextToken', 'The token is not valid.')
  const end = start + (most ?? list.length)
  return { page: list.slice(start, end), nextToken: end < list.length ? Buffer.from(String(end)).toString('base64url') : undefined }
}
