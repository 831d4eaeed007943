import { type Page, pageEvents, tokenGuard } from './ask.ts'

/** How long after it happened CloudWatch may be told of an event: what comes later may be missed. Measured: below this some are lost. */
export const latenessMs = 150_000

/** Further behind than this, the time up to now is read in parts. */
const behindMs = 60_000
/** More pages than these are not read again for what is late in them, but once, when it is late enough. */
const mostPages = 20
const firstPart = 10 * 60_000
const leastPart = 60_000
const widest = 10_000
const narrowest = 500

/** One range that is read page by page. */
export interface Reading {
  /** `sweep`: everything that is not final yet. `quick`: the newest only, while a sweep takes several looks. */
  readonly kind: 'sweep' | 'quick'
  readonly from: number
  readonly to: number | null
  readonly token: string | null
  readonly pages: number
  readonly events: number
  /** When its first page was asked for, by AWS' clock. */
  readonly begunAt: number
  readonly guard: (token: string) => void
}

/**
 * Decides what the next look asks for. All events before `frontier` are final: they were looked for when nothing could come to them any more,
 * and are never asked for again. Everything from there on is swept over and over, so that what is late comes too; a sweep that fits on one page is
 * one look. One that does not is read a page a look, and every other look goes to the newest events. The frontier moves only where a range
 * was read to its end.
 */
export function createLooks(group: string, from: number) {
  let frontier = from
  let sweep: Reading | null = null
  let quick: Reading | null = null
  let last: Reading['kind'] = 'quick'
  /** The last sweep took more than one page, so the next has an end; a range that grows while it is read might have none. */
  let large = false
  let pagesPerMs = 0
  let part = firstPart
  let newest = 0
  let width = widest
  let quickAt = 0

  const begin = (kind: Reading['kind'], start: number, to: number | null, time: number): Reading => ({
    kind,
    from: start,
    to,
    token: null,
    pages: 0,
    events: 0,
    begunAt: time,
    guard: tokenGuard(group),
  })

  const behind = (time: number) => time - latenessMs - frontier

  const newSweep = (time: number): Reading => {
    if (!large) return begin('sweep', frontier, null, time)
    const final = time - latenessMs
    if (behind(time) > behindMs) return begin('sweep', frontier, Math.min(frontier + part, final), time)
    const whole = pagesPerMs * (time - frontier) <= mostPages || final <= frontier
    return begin('sweep', frontier, whole ? time : final, time)
  }

  const newQuick = (time: number): Reading => {
    const start = Math.max(frontier, Math.min(newest, time) - width, time - behindMs)
    return begin('quick', start, null, time)
  }

  const endSweep = (reading: Reading) => {
    const { to, pages, events, begunAt } = reading
    sweep = null
    frontier = Math.max(frontier, Math.min(to ?? begunAt, begunAt - latenessMs))
    if (to === null) return
    pagesPerMs = pages / Math.max(1, to - reading.from)
    if (pages === 1) part *= 2
    else if (pages > 4) part = Math.max(leastPart, part / 2)
    large = pages > 1 || events > pageEvents / 2 || to < begunAt
  }

  const continued = (reading: Reading, page: Page): Reading => {
    if (page.next !== null) reading.guard(page.next)
    return { ...reading, token: page.next, pages: reading.pages + 1, events: reading.events + page.events.length }
  }

  return {
    get frontier() {
      return frontier
    },
    /** Whether what happened in the meantime is being read up. */
    isBehind: (time: number) => large && behind(time) > behindMs,
    /** What to ask for now. `time` is AWS' clock. */
    next(time: number): Reading {
      const due = last === 'sweep' && (behind(time) <= behindMs || time - quickAt >= 1_000)
      if (large && due) {
        quick ??= newQuick(time)
        quickAt = time
        return quick
      }
      sweep ??= newSweep(time)
      return sweep
    },
    /** What came. `begunAt` is when it was asked for by AWS' clock, as far as the answer's own date tells that better. Fails where the answers go round. */
    read(reading: Reading, page: Page, begunAt: number): void {
      last = reading.kind
      const first = reading.pages === 0 ? { ...reading, begunAt: Math.min(reading.begunAt, begunAt) } : reading
      const done = continued(first, page)
      for (const { at } of page.events) newest = Math.max(newest, at)
      if (reading.kind === 'quick') {
        // An empty page is not the end; a full one is, since the next look begins where it ends.
        quick = done.token !== null && page.events.length === 0 ? done : null
        if (done.token !== null && page.events.length > 0) width = Math.max(narrowest, width / 2)
        else if (done.events < pageEvents / 3) width = Math.min(widest, width * 1.5)
      } else if (done.token === null) endSweep(done)
      else if (done.to === null) {
        // It does not fit on a page: it begins anew, with an end.
        large = true
        sweep = null
      } else sweep = done
    },
    /** A token that AWS does not take (any more): what it stood for is read from its beginning. */
    restart(reading: Reading): void {
      if (reading.kind === 'quick') quick = null
      else sweep = null
    },
  }
}
