import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import type { LogEvent } from '../../../cloudwatch/event.ts'
import { createLogStore, pageLimits } from '../../../renderer/logs/log-store.ts'

/** What one page holds after a day of a busy function went through it. */

const group = '/aws/lambda/one'
const total = 2_000_000
const inBatch = 1_000

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Bytes that live on. */
function heapUsed(): number {
  collect()
  return process.memoryUsage().heapUsed
}

/** As JSON brings them: every string is one of its own, as long as CloudWatch's. */
function batchFrom(number: number, padding: number): LogEvent[] {
  return Array.from({ length: inBatch }, (_, index) => {
    const count = number + index
    const late = count % 50 === 7 ? 120_000 : 0
    // 23 lines a second make two million in a day.
    const at = 1_700_000_000_000 + count * 43 - late
    return {
      id: String(count).padStart(56, '3'),
      stream: `2026/11/21/[$LATEST]${(count % 40).toString(16).padStart(32, '0')}`,
      at,
      ingested: at + late + 300,
      message: `${count} `.padEnd(padding, 'a line of the function '),
    }
  })
}

it('holds the newest within its bounds, whatever went through', { timeout: 120_000 }, () => {
  const before = heapUsed()
  const store = createLogStore()
  store.replaceFrom(group, 1_699_999_000_000, [])
  let seen = 0
  for (let number = 0; number < total; number += inBatch) {
    store.add(group, batchFrom(number, 150))
    seen = Math.max(seen, store.lines.length)
  }
  // All of the page may have 300 MB, and strings take more room here than in Chromium.
  expect(heapUsed() - before).toBeLessThan(150 * 1024 * 1024)
  expect(seen).toBeLessThanOrEqual(pageLimits.lines)
  expect(store.lines.length).toBeGreaterThan(pageLimits.lines * 0.9)
  expect(store.lines.length + store.dropped).toBe(total)
  expect(store.streams().reduce((sum, { lines }) => sum + lines.length, 0)).toBe(store.lines.length)
  expect(store.streams().length).toBe(40)
  expect(store.loadedFrom(group)).toBeLessThanOrEqual(store.lines[0]?.at ?? 0)
  // The newest are all there: only those of the oldest times went.
  const newest = new Set(batchFrom(total - inBatch, 150).map(({ id }) => id))
  expect(store.lines.filter(({ id }) => newest.has(id)).length).toBe(inBatch)
})

it('holds less of long lines', () => {
  const store = createLogStore()
  for (let number = 0; number < 40_000; number += inBatch) store.add(group, batchFrom(number, 20_000))
  expect(store.characters).toBeLessThanOrEqual(pageLimits.characters)
  expect(store.lines.length).toBeGreaterThan(1_000)
  expect(store.lines.length + store.dropped).toBe(40_000)
})
