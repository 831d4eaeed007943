import { AwsFault } from '../api.ts'
import type { Change, Look } from './calls.ts'
import { tagsOf } from './permissions.ts'
import { ruleOf } from './rules.ts'
import { findGroup, withGroup } from './security-groups.ts'
import type { RegionState, Tags } from './state.ts'
import { filtered, items, pageOf } from './trees.ts'

/** As many as AWS lets one thing have. */
const mostTags = 50

/** Applies a change to the tags of one group, rule or VPC. Fails as AWS does where there is none of this id. */
function retag(state: RegionState, id: string, change: (tags: Tags) => Tags): RegionState {
  if (id.startsWith('sgr-')) {
    const found = ruleOf(state, id)
    if (found === null) throw new AwsFault('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`)
    const { group } = found
    return withGroup(state, { ...group, rules: group.rules.map((rule) => (rule.id === id ? { ...rule, tags: change(rule.tags) } : rule)) })
  }
  if (id.startsWith('vpc-')) {
    if (!state.vpcs.some((vpc) => vpc.id === id)) throw new AwsFault('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`)
    return { ...state, vpcs: state.vpcs.map((vpc) => (vpc.id === id ? { ...vpc, tags: change(vpc.tags) } : vpc)) }
  }
  if (!id.startsWith('sg-')) throw new AwsFault('InvalidID', `The ID '${id}' is not valid`)
  const group = findGroup(state, id)
  return withGroup(state, { ...group, tags: change(group.tags) })
}

export const createTags: Change = ({ state, params }) => {
  const added = tagsOf(params)
  if (added.length === 0) throw new AwsFault('MissingParameter', 'The request must contain the parameter tagSet')
  const next = params.texts('ResourceId').reduce(
    (before, id) =>
      retag(before, id, (tags) => {
        const all = { ...tags, ...Object.fromEntries(added) }
        if (Object.keys(all).length > mostTags)
          throw new AwsFault('TagLimitExceeded', `The maximum number of Tags for a resource has been reached.`)
        return all
      }),
    state,
  )
  return { next, answer: { return: true } }
}

/** Takes off the tags named; with a value only where it is that one, and all of them where none is named. */
export const deleteTags: Change = ({ state, params }) => {
  const named = params.groups('Tag').map((tag) => ({ key: tag.text('Key'), value: tag.text('Value') }))
  const stays = ([key, value]: [string, string]) =>
    named.length > 0 && !named.some((one) => one.key === key && (one.value === undefined || one.value === value))
  const next = params
    .texts('ResourceId')
    .reduce((before, id) => retag(before, id, (tags) => Object.fromEntries(Object.entries(tags).filter(stays))), state)
  return { next, answer: { return: true } }
}

export const describeTags: Look = ({ state, params }) => {
  const of = (resourceType: string, resourceId: string, tags: Tags) =>
    Object.entries(tags).map(([key, value]) => ({ key, resourceId, resourceType, value }))
  const all = [
    ...state.vpcs.flatMap(({ id, tags }) => of('vpc', id, tags)),
    ...state.groups.flatMap(({ id, tags, rules }) => [
      ...of('security-group', id, tags),
      ...rules.flatMap((rule) => of('security-group-rule', rule.id, rule.tags)),
    ]),
  ]
  const read = ({ key, resourceId, resourceType, value }: (typeof all)[number]) => ({
    tags: { [key]: value },
    values: { key: [key], value: [value], 'resource-id': [resourceId], 'resource-type': [resourceType] },
  })
  const { page, nextToken } = pageOf(params, filtered(params, all, read, ['key', 'value', 'resource-id', 'resource-type']))
  return { tagSet: items(page), nextToken }
}
