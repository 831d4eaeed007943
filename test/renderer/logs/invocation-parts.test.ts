import { describe, expect, test } from 'vitest'
import type { LogEvent } from '../../../cloudwatch/event.ts'
import { invocationsOf } from '../../../cloudwatch/invocations.ts'
import { asText, type Part, partsOf } from '../../../renderer/logs/invocation-parts.ts'
import { linesOfRun, type RunOptions } from './lambda-runs.ts'

const id = 'aaaaaaaa-1111-4222-8333-444444444444'

function parts(options: RunOptions, drop = 0, found: Parameters<typeof partsOf>[1] = null): readonly Part[] {
  const [invocation] = invocationsOf(linesOfRun(0, id, options).slice(drop))
  return invocation ? partsOf(invocation, found) : []
}
const words = (all: readonly Part[]) =>
  all.map((part) => {
    if (part.kind === 'failure') return `failure: ${part.failure.kind}`
    return part.kind === 'left out' ? `${part.count} more` : part.text
  })
const folds = (all: readonly Part[]) => all.flatMap((part) => (part.kind === 'line' && part.folded ? [part.folded.what] : []))

describe('an expanded invocation', () => {
  test('shows the start, the lines and the figures', () => {
    expect(words(parts({ prints: ['entered-try'], initMs: 412 }))).toEqual([
      'START RequestId: aaaa…4444 · cold start 412 ms',
      'entered-try',
      'REPORT Duration: 200 ms · billed 200 ms · memory 61 of 128 MB · init 412 ms',
    ])
  })

  test('says where its beginning or its end is not there', () => {
    expect(words(parts({ prints: ['a line'] }, 1))[0]).toBe('Its beginning lies before what is loaded.')
    expect(words(parts({ prints: ['a line'], open: true })).at(-1)).toBe('No end seen yet.')
  })

  test('a traceback of one event is the line that matters, the rest folded', () => {
    const all = parts({
      prints: [
        '[ERROR] UnboundLocalError: local variable \'conn\' referenced before assignment\nTraceback (most recent call last):\n  File "/var/task/lambda_function.py", line 38, in lambda_handler\n    if conn is not None:\n',
      ],
    })
    expect(words(all)[1]).toContain('UnboundLocalError')
    expect(words(all)[2]).toBe('failure: unbound variable')
    expect(folds(all)).toEqual(['the traceback (4 lines)'])
    expect(all[1]).toMatchObject({ matters: true })
  })

  test('a traceback that was printed line by line is one too', () => {
    const all = parts({
      prints: [
        'Traceback (most recent call last):',
        '  File "/var/task/lambda_function.py", line 12, in lambda_handler',
        '    conn = psycopg2.connect(url)',
        'psycopg2.OperationalError: could not connect to server: Connection refused',
        'afterwards',
      ],
    })
    expect(words(all).filter((text) => !text.startsWith('failure'))).toEqual([
      expect.stringMatching(/^START/),
      expect.stringContaining('could not connect'),
      'afterwards',
      expect.stringMatching(/^REPORT/),
    ])
    expect(folds(all)).toEqual(['the traceback (4 lines)'])
  })

  test('a line of JSON tells its message, and all of it when asked', () => {
    const all = parts({ prints: ['{"level":"INFO","message":"inserted","requestId":"x","rows":1}'] })
    expect(words(all)[1]).toBe('inserted')
    expect(folds(all)).toEqual(['the JSON (4 fields)'])
  })

  test('what only looks like a line of Lambda stays a line', () => {
    const forged = 'END RequestId: bbbbbbbb-1111-4222-8333-444444444444'
    expect(words(parts({ prints: [forged] }))).toContain(forged)
  })

  test('a line of 256 KB is cut, and so is what is behind it', () => {
    const [, line] = parts({ prints: ['x'.repeat(262_144)] })
    expect(line?.kind === 'line' && line.text.length).toBeLessThan(2_100)
    expect(line?.kind === 'line' && line.folded?.what).toBe('all 262144 characters')
    expect(line?.kind === 'line' && line.folded && line.folded.text.length).toBeLessThan(21_000)
  })

  test('thousands of lines leave out the middle until it is asked for', () => {
    const [invocation] = invocationsOf(
      linesOfRun(0, id, { prints: Array.from({ length: 3_000 }, (_, at) => `line ${at}`), durationMs: 5_000 }),
    )
    const short = invocation ? partsOf(invocation, null) : []
    expect(short.length).toBeLessThan(410)
    expect(words(short)).toContain('2600 more')
    expect(invocation && partsOf(invocation, null, true)).toHaveLength(3_002)
  })

  test('a failure is in view: plain lines before it are left out, those that were found are not', () => {
    const prints = [...Array.from({ length: 20 }, (_, at) => `line ${at}`), 'relation "users" does not exist']
    expect(words(parts({ prints })).slice(0, 9)).toEqual([
      expect.stringMatching(/^START/),
      'line 0',
      'line 1',
      'line 2',
      '15 more',
      'line 18',
      'line 19',
      'relation "users" does not exist',
      'failure: table missing',
    ])
    expect(words(parts({ prints }, 0, ({ message }) => message === 'line 9'))).toContain('line 9')
  })

  test('a time-out is told without the time and id that its row tells', () => {
    const all = parts({ prints: [`2026-11-20T10:00:03.000Z ${id} Task timed out after 3.00 seconds\n\n`], durationMs: 3_000 })
    expect(words(all)).toContain('Task timed out after 3.00 seconds')
  })

  test("a failure of which only Lambda's own lines tell is told after the figures", () => {
    const event = (count: number, type: string, record: object): LogEvent => ({
      id: String(count),
      stream: 's',
      at: count,
      ingested: count,
      message: JSON.stringify({ time: '2026-11-21T15:00:00.000Z', type, record: { requestId: id, ...record } }),
    })
    const metrics = { durationMs: 3000, billedDurationMs: 3000, memorySizeMB: 128, maxMemoryUsedMB: 61 }
    const [invocation] = invocationsOf([
      event(1, 'platform.start', { version: '$LATEST' }),
      event(2, 'platform.report', { metrics, status: 'timeout' }),
    ])
    expect(words(invocation ? partsOf(invocation, null) : [])).toEqual([
      expect.stringMatching(/^START/),
      expect.stringMatching(/^REPORT/),
      'failure: timed out',
    ])
  })

  test('marks the lines that were found', () => {
    const all = parts({ prints: ['one', 'two'] }, 0, ({ message }) => message === 'two')
    expect(all.filter((part) => part.kind === 'line' && part.found).map((part) => part.kind === 'line' && part.text)).toEqual(['two'])
  })

  test('is copied whole, each line with its time', () => {
    const text = asText(invocationsOf(linesOfRun(0, id, { prints: ['hello'] })))
    expect(text.split('\n')).toHaveLength(4)
    expect(text).toContain('2026-11-20T10:00:00.001Z hello')
  })
})
