import { expect, test } from 'vitest'
import type { LogEvent } from '../../../cloudwatch/event.ts'
import type { LogHub } from '../../../main/logs/hub.ts'
import { startLogs } from '../../practice/logs-cloud.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { openCutLine } from './cut-line.ts'
import { openHub, source } from './stage.ts'
import { createTestClock } from './test-clock.ts'

const perSecond = 2_000
const seconds = 500
const total = perSecond * seconds
const streams = 40
/** The latest that an event comes, and how many in a hundred come late. */
const mostLateMs = 120_000
const latePercent = 2

/** The same numbers in every run. */
function createChance(seed: number) {
  let state = seed
  return (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

/** A page: it holds what it was told, and counts how often it was told each event of those that it holds. */
function openPage(happened: Float64Array) {
  const held = new Uint8Array(total)
  const page = { held, completeUpTo: 0, windows: 0, repeated: 0, unknown: 0, leave: () => {}, ended: Promise.resolve() }
  const take = (events: readonly LogEvent[]) => {
    for (const { message } of events) {
      const number = Number.parseInt(message.slice(6), 10)
      const count = held[number]
      if (count === undefined) page.unknown += 1
      else if (count > 0) page.repeated += 1
      held[number] = 1
    }
  }
  const read = async (hub: LogHub, signal: AbortSignal) => {
    for await (const item of hub.follow(source, { live: false, everyMs: 1_000, signal })) {
      if (item.type === 'state') page.completeUpTo = Math.max(page.completeUpTo, item.state.completeUpTo ?? 0)
      else if (item.type === 'events') take(item.events)
      else {
        page.windows += 1
        // What it was told of later times is told again; what lies between is in the past now.
        const from = Math.min(page.completeUpTo, item.from)
        for (let number = 0; number < total; number++) if ((happened[number] ?? 0) >= from) held[number] = 0
        take(item.events)
        for await (const { events } of hub.history(source, { from, to: item.from, pattern: null }, signal)) take(events)
        page.completeUpTo = Math.max(page.completeUpTo, item.from)
      }
    }
  }
  return {
    page,
    follow(hub: LogHub) {
      const closing = new AbortController()
      page.leave = () => closing.abort()
      page.ended = read(hub, closing.signal)
    },
  }
}

test(`of ${total} events, ${latePercent} in a hundred up to ${mostLateMs / 1_000} s late, none is lost or repeated over 200 disconnects`, {
  timeout: 550_000,
}, async () => {
  const chance = createChance(20_261_121)
  const time = createTestClock()
  const cloud = await startLogs(await temporaryFolder(), { now: time.now, rates: {} })
  const line = await openCutLine(cloud.endpoint)
  const begin = time.now()
  const happened = new Float64Array(total)
  let made = 0
  let late = 0
  const writeSecond = () => {
    const lines = Array.from({ length: streams }, (): { at: number; message: string; lateMs: number }[] => [])
    for (let one = 0; one < perSecond; one++) {
      const at = time.now() + chance(1_000)
      const isLate = chance(100) < latePercent
      if (isLate) late += 1
      happened[made] = at
      const lateMs = isLate ? 5_000 + chance(mostLateMs - 5_000) : chance(3_000)
      lines[chance(streams)]?.push({ at, message: `event ${made++} of a function that runs`, lateMs })
    }
    for (const [index, some] of lines.entries()) cloud.writer.write(source.place.region, source.group, `stream-${index}`, some)
    if (made < total) time.clock.after(1_000, writeSecond)
  }
  writeSecond()

  const { page, follow } = openPage(happened)
  page.completeUpTo = begin
  let open = openHub(line.url, time.clock)
  follow(open.hub)
  let returns = 0
  /** The page loses its line to the console; or the console ends, and another one starts. */
  const leave = async (awayMs: number, forGood: boolean) => {
    page.leave()
    if (forGood) open.hub.close()
    await page.ended
    await time.pass(awayMs, open.settled)
    if (forGood) open = openHub(line.url, time.clock)
    follow(open.hub)
    returns += 1
  }
  const order = (kind: 'empty page' | 'throttled') =>
    cloud.faults.order({ fault: { kind }, service: 'logs', action: 'FilterLogEvents', times: 3 })
  for (let step = 0; line.cut + returns < 200 || made < total; step++) {
    await time.pass(1_000 + chance(3_000), open.settled)
    // The SDK asks three times: after three cuts the look itself has failed.
    if (step % 20 === 19) line.cuts += 3
    else if (step % 4 === 3) await leave(chance(15_000), false)
    else if (step % 40 === 20) await leave(1_000 + chance(30_000), true)
    else line.cuts += 1
    if (step % 10 === 5) order('empty page')
    if (step % 40 === 10) order('throttled')
  }
  line.cuts = 0
  // The latest are under way for two minutes, and are final half a minute after that.
  await time.pass(320_000, open.settled)

  const lost = page.held.reduce((count, told) => count + (told === 0 ? 1 : 0), 0)
  expect({ made, lost, repeated: page.repeated, unknown: page.unknown }).toEqual({ made: total, lost: 0, repeated: 0, unknown: 0 })
  expect(late).toBeGreaterThan(total / 60)
  expect({ cut: line.cut > 100, returns: returns > 20, windows: page.windows > 20 }).toEqual({ cut: true, returns: true, windows: true })
})
