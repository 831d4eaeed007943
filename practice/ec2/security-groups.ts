import { AwsFault, type Params } from '../api.ts'
import { account } from '../cloud.ts'
import type { Change, Look } from './calls.ts'
import { tagsFor } from './permissions.ts'
import { everythingOut, type Group, newId, type RegionState } from './state.ts'
import { filtered, groupTree, items, pageOf, tagSet } from './trees.ts'

export function findGroup(state: RegionState, id: string): Group {
  if (!/^sg-[0-9a-f]+$/.test(id)) throw new AwsFault('InvalidGroupId.Malformed', `Invalid id: "${id}" (expecting "sg-...")`)
  const found = state.groups.find((group) => group.id === id)
  if (found === undefined) throw new AwsFault('InvalidGroup.NotFound', `The security group '${id}' does not exist`)
  return found
}

/** The group that a call names by `GroupId`, or by `GroupName` in the default VPC. */
export function namedGroup(state: RegionState, params: Params): Group {
  const id = params.text('GroupId')
  if (id !== undefined) return findGroup(state, id)
  const name = params.text('GroupName')
  if (name === undefined) throw new AwsFault('MissingParameter', 'The request must contain the parameter groupName or groupId')
  return byName(state, name)
}

/** The id of a group that a rule refers to. */
export const referredGroup = (state: RegionState) => (nameOrId: string) =>
  (nameOrId.startsWith('sg-') ? findGroup(state, nameOrId) : byName(state, nameOrId)).id

function byName(state: RegionState, name: string): Group {
  const vpc = state.vpcs.find(({ isDefault }) => isDefault)
  const found = state.groups.find((group) => group.name === name && group.vpc === vpc?.id)
  if (found === undefined)
    throw new AwsFault('InvalidGroup.NotFound', `The security group '${name}' does not exist in default VPC '${vpc?.id}'`)
  return found
}

/** The state with one group in the place of the one of its id. */
export function withGroup(state: RegionState, changed: Group): RegionState {
  return { ...state, groups: state.groups.map((group) => (group.id === changed.id ? changed : group)) }
}

const filters = [
  'group-id',
  'group-name',
  'description',
  'owner-id',
  'vpc-id',
  'ip-permission.cidr',
  'ip-permission.from-port',
  'ip-permission.to-port',
  'ip-permission.protocol',
  'ip-permission.group-id',
]

export const describeSecurityGroups: Look = ({ region, state, params }) => {
  const ids = params.texts('GroupId').map((id) => findGroup(state, id).id)
  const names = params.texts('GroupName').map((name) => byName(state, name).id)
  const asked = new Set([...ids, ...names])
  const list = state.groups.filter(({ id }) => asked.size === 0 || asked.has(id))
  const read = ({ id, name, description, vpc, rules, tags }: Group) => {
    const inbound = rules.filter(({ egress }) => !egress)
    const of = (kind: string) => inbound.filter(({ peer }) => peer.kind === kind).map(({ peer }) => peer.value)
    return {
      tags,
      values: {
        'group-id': [id],
        'group-name': [name],
        description: [description],
        'owner-id': [account],
        'vpc-id': [vpc],
        'ip-permission.cidr': of('ipv4'),
        'ip-permission.group-id': of('group'),
        'ip-permission.from-port': inbound.map(({ fromPort }) => String(fromPort)),
        'ip-permission.to-port': inbound.map(({ toPort }) => String(toPort)),
        'ip-permission.protocol': inbound.map(({ protocol }) => protocol),
      },
    }
  }
  const { page, nextToken } = pageOf(params, filtered(params, list, read, filters))
  return { securityGroupInfo: items(page.map((group) => groupTree(region, group))), nextToken }
}

export const createSecurityGroup: Change = ({ region, state, params }) => {
  const name = params.text('GroupName')
  const description = params.text('GroupDescription')
  if (name === undefined) throw new AwsFault('MissingParameter', 'The request must contain the parameter groupName')
  if (description === undefined) throw new AwsFault('MissingParameter', 'The request must contain the parameter groupDescription')
  if (name === 'default') throw new AwsFault('InvalidParameterValue', 'Cannot use reserved security group name: default')
  if (name.length > 255 || name.startsWith('sg-')) {
    throw new AwsFault('InvalidParameterValue', `Invalid value '${name}' for groupName. Group names may not be in the format sg-*.`)
  }
  const vpcId = params.text('VpcId')
  const vpc = state.vpcs.find((one) => (vpcId === undefined ? one.isDefault : one.id === vpcId))
  if (vpc === undefined) throw new AwsFault('InvalidVpcID.NotFound', `The vpc ID '${vpcId}' does not exist`)
  if (state.groups.some((group) => group.name === name && group.vpc === vpc.id)) {
    throw new AwsFault('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpc.id}'`)
  }
  const tags = tagsFor(params, 'security-group')
  const made: Group = { id: newId('sg'), name, description, vpc: vpc.id, rules: [everythingOut(newId('sgr'))], tags }
  const arn = `arn:aws:ec2:${region}:${account}:security-group/${made.id}`
  return {
    next: { ...state, groups: [...state.groups, made] },
    answer: { return: true, groupId: made.id, securityGroupArn: arn, tagSet: tagSet(tags) },
  }
}

/** `used` are the groups of the region that instances stand in. */
export const deleteSecurityGroup =
  (used: (region: string) => readonly string[]): Change =>
  ({ region, state, params }) => {
    const group = namedGroup(state, params)
    if (group.name === 'default') {
      throw new AwsFault('CannotDelete', `the specified group: "${group.id}" name: "default" cannot be deleted by a user`)
    }
    const refers = ({ id, rules }: Group) => id !== group.id && rules.some(({ peer }) => peer.kind === 'group' && peer.value === group.id)
    if (used(region).includes(group.id) || state.groups.some(refers)) {
      throw new AwsFault('DependencyViolation', `resource ${group.id} has a dependent object`)
    }
    return {
      next: { ...state, groups: state.groups.filter(({ id }) => id !== group.id) },
      answer: { return: true, groupId: group.id },
    }
  }
