import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exportFormats, fileName, formatLines } from '../../../renderer/logs/export.ts'
import type { Line } from '../../../renderer/logs/sorted-lines.ts'

const line = (message: string, part: Partial<Line> = {}): Line => ({
  group: '/aws/lambda/cruddur-post-confirmation',
  stream: '2026/11/21/[$LATEST]abc',
  id: 'e1',
  at: Date.parse('2026-11-21T10:04:05.123Z'),
  ingested: Date.parse('2026-11-21T10:04:06Z'),
  message,
  ...part,
})

/** The cells of a CSV, by RFC 4180. */
function cells(csv: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, bare, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}

describe('lines as text', () => {
  test('are what aws logs tail writes, each with one line end', () => {
    expect(formatLines('text', [line('START\n'), line('no end')])).toBe(
      '2026-11-21T10:04:05.123Z 2026/11/21/[$LATEST]abc START\n2026-11-21T10:04:05.123Z 2026/11/21/[$LATEST]abc no end\n',
    )
  })

  test('tell the group where there are several', () => {
    expect(formatLines('text', [line('a'), line('b', { group: '/other' })])).toContain('Z /other 2026/')
  })
})

describe('lines as JSON', () => {
  test('have the names that CloudWatch gives', () => {
    expect(JSON.parse(formatLines('json', [line('a "b"\n\u001b[31m')]))).toEqual([
      {
        logStreamName: '2026/11/21/[$LATEST]abc',
        timestamp: 1795255445123,
        ingestionTime: 1795255446000,
        eventId: 'e1',
        message: 'a "b"\n\u001b[31m',
      },
    ])
    expect(JSON.parse(formatLines('json', [line('a'), line('b', { group: '/other' })]))[1].logGroupName).toBe('/other')
  })

  test('any message comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (messages) => {
        const read: { message: string }[] = JSON.parse(
          formatLines(
            'json',
            messages.map((message) => line(message)),
          ),
        )
        expect(read.map(({ message }) => message)).toEqual(messages)
      }),
    )
  })
})

describe('lines as CSV', () => {
  test('have a header, and any message comes back as it was', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n', '=', ' ', '\t', '\u202e') }), { minLength: 1 }),
        (messages) => {
          const [head, ...rows] = cells(
            formatLines(
              'csv',
              messages.map((message) => line(message)),
            ),
          )
          expect(head).toEqual(['timestamp', 'ingestionTime', 'logStreamName', 'eventId', 'message'])
          expect(rows.map((row) => row.at(-1))).toEqual(messages)
          expect(rows[0]?.slice(0, 2)).toEqual(['2026-11-21T10:04:05.123Z', '2026-11-21T10:04:06.000Z'])
        },
      ),
    )
  })

  test('no cell of the one for a spreadsheet is a formula', () => {
    const hostile = ['=cmd|x', '+1+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', '"=1"', '=1,=2']
    const [, ...rows] = cells(
      formatLines(
        'spreadsheet',
        hostile.map((message) => line(message, { stream: '=stream' })),
      ),
    )
    for (const row of rows) for (const cell of row) expect(cell).not.toMatch(/^\s*[=+\-@＝]/)
    expect(cells(formatLines('csv', [line('=1')]))[1]?.at(-1)).toBe('=1')
  })
})

test('a file is named after its function and moment, whatever the group is called', () => {
  const now = Date.parse('2026-11-21T10:04:05.123Z')
  expect(fileName([line('a')], 'log', now)).toBe('cruddur-post-confirmation-2026-11-21T10-04-05Z.log')
  expect(fileName([line('a'), line('b', { group: '/other' })], 'csv', now)).toBe('logs-2026-11-21T10-04-05Z.csv')
  expect(fileName([line('a', { group: '/../..\\x\u202e' })], 'csv', now)).toBe('-x--2026-11-21T10-04-05Z.csv')
  expect(fileName([line('a', { group: '///' })], 'csv', now)).toBe('logs-2026-11-21T10-04-05Z.csv')
  expect(exportFormats.map(({ format }) => format)).toEqual(['text', 'json', 'csv', 'spreadsheet'])
})
