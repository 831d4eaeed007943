import { afterEach, describe, expect, it, vi } from 'vitest'
import type { LogEvent } from '../../../cloudwatch/event.ts'
import type { FollowState, HistoryItem, TailItem } from '../../../preload/contract/logs.ts'
import { createTail, type Tail, type TailOperations } from '../../../renderer/logs/tail.ts'

const group = '/aws/lambda/one'
const eventOf = (at: number): LogEvent => ({ id: `id-${at}`, stream: 's', at, ingested: at, message: `line ${at}` })
const events = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => eventOf(from + index))

const stateOf = (completeUpTo: number): FollowState => ({
  group,
  state: 'following',
  problem: null,
  completeUpTo,
  lookedAt: completeUpTo,
  ingestionDelayMs: null,
  latenessMs: 150_000,
  requestsPerMinute: 1,
  live: null,
})

/** A stream that a test feeds and ends. */
function createChannel<Item>(signal: AbortSignal) {
  const items: Item[] = []
  let wake = () => {}
  let end: { error: unknown } | null = null
  signal.addEventListener('abort', () => wake())
  return {
    send(...more: Item[]) {
      items.push(...more)
      wake()
    },
    end(error: unknown = new Error('The line is lost.')) {
      end = { error }
      wake()
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const item = items.shift()
        if (item !== undefined) yield item
        else if (signal.aborted) return
        else if (end) throw end.error
        else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    },
  }
}

interface Asked {
  readonly from: number
  readonly to: number
}

/** Main, as far as a tail sees it: the past holds an event for every millisecond. */
function createMain({ pageSize = 1000, slow = false } = {}) {
  const channels: ReturnType<typeof createChannel<TailItem>>[] = []
  const lives: boolean[] = []
  const asked: Asked[] = []
  let failing: unknown = null
  const operations: TailOperations = {
    async tail({ live }, { signal }) {
      lives.push(live)
      const channel = createChannel<TailItem>(signal)
      channels.push(channel)
      return channel
    },
    async history({ from, to }, { signal }) {
      asked.push({ from, to })
      return (async function* (): AsyncGenerator<HistoryItem> {
        for (let end = to; end > from; end -= pageSize) {
          if (failing !== null) throw failing
          if (slow) await new Promise((resolve) => setTimeout(resolve, 5))
          if (signal.aborted) return
          const start = Math.max(from, end - pageSize)
          yield { group, events: events(start, end).toReversed(), reachedDownTo: start, done: start === from }
        }
      })()
    },
  }
  return {
    operations,
    asked,
    lives,
    fail: (error: unknown) => {
      failing = error
    },
    channel: async (number: number) => {
      await vi.waitFor(() => expect(channels.length).toBeGreaterThan(number))
      const channel = channels[number]
      if (!channel) throw new Error('There is no such stream.')
      return channel
    },
  }
}

const tails: Tail[] = []
afterEach(() => {
  for (const tail of tails.splice(0)) tail.close()
})
function follow(main: ReturnType<typeof createMain>, backTo = 5_000): Tail {
  const tail = createTail(main.operations, { environment: 'prod', place: null, groups: [group] }, { live: false, backTo, backOff: () => 1 })
  tails.push(tail)
  return tail
}
const times = (tail: Tail) => tail.store.lines.map(({ at }) => at)
const span = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

