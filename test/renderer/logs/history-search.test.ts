import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { parseFilterPattern } from '../../../cloudwatch/filter-pattern.ts'
import type { HistoryItem } from '../../../preload/contract/logs.ts'
import { parseFind } from '../../../renderer/logs/find.ts'
import { pastPattern } from '../../../renderer/logs/find-past.ts'
import { type HistorySearchState, startHistorySearch } from '../../../renderer/logs/history-search.ts'

const find = (text: string) => parseFind(text, { zone: 'utc', now: 0 })
const event = (at: number, message: string) => ({ id: String(at), stream: 's', at, ingested: at, message })
const page = (group: string, reachedDownTo: number, done: boolean, ...events: HistoryItem['events']): HistoryItem => ({
  group,
  reachedDownTo,
  done,
  events,
})

/** Pages that come when they are told to. */
function pages() {
  const queue: HistoryItem[] = []
  let wake = () => {}
  let ended: 'no' | 'done' | Error = 'no'
  const signals: AbortSignal[] = []
  return {
    signals,
    push: (item: HistoryItem) => {
      queue.push(item)
      wake()
    },
    end: (how: 'done' | Error = 'done') => {
      ended = how
      wake()
    },
    read: async (signal: AbortSignal) => {
      signals.push(signal)
      return (async function* () {
        for (;;) {
          const item = queue.shift()
          if (item !== undefined) yield item
          else if (ended instanceof Error) throw ended
          else if (ended === 'done' || signal.aborted) return
          else
            await new Promise<void>((resolve) => {
              wake = resolve
              signal.addEventListener('abort', () => resolve())
            })
        }
      })()
    },
  }
}

function search(text: string, groups: readonly string[] = ['a']) {
  const source = pages()
  const states: HistorySearchState[] = []
  const started = startHistorySearch({
    groups,
    from: 0,
    to: 1_000,
    find: find(text),
    read: source.read,
    onChange: (state) => states.push(state),
  })
  return { ...source, states, started }
}

describe('searching back in time', () => {
  test('keeps what the finder asks for, in order, and tells how far every group came', async () => {
    const { push, end, started } = search('needle', ['a', 'b'])
    push(page('a', 600, false, event(900, 'needle 900'), event(700, 'straw')))
    await vi.waitFor(() => expect(started.get()).toMatchObject({ state: 'searching', reached: 1_000 }))
    push(page('b', 300, false, event(950, 'Needle 950'), event(400, 'needle 400')))
    await vi.waitFor(() => expect(started.get()).toMatchObject({ reached: 600 }))
    push(page('a', 0, true, event(100, 'needle 100')))
    push(page('b', 0, true))
    end()
    await vi.waitFor(() => expect(started.get()).toMatchObject({ state: 'done', reached: 0 }))
    expect(started.get().lines.map(({ group, at }) => `${group} ${at}`)).toEqual(['a 100', 'b 400', 'a 900', 'b 950'])
  })

  test('an event that comes twice is found once', async () => {
    const { push, end, started } = search('needle')
    push(page('a', 500, false, event(700, 'needle')))
    push(page('a', 500, false, event(700, 'needle')))
    end()
    await vi.waitFor(() => expect(started.get().state).toBe('done'))
    expect(started.get().lines).toHaveLength(1)
  })

  test('stops when told: the request ends, and what was found stays', async () => {
    const { push, signals, started } = search('needle')
    push(page('a', 500, false, event(700, 'needle')))
    await vi.waitFor(() => expect(started.get().lines).toHaveLength(1))
    started.stop()
    expect(started.get()).toMatchObject({ state: 'stopped', reached: 500 })
    expect(signals[0]?.aborted).toBe(true)
    push(page('a', 0, true, event(100, 'needle')))
    await new Promise((resolve) => setImmediate(resolve))
    expect(started.get().lines).toHaveLength(1)
  })

  test('keeps what was found where reading fails, and why', async () => {
    const { push, end, started } = search('needle')
    push(page('a', 500, false, event(700, 'needle')))
    end(new Error('throttled'))
    await vi.waitFor(() => expect(started.get()).toMatchObject({ state: 'failed', reached: 500, problem: new Error('throttled') }))
    expect(started.get().lines).toHaveLength(1)
  })

  test('ends at as many lines as are shown, of which it keeps the newest', async () => {
    const { push, signals, started } = search('needle')
    push(page('a', 0, false, ...Array.from({ length: 6_000 }, (_, index) => event(10_000 - index, 'needle'))))
    await vi.waitFor(() => expect(started.get().state).toBe('full'))
    expect(started.get().lines).toHaveLength(5_000)
    expect(started.get().lines.at(-1)?.at).toBe(10_000)
    expect(signals[0]?.aborted).toBe(true)
  })
})

describe('what CloudWatch is asked for', () => {
  test.each([
    ['users', '%[uU][sS][eE][rR][sS]%'],
    ['ada@x.io -not', '%[aA][dD][aA]@[xX]\\x2e[iI][oO]%'],
    ['"a (b)" longest-word short', null],
    ['level:error request:7f0c1f0e stream:x after:10:04', null],
    ['/regular.*/', null],
    ['status:500', null],
    ['user.email:ada', '%[aA][dD][aA]%'],
    ['zoë', '%[zZ][oO]%'],
    ['pattern: { $.a = 1 }', '{ $.a = 1 }'],
    ['', null],
  ])('%s', (text, expected) => {
    if (text.startsWith('"a')) expect(pastPattern(find(text))?.match(/%/g)).toHaveLength(4)
    else expect(pastPattern(find(text))).toBe(expected)
  })

  test('it finds all that the finder finds', () => {
    const character = fc.constantFrom('a', 'B', '(', '"', '.', 'é', ' ', '%', '5', '\\', '-')
    const word = fc.string({ unit: character, minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(fc.array(word, { maxLength: 3 }), fc.array(word, { maxLength: 4 }), (wanted, others) => {
        const finder = find(wanted.map((one) => `"${one.replace(/["\\]/g, '\\$&')}"`).join(' '))
        const message = [...wanted.map((one) => one.toUpperCase()), ...others].join(' ')
        if (!finder.matches(event(1, message))) return
        expect(parseFilterPattern(pastPattern(finder) ?? '').matches(message)).toBe(true)
      }),
    )
  })
})
