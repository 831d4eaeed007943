import { expect, test } from 'vitest'
import { createPaced } from '../../../renderer/logs/paced.ts'

/** A source whose reading takes so many milliseconds, on a clock of the test's own. */
function stage(costMs: number) {
  let now = 0
  let version = 0
  let reads = 0
  const listeners = new Set<() => void>()
  let timers: { at: number; go: () => void }[] = []
  const source = {
    get version() {
      return version
    },
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  const read = () => {
    reads += 1
    now += costMs
    return version
  }
  const later = (go: () => void, ms: number) => {
    const one = { at: now + ms, go }
    timers.push(one)
    return () => {
      timers = timers.filter((other) => other !== one)
    }
  }
  const pass = (ms: number) => {
    now += ms
    const due = timers.filter(({ at }) => at <= now)
    timers = timers.filter(({ at }) => at > now)
    for (const { go } of due) go()
  }
  const change = () => {
    version += 1
    for (const listener of listeners) listener()
  }
  return {
    paced: createPaced(source, read, { clock: () => now, later }),
    pass,
    change,
    reads: () => reads,
    pending: () => timers.length + listeners.size,
  }
}

test('what is quick to read is read after each change', () => {
  const { paced, pass, change, reads } = stage(5)
  const seen: number[] = []
  paced.subscribe(() => seen.push(paced.value()))
  for (let second = 0; second < 10; second += 1) {
    pass(1_000)
    change()
  }
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(reads()).toBe(11)
})

test('what takes long is read a tenth of the time at most, and the latest change in the end', () => {
  const { paced, pass, change, reads } = stage(100)
  const seen: number[] = []
  paced.subscribe(() => seen.push(paced.value()))
  for (let page = 0; page < 100; page += 1) {
    pass(50)
    change()
  }
  expect(reads()).toBeLessThanOrEqual(7)
  expect(reads()).toBeGreaterThan(4)
  pass(1_000)
  expect(paced.value()).toBe(100)
  expect(seen.at(-1)).toBe(100)
})

test('who leaves leaves nothing behind, and who comes back gets what is so now', () => {
  const { paced, pass, change, pending } = stage(100)
  const leave = paced.subscribe(() => {})
  change()
  expect(pending()).toBe(2)
  leave()
  expect(pending()).toBe(0)
  change()
  pass(5_000)
  expect(paced.value()).toBe(0)
  const seen: number[] = []
  paced.subscribe(() => seen.push(paced.value()))
  expect(seen).toEqual([2])
})
