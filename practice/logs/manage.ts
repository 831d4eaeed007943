import type { ApiRequest, Tree } from '../api.ts'
import type { Groups } from './groups.ts'
import { groupName, namedByArn, required, streamName } from './names.ts'
import { exists, invalid } from './refusals.ts'

/** Days that PutRetentionPolicy takes. */
const retentions = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]
const classes = ['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY']

export interface ManageDeps {
  readonly groups: Groups
  readonly now: () => number
  /** Has events that are no longer kept removed. */
  readonly clean: () => void
}

type Manage = (deps: ManageDeps, request: ApiRequest) => Tree

/** What changes groups and streams. */
export const manage: Readonly<Record<string, Manage>> = {
  CreateLogGroup({ groups, now }, { region, params }) {
    const name = groupName(params)
    const logClass = params.text('logGroupClass') ?? 'STANDARD'
    if (!classes.includes(logClass)) throw invalid(`The log group class must be one of ${classes.join(', ')}.`)
    if (groups.find(region, name) !== null) throw exists('group')
    groups.add(region, name, now(), logClass, params.map('tags'))
    return undefined
  },
  DeleteLogGroup({ groups, clean }, { region, params }) {
    groups.remove(groups.get(region, groupName(params)))
    clean()
    return undefined
  },
  CreateLogStream({ groups, now }, { region, params }) {
    const group = groups.get(region, groupName(params))
    const name = streamName(params)
    if (groups.findStream(group, name) !== null) throw exists('stream')
    groups.addStream(group, name, now())
    return undefined
  },
  DeleteLogStream({ groups, clean }, { region, params }) {
    const group = groups.get(region, groupName(params))
    groups.removeStream(groups.getStream(group, streamName(params)))
    clean()
    return undefined
  },
  PutRetentionPolicy({ groups, clean }, { region, params }) {
    const group = groups.get(region, groupName(params))
    const days = params.whole('retentionInDays') ?? 0
    if (!retentions.includes(days)) throw invalid(`The specified retention period must be one of [${retentions.join(', ')}].`)
    groups.setRetention(group, days)
    clean()
    return undefined
  },
  DeleteRetentionPolicy({ groups }, { region, params }) {
    groups.setRetention(groups.get(region, groupName(params)), null)
    return undefined
  },
  ListTagsForResource: ({ groups }, { region, params }) => ({
    tags: { ...groups.get(region, namedByArn(required(params, 'resourceArn'), region)).tags },
  }),
  TagResource({ groups }, { region, params }) {
    const group = groups.get(region, namedByArn(required(params, 'resourceArn'), region))
    groups.setTags(group, { ...group.tags, ...params.map('tags') })
    return undefined
  },
  UntagResource({ groups }, { region, params }) {
    const group = groups.get(region, namedByArn(required(params, 'resourceArn'), region))
    const without = new Set(params.texts('tagKeys'))
    groups.setTags(group, Object.fromEntries(Object.entries(group.tags).filter(([key]) => !without.has(key))))
    return undefined
  },
}
