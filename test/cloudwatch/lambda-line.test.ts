import { describe, expect, test } from 'vitest'
import { levelHint, levelOf, lineOf } from '../../cloudwatch/lambda-line.ts'
import { end, idOf, jsonDone, jsonLine, jsonReport, jsonStart, platform, report, start } from './lambda-log.ts'

const id = idOf(7)
const at = '2026-11-21T15:00:00.000Z'
const read = (message: string) => {
  const { kind, level, requestId } = lineOf({ message })
  return [kind, level, requestId]
}

describe('what an event is', () => {
  test.each([
    [
      'INIT_START Runtime Version: python:3.12.v36\tRuntime Version ARN: arn:aws:lambda:ca-central-1::runtime:aa\n',
      'init start',
      null,
      null,
    ],
    ['INIT_REPORT Init Duration: 10007.33 ms\tPhase: init\tStatus: timeout\n', 'init report', null, null],
    [start(id), 'start', null, id],
    [end(id), 'end', null, id],
    [report(id), 'report', null, id],
    [report(id, 'XRAY TraceId: 1-5e34a614-10bdxmplf1fb44f07bc535a1\tSegmentId: 07f5xmpl2d1f6f85\tSampled: true\t'), 'report', null, id],
    [`${at} ${id} Task timed out after 3.00 seconds\n\n`, 'timed out', null, id],
    [`RequestId: ${id} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n`, 'fault', 'error', id],
    ['EXTENSION\tName: AppConfig\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n', 'platform', null, null],
    ['LOGS\tName: x\tState: Subscribed\tTypes: [Platform]\n', 'platform', null, null],
    ['TELEMETRY\tName: x\tState: Subscribed\tTypes: [Platform]\n', 'platform', null, null],
    [jsonStart(id), 'start', null, id],
    [jsonDone(id), 'runtime done', null, id],
    [jsonReport(id), 'report', null, id],
    [platform('initStart', { phase: 'init' }), 'init start', null, null],
    [platform('initReport', { phase: 'init', metrics: { durationMs: 1 } }), 'init report', null, null],
    [platform('logsDropped', { droppedRecords: 2 }), 'platform', null, null],
    [platform('restoreStart', { functionName: 'x' }), 'platform', null, null],
    [`[INFO]\t${at}\t${id}\thello\n`, 'application', 'info', id],
    [`[WARNING]\t${at}\t\tduring the init\n`, 'application', 'warn', null],
    [`[CRITICAL]\t${at}\t${id}\tx\n`, 'application', 'fatal', id],
    ['[ERROR] KeyError: name\nTraceback (most recent call last):\n', 'application', 'error', null],
    [`${at}\t${id}\tDEBUG\tx\ry`, 'application', 'debug', id],
    [`${at}\tundefined\tERROR\tx`, 'application', 'error', null],
    [jsonLine(id, 'x', 'WARN'), 'application', 'warn', id],
    [
      JSON.stringify({ timestamp: at, log_level: 'ERROR', errorMessage: 'x', errorType: 'KeyError', requestId: id }),
      'application',
      'error',
      id,
    ],
    ['hello\n', 'application', null, null],
    ['', 'application', null, null],
  ])('%j', (message, kind, level, requestId) => {
    expect(read(message)).toEqual([kind, level, requestId])
  })

  test.each([
    [`the request ${id} failed`],
    [`START RequestId: ${id}`],
    [` START RequestId: ${id} Version: $LATEST`],
    [`START RequestId: ${id} Version: $LATEST and more`],
    [`END RequestId: ${id} is what I say`],
    [`REPORT RequestId: ${id} Duration: 1.00 ms Billed Duration: 1 ms Memory Size: 128 MB Max Memory Used: 2 MB`],
    [`REPORT RequestId: ${id}\tDuration: 1.00 ms\t`],
    [`Task timed out after 3.00 seconds`],
    [`REPORT RequestId: ${id}\tDuration: ms\tBilled Duration: 1 ms\tMemory Size: 128 MB`],
    [`{"type":"platform.start","record":{"requestId":"${id}"}}`],
    [`{"time":"${at}","type":"platform.start"`],
    [`{"a": {"requestId": "${id}"}}`],
    ['{not json'],
    [`{"level":"shout"}`],
    [`[HELLO]\tworld`],
  ])('an application wrote %j, and no request id is taken from it', (message) => {
    expect(read(message)).toEqual(['application', null, null])
  })

  test("long and hostile lines are an application's, read in no time to speak of", () => {
    for (const message of [
      `START RequestId: ${'a'.repeat(256_000)}`,
      `REPORT RequestId: ${id}\t${'Duration: 1.00 ms\t'.repeat(14_000)}`,
      `${at}\t${'\t'.repeat(256_000)}`,
      `[${'A'.repeat(256_000)}`,
      `{${'"a":{'.repeat(50_000)}`,
      `{"time":"${at}","type":"platform.report","record":{"requestId":"${id}","metrics":${'['.repeat(500_000)}${']'.repeat(500_000)}}}`,
      '\u001b[31mSTART\u202e',
    ])
      expect(read(message)).toEqual(['application', null, null])
  })
})

