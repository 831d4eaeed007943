import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { parseFind } from '../../../renderer/logs/find.ts'

const now = Date.parse('2026-11-21T12:00:00Z')
const id = '7f0c1f0e-2a4b-4c3d-9e8f-0123456789a1'
const line = (message: string, at = now - 60_000, stream = '2026/11/21/[$LATEST]abc') => ({
  id: message,
  stream,
  at,
  ingested: at,
  message,
  group: '/aws/lambda/post',
})
const options = { zone: 'utc', now } as const
const finds = (text: string, message: string) => parseFind(text, options).matches(line(message))

const python = `[ERROR]\t2026-11-21T11:59:00.123Z\t${id}\trelation "users" does not exist`
const json = JSON.stringify({
  level: 'WARN',
  requestId: id,
  message: 'Slow',
  user: { email: 'Ada@example.com', tags: ['a', 'beta'] },
  status: 500,
  ok: true,
  none: null,
  'with.dot': 'x',
})
const node = `2026-11-21T11:59:00.123Z\t${id}\tINFO\t{"status":404,"path":"/x"}`

describe('words', () => {
  test.each([
    ['', true],
    ['   ', true],
    ['users', true],
    ['USERS exist', true],
    ['users missing', false],
    ['"does not exist"', true],
    ['"does exist"', false],
    ['"relation \\"users\\""', true],
    ['"open phrase does not', false],
    ['-users', false],
    ['-nothing exist', true],
    ['-"not exist"', false],
    ['- users', true],
    ['/relation ".*" does/', true],
    ['/RELATION/', false],
    ['/RELATION/i', true],
    ['-/exist$/', false],
    ['/aws/lambda', false],
    ['(', false],
    ['[ERROR]', true],
    [id, true],
    [id.toUpperCase(), true],
    ['level:error', true],
    ['level:er', true],
    ['level:warn', false],
    ['level:warn,error', true],
    ['-level:error', false],
    [`request:${id}`, true],
    ['request:00000000-0000-0000-0000-000000000000', false],
    ['stream:ABC', true],
    ['stream:def', false],
    ['group:post', true],
    ['level: users', true],
    ['pattern:?ERROR ?WARN', true],
    ['users pattern:ERROR -relation', false],
    ['pattern:"does not exist" %users%', true],
  ])('%s', (text, expected) => {
    expect(finds(text, python)).toBe(expected)
  })

  test('what ended without an error line is an error too', () => {
    expect(finds('level:error', `2026-11-21T11:59:00.123Z ${id} Task timed out after 3.00 seconds\n\n`)).toBe(true)
    expect(finds('level:error', '{"level":"FATAL","message":"x"}')).toBe(true)
    expect(finds('level:error', 'error in the text of a print')).toBe(false)
  })

  test('all of a plain word and nothing else is looked for, as a text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
        fc.string({ unit: 'binary', maxLength: 30 }),
        (wanted, message) => {
          const quoted = `"${wanted.replace(/["\\]/g, '\\$&')}"`
          expect(finds(quoted, message + wanted)).toBe(true)
          if (!message.toLowerCase().includes(wanted.toLowerCase()) && !message.toUpperCase().includes(wanted.toUpperCase())) {
            expect(finds(quoted, message)).toBe(false)
          }
        },
      ),
    )
  })

  test('any text can be read, and any message asked', () => {
    const piece = fc.constantFrom(
      '"',
      '/',
      '-',
      'level:',
      'after:',
      'last:',
      'pattern:',
      'a',
      ' ',
      '\\',
      '(',
      '[',
      ':',
      '{',
      '9',
      'request:',
      'i',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    )
    fc.assert(
      fc.property(text, fc.oneof(fc.string(), fc.json()), (text, message) => {
        const find = parseFind(text, options)
        expect(typeof find.matches(line(message))).toBe('boolean')
        for (const mark of find.markers) for (const { start, end } of mark(message, 10)) expect(message.slice(start, end)).not.toBe('')
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('fields of JSON', () => {
  test.each([
    ['status:500', true],
    ['status:50', false],
    ['status:>499', true],
    ['status:<=499', false],
    ['user.email:ada@', true],
    ['user.tags:beta', true],
    ['user.tags.1:beta', true],
    ['user.tags.0:beta', false],
    ['with.dot:x', true],
    ['ok:true', true],
    ['none:null', true],
    ['nothing:null', false],
    ['nothing:*', false],
    ['user:*', true],
    ['message:"slow"', true],
    ['-status:500', false],
    ['level:warn', true],
    ['constructor:*', false],
  ])('%s', (text, expected) => {
    expect(finds(text, json)).toBe(expected)
  })

  test('also after what a runtime puts before it', () => {
    expect(finds('status:404', node)).toBe(true)
    expect(finds('path:/x', node)).toBe(true)
  })

  test('a word with a colon is a text too', () => {
    expect(finds('http://x', 'went to http://x/y')).toBe(true)
    expect(finds('RequestId:', 'START RequestId: 1')).toBe(true)
    expect(finds('12:30', 'at 12:30')).toBe(true)
  })
})

describe('time', () => {
  const at = (time: string) => Date.parse(`2026-11-21T${time}Z`)

  test.each([
    ['after:10:04', { from: at('10:04:00'), to: null }],
    ['after:10:04 before:10:30:05.5', { from: at('10:04:00'), to: at('10:30:05.500') }],
    ['after:23:00', { from: Date.parse('2026-11-20T23:00:00Z'), to: null }],
    ['before:2026-11-20', { from: null, to: Date.parse('2026-11-20T00:00:00Z') }],
    ['after:2026-11-20T08:15', { from: Date.parse('2026-11-20T08:15:00Z'), to: null }],
    ['last:15m', { from: at('11:45:00'), to: null }],
    ['last:2h after:11:00', { from: at('11:00:00'), to: null }],
  ])('%s', (text, range) => {
    expect(parseFind(text, options)).toMatchObject({ ...range, error: null, isEmpty: false })
  })

  test('a time is in the zone that the page shows', () => {
    const { from } = parseFind('after:2026-11-20T08:15', { ...options, zone: 'local' })
    expect(from).toBe(new Date(2026, 10, 20, 8, 15).getTime())
    expect(parseFind('after:2026-11-20T08:15Z', { ...options, zone: 'local' }).from).toBe(Date.parse('2026-11-20T08:15:00Z'))
  })

  test('the line at the beginning is in, that at the end is not', () => {
    const find = parseFind('after:10:00 before:11:00', options)
    expect([at('09:59:59.999'), at('10:00:00'), at('10:59:59.999'), at('11:00:00')].map((time) => find.matches(line('x', time)))).toEqual([
      false,
      true,
      true,
      false,
    ])
  })
})

describe('what makes no sense', () => {
  test.each([
    ['/(/', '/(/ is no regular expression that RE2 can read: it has no look-around and no references back.'],
    ['/(?=x)/', '/(?=x)/ is no regular expression'],
    ['level:loud', 'level:loud: the levels are trace, debug, info, warn, error, fatal.'],
    ['after:noon', 'after:noon: for instance after:10:04 or after:2026-11-21T10:04.'],
    ['before:25:00', 'before:25:00: for instance'],
    ['last:soon', 'last:soon: for instance last:90s, last:15m, last:2h or last:1d.'],
    ['-last:5m', '-last:5m: a time is not left out'],
    ['pattern:{ $.a', 'Invalid filter pattern at character 6: one of = != < > <= >= expected.'],
  ])('%s is told, and asks for nothing', (text, sentence) => {
    const find = parseFind(text, options)
    expect(find.error).toContain(sentence)
    expect(find.matches(line('anything'))).toBe(true)
  })

  test('the whole field may be a pattern of CloudWatch', () => {
    const find = parseFind('?ERROR ?level:x', { ...options, asPattern: true })
    expect(find.error).toContain("Invalid character(s) in term 'level:x'")
    expect(parseFind('?ERROR ?WARN', { ...options, asPattern: true }).matches(line(python))).toBe(true)
  })
})

test('a level is looked for without reading the JSON of lines that cannot have it', () => {
  const { matches } = parseFind('level:error', options)
  const parse = vi.spyOn(JSON, 'parse')
  const quiet = Array.from({ length: 1_000 }, (_, index) => line(JSON.stringify({ level: 'INFO', message: `row ${index} written` })))
  expect(quiet.filter((one) => matches(one))).toEqual([])
  expect(parse).not.toHaveBeenCalled()
  expect(matches(line(JSON.stringify({ level: 'ERROR', message: 'no row' })))).toBe(true)
  parse.mockRestore()
})

test('a field is looked for in lists within lists, as many as a line can hold', () => {
  const deep = (value: string, depth: number) => `{"a":${'['.repeat(depth)}${value}${']'.repeat(depth)}}`
  expect(finds('a.b:x', deep('{"b":"x"}', 50))).toBe(true)
  expect(finds('a.b:x', deep('{"b":"x"}', 128_000))).toBe(false)
})
