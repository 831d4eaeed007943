import type { ApiRequest, Tree } from '../api.ts'
import { between, type ReadDeps } from './filter.ts'
import type { Stream } from './groups.ts'
import { chosenGroup, groupArn, streamArn, whole } from './names.ts'
import { invalid } from './refusals.ts'

const most = 50

/** DescribeLogGroups. With a pattern AWS leaves out all but name, ARN and time of creation. */
export function describeLogGroups({ groups, tokens }: ReadDeps, { region, params }: ApiRequest): Tree {
  const prefix = params.text('logGroupNamePrefix')
  const pattern = params.text('logGroupNamePattern')
  const logClass = params.text('logGroupClass')
  if (prefix !== undefined && pattern !== undefined)
    throw invalid('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.')
  const limit = whole(params, 'limit', 1, most) ?? most
  const asked = [region, 'groups', prefix, pattern, logClass]
  const token = params.text('nextToken')
  const found = groups
    .list(region, token === undefined ? '' : tokens.read(asked, token))
    .filter((one) => one.name.startsWith(prefix ?? '') && one.name.includes(pattern ?? '') && one.logClass === (logClass ?? one.logClass))
  const page = found.slice(0, limit)
  return {
    logGroups: page.map((group) => {
      const { name, created, retention } = group
      const told = { logGroupName: name, creationTime: created, arn: `${groupArn(region, name)}:*` }
      if (pattern !== undefined) return told
      return {
        ...told,
        retentionInDays: retention ?? undefined,
        metricFilterCount: 0,
        storedBytes: groups.storedBytes(group),
        logGroupClass: group.logClass,
        logGroupArn: groupArn(region, name),
      }
    }),
    nextToken: found.length > limit ? tokens.write(asked, page.at(-1)?.name ?? '') : undefined,
  }
}

/** DescribeLogStreams. What it tells of a stream's events is only so new as `staleMs`. */
export function describeLogStreams(deps: ReadDeps & { readonly staleMs: number }, { region, params }: ApiRequest): Tree {
  const { groups, tokens, now, staleMs } = deps
  const group = groups.get(region, chosenGroup(params, region))
  const prefix = params.text('logStreamNamePrefix')
  const order = params.text('orderBy') ?? 'LogStreamName'
  if (order !== 'LogStreamName' && order !== 'LastEventTime') throw invalid(`orderBy must be LogStreamName or LastEventTime, not ${order}.`)
  if (prefix !== undefined && order === 'LastEventTime') throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix.')
  const limit = whole(params, 'limit', 1, most) ?? most
  const descending = params.flag('descending') === true
  const asked = [group.id, 'streams', prefix, order, descending]
  const token = params.text('nextToken')
  const start = token === undefined ? 0 : Number(tokens.read(asked, token))
  const tell = (stream: Stream) => (now() - stream.toldAt < staleMs ? stream : toldAnew(deps, stream))
  const found = groups.streams(group).filter(({ name }) => name.startsWith(prefix ?? ''))
  const byName = (a: Stream, b: Stream) => (a.name < b.name ? -1 : 1)
  const byTime = (a: Stream, b: Stream) => (a.toldLast ?? a.created) - (b.toldLast ?? b.created) || byName(a, b)
  const sorted = order === 'LogStreamName' ? found.toSorted(byName) : found.map(tell).sort(byTime)
  const page = (descending ? sorted.reverse() : sorted).slice(start, start + limit)
  return {
    logStreams: page.map(tell).map(({ name, created, toldFirst, toldLast, toldIngested }) => ({
      logStreamName: name,
      creationTime: created,
      firstEventTimestamp: toldFirst ?? undefined,
      lastEventTimestamp: toldLast ?? undefined,
      lastIngestionTime: toldIngested ?? undefined,
      uploadSequenceToken: String(created).padStart(56, '4'),
      arn: streamArn(region, group.name, name),
      storedBytes: 0,
    })),
    nextToken: found.length > start + limit ? tokens.write(asked, String(start + limit)) : undefined,
  }
}

function toldAnew({ groups, events, now }: ReadDeps, stream: Stream): Stream {
  const end = (descending: boolean): number | null => {
    const range = between(descending, 0, Number.MAX_SAFE_INTEGER, null)
    for (const { at } of events.range({ of: { stream: stream.id }, ...range, now: now() })) return at
    return null
  }
  const toldLast = end(true)
  const toldIngested = toldLast === null || stream.ingested === null ? null : Math.min(stream.ingested, now())
  const anew = { ...stream, toldAt: now(), toldFirst: end(false), toldLast, toldIngested }
  groups.tell(stream, anew.toldAt, anew.toldFirst, toldLast, toldIngested)
  return anew
}
