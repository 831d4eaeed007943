import type { Params } from '../api.ts'
import { type Action, bareName } from './actions.ts'
import { wrongCombination, wrongValue } from './faults.ts'
import { filtersOf, pageOf } from './paging.ts'
import { renderEvent } from './render.ts'

const limits = { duration: 60, longest: 20_160 } as const
const sourceTypes = ['db-instance', 'db-snapshot', 'db-security-group', 'db-parameter-group', 'db-cluster', 'db-cluster-snapshot']

/** What happened: in the last hour, unless the call names another time. */
export const describeEvents: Action = async ({ state, now }, region, params) => {
  filtersOf(params, [])
  const kind = params.text('SourceType')
  const source = params.text('SourceIdentifier')
  if (kind !== undefined && !sourceTypes.includes(kind)) throw wrongValue(`Invalid source type: ${kind}`)
  if (source !== undefined && kind === undefined)
    throw wrongCombination('If SourceIdentifier is supplied, SourceType must also be provided.')
  const { from, to } = spanOf(params, now())
  const categories = params.texts('EventCategories')
  const kept = state()
    .events.map((event, index) => ({ event, key: `${event.at} ${String(index).padStart(6, '0')}` }))
    .filter(
      ({ event }) =>
        event.region === region &&
        Date.parse(event.at) >= from &&
        Date.parse(event.at) <= to &&
        (kind === undefined || event.kind === kind) &&
        (source === undefined || event.source === bareName(source)) &&
        (categories.length === 0 || event.categories.some((one) => categories.includes(one))),
    )
  const { items, marker } = pageOf(params, kept, ({ key }) => key)
  return { Events: { Event: items.map(({ event }) => renderEvent(event)) }, Marker: marker }
}

function spanOf(params: Params, now: Date): { readonly from: number; readonly to: number } {
  const start = timeOf(params, 'StartTime')
  const end = timeOf(params, 'EndTime')
  const duration = params.whole('Duration')
  if (duration !== undefined && (duration < 1 || duration > limits.longest)) {
    throw wrongValue(`Invalid value ${duration} for Duration. Must be between 1 and ${limits.longest}`)
  }
  if (start !== undefined && end !== undefined && start > end) throw wrongCombination('StartTime must be before EndTime.')
  const minutes = (duration ?? limits.duration) * 60_000
  if (start !== undefined) return { from: start, to: end ?? (duration === undefined ? now.getTime() : start + minutes) }
  const to = end ?? now.getTime()
  return { from: to - minutes, to }
}

function timeOf(params: Params, name: string): number | undefined {
  const text = params.text(name)
  if (text === undefined) return undefined
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw wrongValue(`Invalid value ${text} for ${name}. Must be a time in ISO 8601.`)
  return time
}
