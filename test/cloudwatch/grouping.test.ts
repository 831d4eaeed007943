import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LogEvent } from '../../cloudwatch/event.ts'
import { createGrouping } from '../../cloudwatch/grouping.ts'
import { invocationsOf } from '../../cloudwatch/invocations.ts'
import { end, eventsOf, idOf, jsonDone, jsonLine, jsonReport, jsonStart, platform, report, run, start } from './lambda-log.ts'

const initStart = 'INIT_START Runtime Version: python:3.12.v36\tRuntime Version ARN: arn:aws:lambda:ca-central-1::runtime:aa\n'
const uuid = fc.integer({ min: 0, max: 9 }).map(idOf)
const strangers = fc.integer({ min: 1_000_000, max: 2_000_000 }).map(idOf)

/** What an application may print, with what looks like Lambda's own, of ids that it may know and of others. */
const printed = (ids: fc.Arbitrary<string>) =>
  fc.oneof(
    fc.constantFrom('entered-try\n', 'Database connection closed.\n', 'relation "users" does not exist\n', '{"a": 1}\n', ''),
    fc.string({ maxLength: 40 }),
    ids.map(start),
    ids.map(end),
    ids.map((id) => report(id)),
    ids.map(jsonStart),
    ids.map(jsonDone),
    ids.map((id) => jsonReport(id)),
    ids.map((id) => jsonLine(id, 'x')),
    ids.map((id) => `2026-11-21T15:00:00.000Z ${id} Task timed out after 3.00 seconds\n`),
    ids.map((id) => `RequestId: ${id} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n`),
    fc.constant('INIT_REPORT Init Duration: 12.00 ms\tPhase: init\tStatus: timeout\n'),
    fc.constant(initStart),
  )

const groups = (grouping: { invocations(): ReturnType<typeof invocationsOf> | readonly ReturnType<typeof invocationsOf>[number][] }) =>
  grouping.invocations().map(({ key, requestId, hasStart, outcome, events, failures }) => ({
    key,
    requestId,
    hasStart,
    outcome,
    events: events.map(({ id }) => id),
    failures: failures.map(({ kind, event }) => `${kind} ${event.id}`),
  }))

