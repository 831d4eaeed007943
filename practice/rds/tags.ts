import type { Params } from '../api.ts'
import type { Rds } from './actions.ts'
import { type Action, bareName, required } from './actions.ts'
import { notFound, snapshotNotFound, wrongValue } from './faults.ts'
import { renderTags } from './render.ts'
import type { DbInstance, Tag } from './state.ts'

/** The tags that a call gives. Fails for what AWS would not take. */
export function tagsOf(params: Params): Tag[] {
  const tags = params.groups('Tags').map((one) => ({ key: one.text('Key') ?? '', value: one.text('Value') ?? '' }))
  for (const { key, value } of tags) {
    if (key === '' || key.length > 128 || value.length > 256 || /^aws:/i.test(key)) throw wrongValue(`Invalid tag: ${key}`)
  }
  if (tags.length > 50) throw wrongValue('A resource cannot have more than 50 tags.')
  return tags
}

/** The instance whose ARN the call names; tags of other resources are not kept here. */
function tagged(rds: Rds, region: string, params: Params): DbInstance {
  const arn = required(params, 'ResourceName')
  const kind = /^arn:aws:rds:[a-z0-9-]+:\d{12}:([a-z-]+):[\w:.-]+$/.exec(arn)?.[1]
  if (kind === undefined) throw wrongValue(`Invalid resource name: ${arn}`)
  if (kind === 'snapshot') throw snapshotNotFound(bareName(arn))
  if (kind !== 'db') throw notFound(bareName(arn))
  return rds.fleet.find(region, bareName(arn))
}

export const listTags: Action = async (rds, region, params) => ({ TagList: renderTags(tagged(rds, region, params).tags) })

export const addTags: Action = async (rds, region, params) => {
  const instance = tagged(rds, region, params)
  const given = tagsOf(params)
  const kept = instance.tags.filter(({ key }) => !given.some((one) => one.key === key))
  await rds.fleet.change(instance, { tags: [...kept, ...given] })
  return undefined
}

export const removeTags: Action = async (rds, region, params) => {
  const instance = tagged(rds, region, params)
  const keys = params.texts('TagKeys')
  await rds.fleet.change(instance, { tags: instance.tags.filter(({ key }) => !keys.includes(key)) })
  return undefined
}
