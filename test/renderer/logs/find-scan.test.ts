import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { LogEvent } from '../../../cloudwatch/event.ts'
import { parseFind } from '../../../renderer/logs/find.ts'
import { createScan, type Found } from '../../../renderer/logs/find-scan.ts'
import { createLogStore, type WritableLogStore } from '../../../renderer/logs/log-store.ts'

const event = (at: number, message: string): LogEvent => ({ id: `${at}-${message}`, stream: `s${at % 3}`, at, ingested: at, message })
const filled = (count: number): WritableLogStore => {
  const store = createLogStore()
  store.add(
    'g',
    Array.from({ length: count }, (_, at) => event(at, at % 10 === 0 ? `needle ${at}` : `straw ${at}`)),
  )
  return store
}
const find = parseFind('needle', { zone: 'utc', now: 0 })

/** A scan whose slices end at each look at the clock, and go on when told. */
function stepped(store: WritableLogStore, matches = vi.fn(find.matches)) {
  let time = 0
  const queue: (() => void)[] = []
  const told: Found[] = []
  const scan = createScan(
    store,
    { matches },
    { onChange: (found) => told.push(found), later: (go) => queue.push(go), clock: () => (time += 1_000) },
  )
  const step = () => queue.shift()?.()
  const finish = () => {
    while (queue.length > 0) step()
  }
  return { scan, step, finish, told, matches, queue }
}

describe('a scan', () => {
  test('goes on slice by slice, tells how far it is, and finds every line once', () => {
    const store = filled(1_000)
    const { scan, step, finish, told } = stepped(store)
    scan.update()
    expect(told.at(-1)).toMatchObject({ searched: 256, of: 1_000, done: false })
    step()
    expect(told.at(-1)).toMatchObject({ searched: 512, done: false })
    finish()
    expect(told.at(-1)).toMatchObject({ searched: 1_000, done: true })
    expect(scan.found.lines.map(({ at }) => at)).toEqual(Array.from({ length: 100 }, (_, at) => at * 10))
  })

  test('after new lines only those are looked at', () => {
    const store = filled(1_000)
    const { scan, finish, matches } = stepped(store)
    scan.update()
    finish()
    expect(matches).toHaveBeenCalledTimes(1_000)
    store.add('g', [event(2_000, 'needle'), event(2_001, 'straw')])
    scan.update()
    finish()
    expect(matches).toHaveBeenCalledTimes(1_002)
    expect(scan.found.lines.at(-1)?.at).toBe(2_000)
  })

  test('it ends where it is stopped', () => {
    const { scan, step, matches } = stepped(filled(1_000))
    scan.update()
    scan.stop()
    step()
    expect(matches).toHaveBeenCalledTimes(256)
  })

  test('whatever comes between its slices, it finds what the store holds at the end', () => {
    const change = fc.oneof(
      fc.record({ kind: fc.constant('add'), at: fc.nat(3_000), count: fc.integer({ min: 1, max: 400 }) }),
      fc.record({ kind: fc.constant('replace'), at: fc.nat(3_000), count: fc.nat(100) }),
      fc.record({ kind: fc.constant('step'), at: fc.constant(0), count: fc.constant(0) }),
    )
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const store = createLogStore({ lines: 1_000, characters: 1_000_000 })
        const { scan, step, finish } = stepped(store)
        for (const { kind, at, count } of changes) {
          const events = Array.from({ length: count }, (_, index) =>
            event(at + index, `${(at + index) % 7 === 0 ? 'NEEDLE' : 'straw'} ${kind}`),
          )
          if (kind === 'step') step()
          else {
            if (kind === 'add') store.add('g', events)
            else store.replaceFrom('g', at, events)
            scan.update()
          }
        }
        finish()
        expect(scan.found.lines).toEqual(store.lines.filter(({ message }) => message.includes('NEEDLE')))
      }),
    )
  })
})
