import { describe, expect, test } from 'vitest'
import { startAwsEndpoint } from '../../support/aws-endpoint.ts'
import { scriptGroup } from './scripted-group.ts'
import { openHub, openReader, source } from './stage.ts'
import { createTestClock } from './test-clock.ts'

async function stage() {
  const endpoint = await startAwsEndpoint()
  const group = scriptGroup(endpoint)
  const time = createTestClock()
  const { hub, settled, said } = openHub(endpoint.url, time.clock)
  return { endpoint, group, time, hub, said, pass: (ms: number) => time.pass(ms, settled) }
}

describe('following a group', () => {
  test('what is there comes as a window, then each event once, late ones too', async () => {
    const { group, time, hub, pass } = await stage()
    group.put(time.now() - 60_000, 'before')
    const reader = openReader(hub)
    await pass(1_500)
    expect(reader.items.slice(0, 2)).toEqual(['state', 'window'])
    group.put(time.now() - 100, 'new')
    await pass(2_000)
    group.put(time.now() - 120_000, 'late', 120_000)
    await pass(5_000)
    expect([...reader.held.values()].map(({ message }) => message).sort()).toEqual(['before', 'late', 'new'])
    expect(reader.repeated).toBe(0)
    expect(reader.state).toMatchObject({ state: 'following', problem: null, latenessMs: 150_000 })
  })

  test('everything up to what the state names is there, and stays out of later looks', async () => {
    const { endpoint, group, time, hub, pass } = await stage()
    const reader = openReader(hub)
    await pass(400_000)
    const complete = reader.state?.completeUpTo ?? 0
    expect(complete).toBeGreaterThan(time.now() - 155_000)
    expect(complete).toBeLessThanOrEqual(time.now() - 150_000)
    const last = endpoint.asked('FilterLogEvents').at(-1)
    expect(JSON.parse(last?.body ?? '{}')).toMatchObject({ startTime: expect.any(Number), logGroupName: source.group })
    expect(group.looks()).toBeLessThanOrEqual(401)
  })

  test('a group that is not there is a state, and is followed from its first event once it is', async () => {
    const { group, time, hub, pass } = await stage()
    group.manner.missing = true
    const reader = openReader(hub)
    await pass(600_000)
    expect(reader.state).toMatchObject({ state: 'missing', problem: null })
    group.put(time.now() - 400_000, 'from before it was made')
    group.put(time.now(), 'first')
    group.manner.missing = false
    await pass(10_000)
    expect([...reader.held.values()].map(({ message }) => message)).toEqual(['from before it was made', 'first'])
    expect(reader.state?.state).toBe('following')
  })

  test('each millisecond is either in the window or in the past before it, whenever somebody comes', async () => {
    const { group, time, hub, pass } = await stage()
    const first = time.now() - 165_000
    const last = time.now() - 135_000
    for (let at = first; at <= last; at += 1) group.put(at)
    for (let reader = 0; reader < 3; reader += 1) {
      const one = openReader(hub)
      await pass(1_500)
      const from = one.from ?? 0
      expect(from).toBeGreaterThan(first)
      expect(from).toBeLessThan(last)
      const past: string[] = []
      const read = async () => {
        const range = { from: first, to: from, pattern: null }
        for await (const page of hub.history(source, range, new AbortController().signal)) past.push(...page.events.map(({ id }) => id))
      }
      const reading = read()
      await pass(3_500)
      await reading
      const all = [...past, ...one.held.keys()]
      expect(one.repeated).toBe(0)
      expect(new Set(all).size).toBe(all.length)
      expect(all).toHaveLength(group.events.length)
      one.leave()
    }
  })

  test('several followers of a group count for one, and one who comes later gets what is known', async () => {
    const { group, time, hub, pass } = await stage()
    group.put(time.now() - 1_000)
    const first = openReader(hub)
    await pass(3_000)
    const others = Array.from({ length: 5 }, () => openReader(hub, { everyMs: 5_000 }))
    const before = group.looks()
    await pass(60_000)
    expect(group.looks() - before).toBeLessThanOrEqual(60)
    group.put(time.now())
    await pass(2_000)
    for (const one of [first, ...others]) expect(one.held.size).toBe(2)
  })

  test('ten groups of a place share four requests a second', async () => {
    const { group, time, hub, pass } = await stage()
    const readers = Array.from({ length: 10 }, (_, index) => openReader(hub, {}, { ...source, group: `group-${index}` }))
    await pass(5_000)
    const before = group.looks()
    await pass(60_000)
    expect(group.looks() - before).toBeLessThanOrEqual(240)
    group.put(time.now())
    await pass(5_000)
    for (const one of readers) expect(one.held.size).toBe(1)
  })

  test('nobody looks while nobody follows, and who comes back within a minute misses nothing', async () => {
    const { group, time, hub, pass } = await stage()
    const first = openReader(hub)
    await pass(3_000)
    first.leave()
    await first.ended
    await pass(2_000)
    const before = group.looks()
    await pass(30_000)
    expect(group.looks()).toBe(before)
    group.put(time.now() - 20_000)
    const second = openReader(hub)
    await pass(2_000)
    expect(second.held.size).toBe(1)
  })

  test('after an hour of sleep everything of it is read', async () => {
    const { group, time, hub, pass } = await stage()
    group.manner.pageSize = 100
    const reader = openReader(hub)
    await pass(5_000)
    for (let at = 0; at < 3_600_000; at += 1_000) group.put(time.now() + at)
    time.sleep(3_600_000)
    hub.wake()
    await pass(120_000)
    expect(reader.states).toContain('catching_up')
    expect(reader.held.size).toBe(3_600)
    expect(reader.repeated).toBe(0)
    expect(reader.state?.state).toBe('following')
  })

  test('pages that are short or empty are no end', async () => {
    const { group, time, hub, pass } = await stage()
    Object.assign(group.manner, { pageSize: 7, emptyFirst: 3 })
    for (let one = 0; one < 40; one++) group.put(time.now() - 100_000 + one * 1_000)
    const reader = openReader(hub)
    await pass(60_000)
    expect(reader.held.size).toBe(40)
    expect(group.looks()).toBeLessThanOrEqual(61)
    group.put(time.now())
    group.put(time.now() + 3_600_000, 'from a clock that is ahead')
    await pass(60_000)
    expect(reader.held.size).toBe(42)
    expect(reader.repeated).toBe(0)
  })

  test('pages that go round are told, not followed for ever', async () => {
    const { group, time, hub, pass } = await stage()
    group.put(time.now())
    group.manner.loops = true
    const reader = openReader(hub)
    await pass(30_000)
    expect(reader.state).toMatchObject({ state: 'trouble', problem: { code: 'NOT_AWS' } })
    group.manner.loops = false
    await pass(60_000)
    expect(reader.state).toMatchObject({ state: 'following', problem: null })
    expect(reader.held.size).toBe(1)
  })

  test.each([false, true])('a clock that is ten minutes ahead loses nothing (the group is missing at first: %s)', async (missing) => {
    const { group, time, hub, pass } = await stage()
    Object.assign(group.manner, { behindMs: 600_000, missing })
    const reader = openReader(hub)
    await pass(3_000)
    group.manner.missing = false
    for (let one = 0; one < 20; one++) {
      group.put(time.now() - 600_000)
      await pass(5_000)
    }
    expect({ held: reader.held.size, repeated: reader.repeated }).toEqual({ held: 20, repeated: 0 })
    expect(reader.state?.completeUpTo).toBeLessThanOrEqual(time.now() - 750_000)
  })

  test('a reader who is far too slow gets everything in the end, and is held no more than so much of it', async () => {
    const { group, time, hub, pass } = await stage()
    const closing = new AbortController()
    const slow = hub.follow(source, { live: false, everyMs: 5_000, signal: closing.signal })
    const held = new Map<string, number>()
    const take = async (): Promise<string> => {
      const next = slow.next()
      await pass(1_000)
      const { value } = await next
      if (value === undefined) return 'end'
      if (value.type === 'window') for (const [id, at] of held) if (at >= value.from) held.delete(id)
      if (value.type !== 'state') {
        for (const { id, at } of value.events) {
          expect(held.has(id)).toBe(false)
          held.set(id, at)
        }
      }
      return value.type
    }
    while ((await take()) !== 'window') {}
    for (let minute = 0; minute < 8; minute++) {
      for (let one = 0; one < 8_000; one++) group.put(time.now() + one)
      await pass(60_000)
    }
    const types: string[] = []
    while (held.size < 64_000 && types.length < 200) types.push(await take())
    expect(types).toContain('window')
    expect(held.size).toBe(64_000)
    closing.abort()
  })

  test('waking gives up a request whose line is dead, and looks at once', async () => {
    const { endpoint, group, time, hub, pass } = await stage()
    const reader = openReader(hub)
    await pass(3_000)
    const answer = group.answer
    endpoint.answer('logs', 'FilterLogEvents', { trouble: 'silence' }, answer)
    const before = group.looks()
    const passing = pass(1_000)
    await expect.poll(() => group.looks(), { timeout: 20_000 }).toBeGreaterThan(before)
    group.put(time.now())
    hub.wake()
    await passing
    await pass(2_000)
    expect(reader.held.size).toBe(1)
    expect(reader.states).not.toContain('trouble')
  })
})
