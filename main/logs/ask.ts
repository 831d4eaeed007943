import { createHash } from 'node:crypto'
import type { LogEvent } from '../../cloudwatch/event.ts'
import { Failure } from '../../preload/contract/errors.ts'
import type { Aws } from '../aws/aws.ts'
import { listed } from '../aws/pages.ts'
import type { Source } from './hub.ts'
import { readEvent, type ToldEvent } from './read-event.ts'

/** The most events that CloudWatch puts on one page. */
export const pageEvents = 10_000
/** CloudWatch puts a megabyte on a page; with room for one event as long as they may be. What sends more would fill this machine's memory. */
const pageCharacters = 4_000_000

export interface Asked {
  readonly from: number
  /** Exclusive; null has no end. */
  readonly to: number | null
  /** Of the page before; the rest of what is asked stays as it was. */
  readonly token: string | null
  readonly newestFirst?: boolean
  /** CloudWatch's filter pattern; null finds everything. */
  readonly pattern?: string | null
}

export interface Page {
  readonly events: LogEvent[]
  /** Null at the end of the range, and only there: a page may be short or empty before it. */
  readonly next: string | null
}

export interface Asking {
  readonly signal: AbortSignal
  readonly background: boolean
}

/** One page of FilterLogEvents. Fails as AWS does. */
export async function readPage(aws: Pick<Aws, 'logs'>, { place, group }: Source, asked: Asked, asking: Asking): Promise<Page> {
  const { from, to, token, newestFirst = false, pattern = null } = asked
  const what = `read the log group ${group}`
  const { FilterLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs')
  const command = new FilterLogEventsCommand({
    logGroupName: group,
    startTime: Math.floor(from),
    // CloudWatch includes it and others may not: what lies on it is taken out here.
    ...(to === null ? {} : { endTime: Math.ceil(to) }),
    ...(token === null ? {} : { nextToken: token }),
    ...(newestFirst ? { startFromHead: false } : {}),
    ...(pattern === null || pattern === '' ? {} : { filterPattern: pattern }),
  })
  const answer = await aws.logs({ place, what, ...asking }, (client, options) => client.send(command, options))
  const next = answer.nextToken ?? ''
  const events = listed(answer.events, what).map((one) => toEvent(one, what))
  requirePage(events, what)
  const isAsked = ({ at }: LogEvent) => at >= Math.floor(from) && (to === null || at < to)
  return { events: events.filter(isAsked), next: next === '' ? null : next }
}

function requirePage(events: readonly LogEvent[], what: string): void {
  const characters = events.reduce((sum, { message }) => sum + message.length, 0)
  if (events.length <= pageEvents && characters <= pageCharacters) return
  throw new Failure(
    'NOT_AWS',
    `Basepair could not ${what}: the answer holds more than CloudWatch puts on one page. Something else answers.`,
  )
}

function toEvent(told: ToldEvent, what: string): LogEvent {
  const { id, ...event } = readEvent(told, what)
  return { ...event, id: id ?? madeUpId(event) }
}

/** AWS names every event; what stands for it may not. */
const madeUpId = ({ stream, at, ingested, message }: Omit<LogEvent, 'id'>) =>
  `none-${createHash('sha256')
    .update(JSON.stringify([stream, at, ingested, message]))
    .digest('hex')
    .slice(0, 32)}`

/** Keeps the tokens of one reading and fails where one comes twice, instead of going round for ever. */
export function tokenGuard(group: string): (token: string) => void {
  const seen = new Set<string>()
  return (token) => {
    // A token may be as long as an answer, and a reading may have many.
    const mark = token.length > 200 ? createHash('sha256').update(token).digest('base64') : token
    if (seen.has(mark)) {
      const message = `Basepair could not read the log group ${group}: the answer named the same next page twice. Look again in a moment.`
      throw new Failure('NOT_AWS', message)
    }
    seen.add(mark)
  }
}

/** A group that is not there, which is no error: CloudWatch makes it with the first event. */
export const isMissingGroup = (error: unknown): boolean =>
  error instanceof Failure && error.data?.source?.code === 'ResourceNotFoundException'