describe('in whatever order events come', () => {
  const anything = fc
    .array(
      fc.oneof(
        printed(uuid),
        uuid.map((id) => run(id).join('\u0000')),
      ),
      { minLength: 1, maxLength: 40 },
    )
    .map((parts) => eventsOf(parts.flatMap((part) => part.split('\u0000'))))

  test('the invocations are the same, and each event is in exactly one', () => {
    fc.assert(
      fc.property(
        anything.chain((events) =>
          fc.record({
            events: fc.constant(events),
            order: fc.shuffledSubarray(events, { minLength: events.length }),
            sizes: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 }),
          }),
        ),
        ({ events, order, sizes }) => {
          const grouping = createGrouping()
          for (let at = 0, step = 0; at < order.length; step += 1) {
            const size = sizes[step % sizes.length] ?? 1
            grouping.add(order.slice(at, at + size))
            at += size
          }
          const whole = createGrouping()
          whole.add(events)
          expect(groups(grouping)).toEqual(groups(whole))
          const placed = whole.invocations().flatMap((one) => one.events.map(({ id }) => id))
          expect(placed.toSorted()).toEqual(events.map(({ id }) => id).toSorted())
          expect(new Set(whole.invocations().map(({ key }) => key)).size).toBe(whole.invocations().length)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  const ran = (...numbers: readonly number[]) => numbers.flatMap((number) => run(idOf(number)))
  test.each([
    {
      what: 'lines of an init, among which one stands that was told late of another invocation',
      messages: [jsonDone(idOf(8)), ...ran(0, 0), initStart, jsonReport(idOf(8)), ...ran(4, 1, 7)],
      batches: [[8], [5], [16], [13], [15], [2], [9], [14], [4], [6], [1], [3], [10], [7], [12], [11], [0], [17]],
    },
    {
      what: 'an END of an invocation that starts later',
      messages: [initStart, start(idOf(0)), jsonStart(idOf(1)), end(idOf(8)), 'text', ...ran(3, 8, 4), 'text', ...ran(2, 5)],
      batches: [[1, 0, 4, 6], [18, 9, 11, 12], [10, 2, 20, 5], [13, 7, 8, 14], [16, 3, 19, 17], [15]],
    },
    {
      what: 'a fault that is told after the next invocation',
      messages: [jsonDone(idOf(1)), ...ran(4), `RequestId: ${idOf(1)} Error: Runtime exited with error: signal: killed\n`, ...ran(3)],
      batches: [[4], [0], [1], [3], [2], [5], [6], [7]],
    },
  ])('$what', ({ messages, batches }) => {
    const events = eventsOf(messages)
    const grouping = createGrouping()
    for (const batch of batches) grouping.add(events.filter((_, index) => batch.includes(index)))
    const whole = createGrouping()
    whole.add(events)
    expect(groups(grouping)).toEqual(groups(whole))
    expect(grouping.invocations().flatMap((one) => one.events)).toHaveLength(events.length)
  })

  test('what changed and what went is told, so that a list can be kept', () => {
    fc.assert(
      fc.property(
        anything.chain((events) => fc.shuffledSubarray(events, { minLength: events.length })),
        fc.integer({ min: 1, max: 9 }),
        (order, size) => {
          const grouping = createGrouping()
          const list = new Map<string, unknown>()
          for (let at = 0; at < order.length; at += size) {
            const { changed, removed } = grouping.add(order.slice(at, at + size))
            for (const key of removed) list.delete(key)
            for (const one of changed) list.set(one.key, one)
          }
          expect(list.size).toBe(grouping.invocations().length)
          for (const one of grouping.invocations()) expect(list.get(one.key)).toBe(one)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('events that come again change nothing', () => {
    const grouping = createGrouping()
    const events = eventsOf(run(idOf(1), 'x'))
    grouping.add(events)
    expect(grouping.add(events.map((event) => ({ ...event })))).toEqual({ changed: [], removed: [] })
  })
})

describe('what an application prints', () => {
  /** A stream of whole invocations, each with lines of an application that knows no request id but those before it, and its own end. */
  const stream = fc.array(fc.array(printed(strangers), { maxLength: 6 }), { minLength: 1, maxLength: 8 })

  test('never divides nor joins invocations that are there whole', () => {
    fc.assert(
      fc.property(stream, (bodies) => {
        const parts = bodies.map((body, index) => run(idOf(index), ...body))
        const found = invocationsOf(eventsOf(parts.flat()))
        expect(found.map(({ requestId, events }) => ({ requestId, lines: events.map(({ message }) => message) }))).toEqual(
          parts.map((lines, index) => ({ requestId: idOf(index), lines })),
        )
        expect(found.every(({ hasStart, durationMs }) => hasStart && durationMs === 12.34)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  test('never takes a line from another invocation, also with the ids of those before it and its own', () => {
    const knowing = fc.array(
      fc.array(
        fc.tuple(
          fc.integer({ min: 0, max: 7 }),
          fc.constantFrom(start, end, (id: string) => report(id)),
        ),
        { maxLength: 4 },
      ),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    fc.assert(
      fc.property(knowing, (bodies) => {
        const parts = bodies.map((body, index) => run(idOf(index), ...body.map(([back, line]) => line(idOf(Math.max(0, index - back))))))
        const found = invocationsOf(eventsOf(parts.flat()))
        for (const [index, lines] of parts.entries()) {
          const own = found.filter(({ events }) => events.some(({ message }) => message === lines[0] && lines.includes(message)))
          expect(own.some(({ requestId }) => requestId === idOf(index))).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('does not join the invocation that has just begun to an earlier one', () => {
    const [a, b, c] = [idOf(1), idOf(2), idOf(3)]
    const found = invocationsOf(eventsOf([...run(a), ...run(b), start(c), end(a), report(a), start(b), end(b), 'x']))
    expect(found.map(({ requestId, outcome, events }) => [requestId, outcome, events.length])).toEqual([
      [a, 'ok', 3],
      [b, 'ok', 3],
      [c, 'open', 6],
    ])
  })
})

describe('an environment that runs several invocations at once', () => {
  const [a, b] = [idOf(1), idOf(2)]
  const lines = [
    jsonStart(a),
    jsonLine(a, 'one'),
    jsonStart(b),
    jsonLine(b, 'two'),
    jsonLine(a, 'three'),
    'printed\n',
    jsonDone(a),
    jsonReport(a),
    jsonLine(b, 'four'),
    jsonDone(b),
    jsonReport(b, 'error'),
  ]
  const expected = [
    { requestId: a, outcome: 'ok', lines: [0, 1, 4, 5, 6, 7] },
    { requestId: b, outcome: 'failed', lines: [2, 3, 8, 9, 10] },
  ]

  test('is told by what overlaps', () => {
    const events = eventsOf(lines)
    const found = invocationsOf(events)
    expect(
      found.map((one) => ({ requestId: one.requestId, outcome: one.outcome, lines: one.events.map((event) => events.indexOf(event)) })),
    ).toEqual(expected)
  })

  test('is told by its init', () => {
    const init = platform('initStart', { initializationType: 'lambda-managed-instances', phase: 'init' })
    const events = eventsOf([init, jsonStart(a), jsonStart(b), jsonLine(a, 'one'), jsonLine(b, 'two')])
    expect(invocationsOf(events).map((one) => [one.requestId, one.events.length, one.coldStart])).toEqual([
      [a, 3, true],
      [b, 2, false],
    ])
  })
})

describe('streams', () => {
  test('are kept apart', () => {
    const one = eventsOf([start(idOf(1)), 'x', end(idOf(1)), report(idOf(1))], 'one')
    const two = eventsOf([start(idOf(2)), 'y', end(idOf(2)), report(idOf(2))], 'two')
    const mixed: LogEvent[] = one.flatMap((event, index) => [event, two[index] ?? event])
    expect(invocationsOf(mixed).map(({ stream, requestId, events }) => [stream, requestId, events.length])).toEqual([
      ['one', idOf(1), 4],
      ['two', idOf(2), 4],
    ])
  })

  test('forget what is older, by whole invocations, and what is newer, by events', () => {
    const grouping = createGrouping()
    const events = eventsOf([...run(idOf(1)), ...run(idOf(2)), ...run(idOf(3))])
    const [first, second, third] = grouping.add(events).changed
    const at = (index: number) => events[index]?.at ?? 0
    expect(grouping.removeBefore(at(4))).toEqual({ changed: [], removed: [first?.key] })
    expect(grouping.invocations()).toEqual([second, third])
    const cut = grouping.removeFrom(at(7))
    expect(cut.removed).toEqual([])
    expect(cut.changed.map(({ requestId, outcome }) => [requestId, outcome])).toEqual([[idOf(3), 'open']])
    grouping.add(events.slice(7))
    expect(groups(grouping)).toEqual(groups({ invocations: () => invocationsOf(events.slice(3)) }))
    expect(grouping.removeFrom(0).removed).toEqual([second?.key, third?.key])
    expect(grouping.invocations()).toEqual([])
  })

  test('take what is added after some was forgotten', () => {
    fc.assert(
      fc.property(fc.array(printed(strangers), { maxLength: 5 }), fc.integer({ min: 0, max: 25 }), (body, cut) => {
        const events = eventsOf([...run(idOf(1), ...body), ...run(idOf(2), ...body), ...run(idOf(3), ...body)])
        const grouping = createGrouping()
        grouping.add(events.slice(0, -2))
        grouping.removeBefore(events[cut]?.at ?? 0)
        grouping.add(events.slice(-2))
        const kept = grouping.invocations().flatMap((one) => one.events)
        expect(groups(grouping)).toEqual(groups({ invocations: () => invocationsOf(kept) }))
      }),
    )
  })
})
