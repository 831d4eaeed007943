import { describe, expect, test } from 'vitest'
import { invocationsOf } from '../../cloudwatch/invocations.ts'
import { end, eventsOf, idOf, report, run, start } from './lambda-log.ts'

const [a, b, c] = [idOf(1), idOf(2), idOf(3)]
const shape = (messages: readonly string[]) =>
  invocationsOf(eventsOf(messages)).map(({ requestId, hasStart, outcome, events }) => ({
    requestId,
    hasStart,
    outcome,
    lines: events.length,
  }))

describe('invocations of a stream', () => {
  test('are what lies from START to REPORT, with its figures', () => {
    const [first, second] = invocationsOf(
      eventsOf([
        'INIT_START Runtime Version: python:3.12.v36\tRuntime Version ARN: arn:aws:lambda:ca-central-1::runtime:aa\n',
        start(a),
        'entered-try\n',
        end(a),
        report(a, 'Init Duration: 231.50 ms\t'),
        ...run(b, 'hello\n'),
      ]),
    )
    expect(first).toMatchObject({
      requestId: a,
      outcome: 'ok',
      hasStart: true,
      coldStart: true,
      initMs: 231.5,
      durationMs: 12.34,
      billedMs: 13,
      memorySizeMb: 128,
      maxMemoryMb: 47,
      failures: [],
    })
    expect(first?.events).toHaveLength(5)
    expect(second).toMatchObject({ requestId: b, coldStart: false, initMs: null })
  })

  test('keep their lines where a user prints START, END or REPORT', () => {
    expect(shape([...run(a, start(b), 'x'), ...run(c, end(a), report(a), end(b), report(b))])).toEqual([
      { requestId: a, hasStart: true, outcome: 'ok', lines: 5 },
      { requestId: c, hasStart: true, outcome: 'ok', lines: 7 },
    ])
    expect(shape(run(a, end(a), report(a), 'x'))).toEqual([{ requestId: a, hasStart: true, outcome: 'ok', lines: 6 }])
    expect(shape(run(a, start(b), end(b), report(b)))).toEqual([{ requestId: a, hasStart: true, outcome: 'ok', lines: 6 }])
  })

  test('keep a REPORT that is told after the next START', () => {
    expect(shape([start(a), end(a), start(b), report(a), 'x', end(b), report(b)])).toEqual([
      { requestId: a, hasStart: true, outcome: 'ok', lines: 3 },
      { requestId: b, hasStart: true, outcome: 'ok', lines: 4 },
    ])
  })

  test('whose beginning is not there are kept', () => {
    expect(shape(['x', end(a), report(a), ...run(b)])).toEqual([
      { requestId: a, hasStart: false, outcome: 'ok', lines: 3 },
      { requestId: b, hasStart: true, outcome: 'ok', lines: 3 },
    ])
  })

  test('without an end are open', () => {
    expect(shape([...run(a), start(b), 'x'])).toEqual([
      { requestId: a, hasStart: true, outcome: 'ok', lines: 3 },
      { requestId: b, hasStart: true, outcome: 'open', lines: 2 },
    ])
  })
})
