import { describe, expect, test } from 'vitest'
import type { LogEvent } from '../../../cloudwatch/event.ts'
import { systemClock } from '../../../main/data/clock.ts'
import type { LogHub, Range } from '../../../main/logs/hub.ts'
import type { HistoryItem } from '../../../preload/contract/logs.ts'
import { jsonFault, startAwsEndpoint } from '../../support/aws-endpoint.ts'
import { failureOf } from '../aws/stage.ts'
import { scriptGroup } from './scripted-group.ts'
import { openHub, source } from './stage.ts'

const day = 24 * 60 * 60_000
const noon = Date.parse('2026-11-21T12:00:00Z')
/** Time that passes at once. */
const atOnce = { now: systemClock.now, after: (_ms: number, work: () => void) => systemClock.after(0, work) }

async function stage() {
  const endpoint = await startAwsEndpoint()
  const group = scriptGroup(endpoint)
  const { hub } = openHub(endpoint.url, atOnce)
  return { endpoint, group, hub }
}

/** Reads to the end; whatever an item claims to be complete is so. */
async function readAll(hub: LogHub, range: Partial<Range>, all: readonly LogEvent[], signal = new AbortController().signal) {
  const items: HistoryItem[] = []
  const held = new Map<string, LogEvent>()
  const { from, to, pattern } = { from: noon - day, to: noon, pattern: null, ...range }
  for await (const item of hub.history(source, { from, to, pattern }, signal)) {
    for (const event of item.events) {
      expect(held.has(event.id)).toBe(false)
      held.set(event.id, event)
    }
    const due = all.filter(({ at }) => at >= Math.max(from, item.reachedDownTo) && at < to)
    expect(due.filter(({ id }) => !held.has(id))).toEqual([])
    items.push(item)
  }
  expect(items.at(-1)).toMatchObject({ done: true, reachedDownTo: from })
  expect(items.filter(({ done }) => done)).toHaveLength(1)
  return { items, held }
}

describe('reading back', () => {
  test('it goes from the newest down, over pages that end within a millisecond, and leaves out the end of the range', async () => {
    const { group, hub } = await stage()
    group.manner.pageSize = 7
    for (let one = 0; one < 60; one++) group.put(noon - 5_000 + Math.floor(one / 5) * 100)
    group.put(noon, 'at the end')
    group.put(noon - day, 'at the beginning')
    const { items, held } = await readAll(hub, {}, group.events)
    expect(held.size).toBe(61)
    const times = items.flatMap(({ events }) => events.map(({ at }) => at))
    expect(times).toEqual(times.toSorted((one, other) => other - one))
    expect(items.length).toBeGreaterThan(8)
    expect(items[2]?.reachedDownTo).toBeLessThan(noon - 4_000)
  })

  test('empty pages are progress, not the end', async () => {
    const { group, hub } = await stage()
    Object.assign(group.manner, { emptyFirst: 4, pageSize: 10 })
    for (let one = 0; one < 25; one++) group.put(noon - 1_000 - one)
    const { items, held } = await readAll(hub, {}, group.events)
    expect(held.size).toBe(25)
    expect(items.slice(0, 4)).toEqual(
      Array.from({ length: 4 }, () => ({ group: source.group, events: [], reachedDownTo: noon, done: false })),
    )
  })

  test('an endpoint that knows no newest-first still gives all, and nothing is called complete before it is', async () => {
    const { group, hub } = await stage()
    Object.assign(group.manner, { knowsNewestFirst: false, pageSize: 10 })
    for (let one = 0; one < 55; one++) group.put(noon - 1_000 - one * 10)
    const { items, held } = await readAll(hub, {}, group.events)
    expect(held.size).toBe(55)
    expect(items.slice(0, -1).every(({ reachedDownTo }) => reachedDownTo === noon)).toBe(true)
  })

  test('what happened before 2024 is read too', async () => {
    const { endpoint, group, hub } = await stage()
    group.manner.pageSize = 5
    const newYear = Date.parse('2024-01-01T00:00:00Z')
    for (let one = 0; one < 30; one++) group.put(newYear - 15 * day + one * day)
    const { held, items } = await readAll(hub, { from: newYear - 100 * day, to: newYear + 100 * day }, group.events)
    expect(held.size).toBe(30)
    const times = items.flatMap(({ events }) => events.map(({ at }) => at))
    expect(times).toEqual(times.toSorted((one, other) => other - one))
    const wrong = endpoint.asked('FilterLogEvents').filter(({ body }) => {
      const asked = JSON.parse(body) as { startTime: number; startFromHead?: boolean }
      return asked.startFromHead === false && asked.startTime < newYear
    })
    expect(wrong).toEqual([])
  })

  test('a group that is not there has no past', async () => {
    const { group, hub } = await stage()
    group.manner.missing = true
    const { items } = await readAll(hub, {}, [])
    expect(items).toEqual([{ group: source.group, events: [], reachedDownTo: noon - day, done: true }])
  })

  test('throttling is waited out; a pattern that AWS refuses is told in its words', async () => {
    const { endpoint, group, hub } = await stage()
    group.put(noon - 1)
    const answer = group.answer
    const throttled = jsonFault('ThrottlingException', 'Rate exceeded')
    endpoint.answer('logs', 'FilterLogEvents', throttled, throttled, throttled, throttled, answer)
    const { held } = await readAll(hub, {}, group.events)
    expect(held.size).toBe(1)
    endpoint.answer('logs', 'FilterLogEvents', jsonFault('InvalidParameterException', 'Invalid character(s) in term "["'))
    const failure = await failureOf(readAll(hub, { pattern: '[' }, []))
    expect(failure.code).toBe('INVALID')
    expect(failure.message).toContain('Invalid character(s) in term')
  })

  test('pages that go round fail', async () => {
    const { group, hub } = await stage()
    group.put(noon - 1)
    group.manner.loops = true
    expect(await failureOf(readAll(hub, {}, []))).toMatchObject({ code: 'NOT_AWS' })
  })

  test('cancelling ends the request that is under way', async () => {
    const { endpoint, hub } = await stage()
    endpoint.answer('logs', 'FilterLogEvents', { trouble: 'silence' })
    const cancelling = new AbortController()
    const reading = readAll(hub, {}, [], cancelling.signal)
    await expect.poll(() => endpoint.asked('FilterLogEvents').length, { timeout: 20_000 }).toBe(1)
    cancelling.abort()
    expect(await failureOf(reading)).toMatchObject({ code: 'CANCELLED' })
  })
})