describe('a tail', () => {
  it('reads back from the first window to as far as is wanted, and further when asked', async () => {
    const main = createMain()
    const tail = follow(main)
    const channel = await main.channel(0)
    channel.send({ type: 'window', group, from: 10_000, events: events(10_000, 10_050) }, { type: 'state', state: stateOf(10_050) })
    await vi.waitFor(() => expect(times(tail)).toEqual(span(5_000, 10_050)))
    expect(main.asked).toEqual([{ from: 5_000, to: 10_000 }])
    expect(tail.store.loadedFrom(group)).toBe(5_000)
    tail.readBack(2_000)
    await vi.waitFor(() => expect(times(tail)).toEqual(span(2_000, 10_050)))
    expect(main.asked.at(-1)).toEqual({ from: 2_000, to: 5_000 })
    await vi.waitFor(() => expect(tail.status.get().past.reading).toBe(false))
  })

  it('reads what a lost line kept from it, and takes a window in place of what it has', async () => {
    const main = createMain()
    const tail = follow(main, 9_000)
    const first = await main.channel(0)
    first.send(
      { type: 'window', group, from: 10_000, events: events(10_000, 10_050) },
      { type: 'events', group, events: events(10_050, 10_100) },
      { type: 'state', state: stateOf(10_080) },
    )
    await vi.waitFor(() => expect(times(tail)).toEqual(span(9_000, 10_100)))
    first.end()
    await vi.waitFor(() => expect(tail.status.get().connection).toBe('lost'))
    expect(times(tail)).toEqual(span(9_000, 10_100))
    const second = await main.channel(1)
    second.send({ type: 'window', group, from: 20_000, events: events(20_000, 20_010) }, { type: 'state', state: stateOf(20_005) })
    await vi.waitFor(() => expect(times(tail)).toEqual(span(9_000, 20_010)))
    expect(main.asked.at(-1)).toEqual({ from: 10_080, to: 20_000 })
    expect(tail.status.get()).toMatchObject({ connection: 'on', problem: null, past: { gaps: [] } })
  })

  it('reads a gap to its end although the line is lost again meanwhile', async () => {
    const main = createMain()
    const tail = follow(main, 9_000)
    const first = await main.channel(0)
    first.send({ type: 'window', group, from: 9_500, events: events(9_500, 10_000) }, { type: 'state', state: stateOf(10_000) })
    await vi.waitFor(() => expect(times(tail)).toEqual(span(9_000, 10_000)))
    first.end()
    main.fail(new Error('AWS does not answer.'))
    const second = await main.channel(1)
    second.send({ type: 'window', group, from: 15_000, events: events(15_000, 15_010) }, { type: 'state', state: stateOf(15_010) })
    await vi.waitFor(() => expect(tail.status.get().past.problem).not.toBeNull())
    expect(tail.status.get().past.gaps).toEqual([{ group, from: 10_000, to: 15_000 }])
    main.fail(null)
    second.end()
    const third = await main.channel(2)
    third.send({ type: 'window', group, from: 16_000, events: events(16_000, 16_010) }, { type: 'state', state: stateOf(16_010) })
    await vi.waitFor(() => expect(times(tail)).toEqual(span(9_000, 16_010)))
    expect(tail.status.get().past).toMatchObject({ gaps: [], problem: null })
  })

  it('stands still while paused, counts what waits, and takes it afterwards', async () => {
    const main = createMain()
    const tail = follow(main, 10_000)
    const channel = await main.channel(0)
    channel.send({ type: 'window', group, from: 10_000, events: events(10_000, 10_010) })
    await vi.waitFor(() => expect(times(tail)).toEqual(span(10_000, 10_010)))
    tail.pause()
    const { version } = tail.store
    channel.send({ type: 'events', group, events: events(10_010, 10_050) }, { type: 'state', state: stateOf(10_045) })
    await vi.waitFor(() => expect(tail.status.get().waiting).toBe(40))
    // Live Tail is asked for meanwhile: its window holds what is shown and what waits, and two more.
    tail.setLive(true)
    const second = await main.channel(1)
    second.send({ type: 'window', group, from: 10_000, events: events(10_000, 10_052) })
    await vi.waitFor(() => expect(tail.status.get().waiting).toBe(42))
    expect(tail.store.version).toBe(version)
    tail.resume()
    expect(times(tail)).toEqual(span(10_000, 10_052))
    expect(tail.status.get()).toMatchObject({ paused: false, waiting: 0 })
  })

  it('reads anew after a pause in which more came than it keeps', async () => {
    const main = createMain({ pageSize: 20_000 })
    const tail = follow(main, 10_000)
    const first = await main.channel(0)
    first.send({ type: 'window', group, from: 10_000, events: events(10_000, 10_010) }, { type: 'state', state: stateOf(10_010) })
    await vi.waitFor(() => expect(tail.store.lines.length).toBe(10))
    tail.pause()
    for (let at = 10_010; at < 70_010; at += 10_000) first.send({ type: 'events', group, events: events(at, at + 10_000) })
    await vi.waitFor(() => expect(tail.status.get().waiting).toBeNull())
    tail.resume()
    const second = await main.channel(1)
    second.send({ type: 'window', group, from: 70_000, events: events(70_000, 70_010) }, { type: 'state', state: stateOf(70_010) })
    await vi.waitFor(() => expect(times(tail)).toEqual(span(10_000, 70_010)))
  })

  it('stops reading back when told, and goes on when told', async () => {
    const main = createMain({ pageSize: 100, slow: true })
    const tail = follow(main, 0)
    const channel = await main.channel(0)
    channel.send({ type: 'window', group, from: 10_000, events: [] })
    await vi.waitFor(() => expect(tail.store.lines.length).toBeGreaterThan(0))
    tail.stopReading()
    expect(tail.status.get().past).toMatchObject({ stopped: true, reading: false })
    const reached = tail.store.loadedFrom(group)
    expect(reached).toBeGreaterThan(0)
    tail.readBack(0)
    await vi.waitFor(() => expect(times(tail)).toEqual(span(0, 10_000)), { timeout: 20_000 })
  })

  it('asks for Live Tail without losing what is loaded', async () => {
    const main = createMain()
    const tail = follow(main, 9_000)
    const first = await main.channel(0)
    first.send({ type: 'window', group, from: 9_500, events: events(9_500, 10_000) }, { type: 'state', state: stateOf(10_000) })
    await vi.waitFor(() => expect(times(tail)).toEqual(span(9_000, 10_000)))
    tail.setLive(true)
    const second = await main.channel(1)
    second.send({ type: 'window', group, from: 9_800, events: events(9_800, 10_020) })
    await vi.waitFor(() => expect(times(tail)).toEqual(span(9_000, 10_020)))
    expect(main.lives).toEqual([false, true])
  })

  it('says why nothing comes, and tries again', async () => {
    let attempts = 0
    const operations: TailOperations = {
      async tail() {
        attempts += 1
        throw new Error('prod stands on no AWS account.')
      },
      async history() {
        throw new Error('Nobody asks for the past before the first window.')
      },
    }
    const tail = createTail(operations, { environment: 'prod', place: null, groups: [group] }, { live: false, backTo: 0, backOff: () => 1 })
    tails.push(tail)
    await vi.waitFor(() => expect(attempts).toBeGreaterThan(2))
    expect(tail.status.get()).toMatchObject({ connection: 'lost', problem: { message: 'prod stands on no AWS account.' } })
  })
})
