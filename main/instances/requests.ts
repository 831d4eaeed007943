import * as z from 'zod'
import { change } from '../../preload/contract/instances.ts'
import { standingOf } from '../../preload/contract/instances-words.ts'

/** AWS shows a change to every reader within this time; until then an answer may be older than the change. Milliseconds. */
export const visibleWithinMs = 180_000

/** Stands for the status of what AWS does not list. */
export const absent = 'absent'

/** A change that AWS was asked for. Times are milliseconds since 1970. */
export const request = z.object({
  action: change.shape.action,
  by: change.shape.by,
  requestedAt: z.number(),
  /** When AWS had answered, or was no longer waited for; null while it is being asked. */
  sentAt: z.number().nullable(),
  /** The statuses that an answer from before the request can show. */
  stale: z.array(z.string()),
  /** Whether an answer showed that AWS carries it out. */
  visible: z.boolean(),
  /** Whether it reached its end. It is remembered until no older answer can come any more. */
  settled: z.boolean(),
})
export type Request = z.infer<typeof request>

/** A status that was seen, and when another one took its place; null for the present one. */
export interface Past {
  readonly status: string
  readonly until: number | null
}

/** A new request, with what answers from before it can show. */
export function begin(
  what: Pick<Request, 'action' | 'by'>,
  before: { readonly status: string; readonly past: readonly Past[]; readonly last: Request | null },
  now: number,
  lagMs = visibleWithinMs,
): Request {
  const since = now - lagMs
  const past = before.past.filter(({ until }) => until === null || until > since).map(({ status }) => status)
  const earlier = before.last !== null && (before.last.sentAt ?? now) > since ? before.last.stale : []
  const stale = [...new Set([before.status, ...past, ...earlier])]
  return { ...what, requestedAt: now, sentAt: null, stale, visible: false, settled: false }
}

const goals = { start: 'available', stop: 'stopped', create: 'available', delete: absent, modify: 'available' } as const

export interface Reading {
  /** What is remembered from now on; null once it says nothing any more. */
  readonly request: Request | null
  /** False where the answer may be older than the request. */
  readonly trusted: boolean
  /** How it ended where that was not as asked; a part of a sentence that names the instance before. */
  readonly ended: string | null
}

/** When an answer asked for after this time is surely newer than the request. `doubtMs` holds once the change was visible, `lagMs` always. */
export const sureFrom = (one: Request, now: number, doubtMs: number, lagMs = visibleWithinMs): number =>
  (one.sentAt ?? now) + (one.visible ? Math.min(doubtMs, lagMs) : lagMs)

/** What an answer means beside the request that was made before. `askedAt`: when AWS was asked for it. */
export function read(
  last: Request | null,
  status: string,
  askedAt: number,
  now: number,
  doubtMs: number,
  lagMs = visibleWithinMs,
): Reading {
  if (last === null) return { request: null, trusted: true, ended: null }
  const sure = askedAt > sureFrom(last, now, doubtMs, lagMs)
  if (askedAt < last.requestedAt || (!sure && last.stale.includes(status))) return { request: last, trusted: false, ended: null }
  if (last.settled) return { request: sure ? null : last, trusted: true, ended: null }
  const reached = status === goals[last.action]
  if (reached) return { request: sure ? null : { ...last, visible: true, settled: true }, trusted: true, ended: null }
  const ended = endOf(last, status, sure)
  if (ended !== null) return { request: null, trusted: true, ended: last.action === 'modify' ? null : ended }
  return { request: { ...last, visible: true }, trusted: true, ended: null }
}

/** Null while the request goes on. */
function endOf(last: Request, status: string, sure: boolean): string | null {
  const asked = `was asked to ${last.action}`
  if (status === absent) return last.action === 'create' && !sure ? null : `${asked}, and AWS does not list it any more.`
  const standing = standingOf(status)
  if (standing === 'broken') return `${asked}, and is ${status}.`
  const rests = standing === 'available' || standing === 'stopped'
  if (!rests || !sure) return null
  return last.visible ? `${asked}, and is ${status} again.` : `${asked}, and AWS has not shown it since: it is ${status}.`
}