test('a report has the figures that it tells', () => {
  expect(lineOf({ message: report(id, 'Restore Duration: 80.10 ms\tStatus: error\tError Type: Runtime.ExitError') }).report).toEqual({
    durationMs: 12.34,
    billedMs: 13,
    memorySizeMb: 128,
    maxMemoryMb: 47,
    initMs: null,
    restoreMs: 80.1,
    status: 'error',
    errorType: 'Runtime.ExitError',
  })
  expect(lineOf({ message: jsonReport(id) }).report).toMatchObject({
    durationMs: 12.34,
    billedMs: 13,
    memorySizeMb: 128,
    status: 'success',
  })
})

test('the text is what the application wrote, without what the runtime put before it', () => {
  expect(lineOf({ message: `[INFO]\t${at}\t${id}\thello` }).text).toBe('hello')
  expect(lineOf({ message: `${at}\t${id}\tINFO\thello` }).text).toBe('hello')
  expect(lineOf({ message: jsonLine(id, 'hello') }).text).toBe('hello')
  expect(lineOf({ message: jsonLine(id, { a: 1 }) }).json?.['message']).toEqual({ a: 1 })
})

test('a level is a word that runtimes have for one', () => {
  expect(['INFO', 'Warning', 'fatal', 'notice', 'constructor', 7, undefined].map(levelOf)).toEqual([
    'info',
    'warn',
    'fatal',
    'info',
    null,
    null,
    null,
  ])
})

test('no line of a level escapes its hint, however the level is written', () => {
  const words = 'trace NOTSET debug Info NOTICE warn WARNING Error error FATAL critical'.split(' ')
  const escaped = (word: string) => [...word].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
  const shapes = (word: string) => [
    `[${word}]\t2026-11-21T15:00:00.000Z\t${id}\tit went as it went`,
    `${at}\t${id}\t${word.toUpperCase()}\tit went as it went`,
    JSON.stringify({ level: word, message: 'it went as it went' }),
    JSON.stringify({ log_level: word, message: 'it went as it went' }),
    `{"level": "${escaped(word)}"}`,
    `RequestId: ${id} Error: Runtime exited with error: signal: killed`,
  ]
  for (const message of words.flatMap(shapes)) {
    const { level } = lineOf({ message })
    if (level === null) continue
    expect(levelHint(new Set([level])).test(message), message).toBe(true)
  }
  expect(levelHint(new Set(['error'])).test(`${at} ${id} Task timed out after 3.00 seconds`)).toBe(true)
  expect(levelHint(new Set(['error'])).test('{"level":"INFO","message":"row written"}')).toBe(false)
})
