import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogEvent } from '../../../cloudwatch/event.ts'
import { createLogStore, type LogStore, type WritableLogStore } from '../../../renderer/logs/log-store.ts'
import { compareLines } from '../../../renderer/logs/sorted-lines.ts'

const groups = ['/aws/lambda/one', '/aws/lambda/two']

/** Few moments and few ids, so that many stand at the same place but for their ids. */
const eventOf = (at: number, number: number): LogEvent => ({
  id: `id-${at}-${number}`,
  stream: `stream ${number % 3}`,
  at,
  ingested: at + (number % 4) * 7,
  message: `line ${number} of ${at}`,
})
const anEvent = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 12 })).map(([at, number]) => eventOf(at, number))
const someEvents = fc.uniqueArray(anEvent, { selector: ({ id }) => id, maxLength: 40 })
const aStep = fc.record({
  group: fc.constantFrom(...groups),
  kind: fc.constantFrom('add' as const, 'window' as const, 'past' as const),
  from: fc.integer({ min: 0, max: 60 }),
  events: someEvents,
})

const keyOf = (group: string, { id }: LogEvent) => `${group} ${id}`
const keys = (store: LogStore) => store.lines.map((line) => keyOf(line.group, line))

/** Everything that the store tells of itself agrees with its lines. */
function expectWhole(store: LogStore) {
  expect(store.lines).toEqual(store.lines.toSorted(compareLines))
  expect(new Set(keys(store)).size).toBe(store.lines.length)
  expect(store.characters).toBe(store.lines.reduce((sum, { message }) => sum + message.length, 0))
  const byStream = store.streams().map(({ group, stream, lines }) => {
    expect(lines.length).toBeGreaterThan(0)
    expect(lines).toEqual(store.lines.filter((line) => line.group === group && line.stream === stream))
    return lines.length
  })
  expect(byStream.reduce((sum, count) => sum + count, 0)).toBe(store.lines.length)
}

/** Keeps a copy up to date by `changedFrom` alone. */
function createCopy(source: Pick<LogStore, 'lines' | 'version' | 'changedFrom'>) {
  let version = source.version
  let copy = [...source.lines]
  return () => {
    const from = source.changedFrom(version)
    version = source.version
    if (Number.isFinite(from)) copy = [...copy.slice(0, from), ...source.lines.slice(from)]
    expect(copy).toEqual(source.lines)
  }
}

function take(store: WritableLogStore, { group, kind, from, events }: typeof aStep extends fc.Arbitrary<infer T> ? T : never) {
  if (kind === 'add') store.add(group, events)
  else if (kind === 'past') store.addPast(group, events, from)
  else {
    store.replaceFrom(
      group,
      from,
      events.filter(({ at }) => at >= from),
    )
  }
}

describe('the loaded lines', () => {
  it('stand in order and once, in whatever order they come, and again', async () => {
    await fc.assert(
      fc.property(someEvents, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 12 }), (events, cuts) => {
        const store = createLogStore()
        for (const [from, length] of cuts) store.add('/aws/lambda/one', events.slice(from % (events.length + 1)).slice(0, length % 20))
        store.add('/aws/lambda/one', events.toReversed())
        expectWhole(store)
        expect(new Set(keys(store))).toEqual(new Set(events.map((event) => keyOf('/aws/lambda/one', event))))
      }),
    )
  })

  it('are what batches, windows and pages of the past say, whatever their order', async () => {
    await fc.assert(
      fc.property(fc.array(aStep, { maxLength: 14 }), (steps) => {
        const store = createLogStore()
        const check = createCopy(store)
        const model = new Map<string, number>()
        for (const step of steps) {
          take(store, step)
          if (step.kind === 'window') for (const [key, at] of model) if (key.startsWith(step.group) && at >= step.from) model.delete(key)
          for (const event of step.events)
            if (step.kind !== 'window' || event.at >= step.from) model.set(keyOf(step.group, event), event.at)
          check()
        }
        expectWhole(store)
        expect(new Set(keys(store))).toEqual(new Set(model.keys()))
      }),
    )
  })

  it('tell from where on they changed, also of one stream, to those who look rarely', async () => {
    await fc.assert(
      fc.property(fc.array(aStep, { maxLength: 14 }), fc.integer({ min: 1, max: 5 }), (steps, every) => {
        const store = createLogStore({ lines: 60, characters: 100_000 })
        const check = createCopy(store)
        const checks = new Map<unknown, () => void>()
        steps.forEach((step, index) => {
          take(store, step)
          if (index % every !== 0) return
          check()
          for (const stream of store.streams()) {
            if (!checks.has(stream)) checks.set(stream, createCopy(stream))
            checks.get(stream)?.()
          }
        })
        check()
      }),
    )
  })

  it('let the oldest go and say from when on they are whole', async () => {
    await fc.assert(
      fc.property(fc.array(aStep, { minLength: 1, maxLength: 14 }), fc.integer({ min: 1, max: 30 }), (steps, limit) => {
        const store = createLogStore({ lines: limit, characters: 400 })
        const everything = new Map<string, LogEvent & { group: string }>()
        for (const { group, events } of steps) {
          store.add(group, events)
          for (const event of events) everything.set(keyOf(group, event), { ...event, group })
        }
        expectWhole(store)
        expect(store.lines.length).toBeLessThanOrEqual(limit)
        expect(store.characters).toBeLessThanOrEqual(400)
        // The newest of those that came last are there: what went was older than what stayed when it went.
        if (store.dropped === 0) expect(store.lines.length).toBe(everything.size)
      }),
    )
  })

  it('say of a page of the past that finds no room', () => {
    const store = createLogStore({ lines: 100, characters: 100_000 })
    const many = (from: number, count: number) => Array.from({ length: count }, (_, index) => eventOf(from + index, 1))
    store.replaceFrom('/aws/lambda/one', 1000, many(1000, 60))
    expect(store.loadedFrom('/aws/lambda/one')).toBe(1000)
    expect(store.addPast('/aws/lambda/one', many(970, 30), 970)).toBe(true)
    expect(store.loadedFrom('/aws/lambda/one')).toBe(970)
    expect(store.addPast('/aws/lambda/one', many(940, 30), 940)).toBe(false)
    expect(store.lines.length).toBe(95)
    expect(store.loadedFrom('/aws/lambda/one')).toBe(965)
    expect(store.dropped).toBe(25)
  })

  it('change nothing where nothing new comes', () => {
    const store = createLogStore()
    store.add('/aws/lambda/one', [eventOf(1, 1), eventOf(2, 1)])
    const { version } = store
    store.add('/aws/lambda/one', [eventOf(1, 1), eventOf(2, 1)])
    expect(store.version).toBe(version)
    expect(store.changedFrom(version)).toBe(Number.POSITIVE_INFINITY)
  })
})
