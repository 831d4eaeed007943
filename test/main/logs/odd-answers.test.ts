import { EventStreamCodec } from '@smithy/core/event-streams'
import { fromUtf8, toUtf8 } from '@smithy/core/serde'
import { describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../../main/data/clock.ts'
import { findGroups } from '../../../main/logs/groups.ts'
import { type HistoryItem, historyItem, logGroups } from '../../../preload/contract/logs.ts'
import { jsonAnswer, startAwsEndpoint } from '../../support/aws-endpoint.ts'
import { failureOf } from '../aws/stage.ts'
import { openHub, openReader, place, source } from './stage.ts'
import { createTestClock } from './test-clock.ts'

/** An endpoint that answers as CloudWatch never would. */

const soon = { timeout: 20_000 }
const { signal } = new AbortController()
let made = 0
const event = (more: object = {}) => {
  made += 1
  return { eventId: `id ${made}`, logStreamName: 'stream', timestamp: Date.now(), ingestionTime: Date.now(), message: 'a line', ...more }
}
async function readAll(events: readonly object[], range = { from: Date.now() - 60_000, to: Date.now() + 60_000 }) {
  const endpoint = await startAwsEndpoint()
  endpoint.answer('logs', 'FilterLogEvents', jsonAnswer({ events }))
  const { hub } = openHub(endpoint.url, systemClock)
  const pages: HistoryItem[] = []
  for await (const page of hub.history(source, { ...range, pattern: null }, signal)) pages.push(page)
  return pages
}

describe('an event', () => {
  test.each([
    ['has no time', { timestamp: undefined }],
    ['happened before all time', { timestamp: -1 }],
    ['happened between two milliseconds', { timestamp: Date.now() + 0.5 }],
    ['happened when no clock can tell', { timestamp: 1e300 }],
    ['happened in words', { timestamp: 'soon' }],
    ['was ingested in words', { ingestionTime: 'soon' }],
    ['has a number for a message', { message: 5 }],
    ['has an object for a message', { message: { text: '<img src=x onerror=alert(1)>' } }],
    ['has a number for an id', { eventId: 7 }],
    ['has a list for a stream', { logStreamName: ['stream'] }],
  ])('that %s is not one of CloudWatch', async (_, more) => {
    expect(await failureOf(readAll([event(), event(more)]))).toMatchObject({
      code: 'NOT_AWS',
      message: expect.stringContaining(source.group),
    })
  })

  test('without stream or message, or called like a part of every object, is one', async () => {
    const pages = await readAll([
      event({ logStreamName: undefined, message: undefined }),
      event({ eventId: '__proto__', message: '\ud800' }),
    ])
    expect(pages.map((page) => historyItem.parse(page).events.length)).toEqual([2])
  })

  test('that was not asked for is left out', async () => {
    const [from, to] = [Date.now() - 1_000, Date.now()]
    const pages = await readAll(
      [from - 1, from, to - 1, to].map((timestamp) => event({ timestamp })),
      { from, to },
    )
    expect(pages.flatMap(({ events }) => events.map(({ at }) => at))).toEqual([to - 1, from])
  })
})

test('more than CloudWatch puts on one page is not taken', async () => {
  for (const events of [
    Array.from({ length: 10_001 }, () => event()),
    Array.from({ length: 5 }, () => event({ message: 'x'.repeat(1_000_000) })),
  ])
    expect(await failureOf(readAll(events))).toMatchObject({ code: 'NOT_AWS', message: expect.stringContaining('one page') })
})

test('what is wrong with an answer is told while following, which goes on once answers are right', async () => {
  const endpoint = await startAwsEndpoint()
  endpoint.answer('logs', 'FilterLogEvents', jsonAnswer({ events: [event({ message: 5 })] }))
  const { hub, said } = openHub(endpoint.url, systemClock)
  const reader = openReader(hub)
  await vi.waitFor(() => expect(reader.state).toMatchObject({ state: 'trouble', problem: { code: 'NOT_AWS' } }), soon)
  endpoint.answer('logs', 'FilterLogEvents', jsonAnswer({ events: [event()] }))
  await vi.waitFor(() => expect(reader.state).toMatchObject({ state: 'following', problem: null }), soon)
  expect(reader.held.size).toBe(1)
  expect(said).toEqual([])
})

test.each([['Thu, 01 Jan 1970 00:00:00 GMT'], ['Fri, 31 Dec 9999 23:59:59 GMT']])(
  'a date of %s in an answer keeps following within what can be told',
  async (date) => {
    const endpoint = await startAwsEndpoint()
    const answer = jsonAnswer({ events: [] })
    endpoint.answer('logs', 'FilterLogEvents', { ...answer, headers: { ...answer.headers, date } })
    const time = createTestClock(Date.now())
    const { hub, settled } = openHub(endpoint.url, time.clock)
    const reader = openReader(hub)
    await time.pass(5_000, settled)
    expect(reader.state?.completeUpTo).toBeGreaterThanOrEqual(0)
    expect(endpoint.asked('FilterLogEvents').map(({ body }) => JSON.parse(body).startTime >= 0)).not.toContain(false)
  },
)

describe('a list of groups', () => {
  async function list(groups: readonly unknown[], functions: readonly unknown[] = [], nextToken?: string) {
    const endpoint = await startAwsEndpoint()
    endpoint.answer('logs', 'DescribeLogGroups', jsonAnswer({ logGroups: groups, nextToken }))
    endpoint.answer('lambda', '*', jsonAnswer({ Functions: functions }))
    const { aws } = openHub(endpoint.url, systemClock)
    const found = await findGroups({ aws, namedGroup: null, log: expect.unreachable }, place, '', signal)
    return { found: logGroups.parse({ place, ...found }), asked: endpoint.asked('DescribeLogGroups').length }
  }

  test.each([
    [null],
    [7],
    [{}],
    [{ logGroupName: 5 }],
    [{ logGroupName: '' }],
    [{ logGroupName: 'x'.repeat(600) }],
    [{ logGroupName: '<img src=x>' }],
    [{ logGroupName: '\u202ea' }],
  ])('with %j in it is none of AWS', async (one) => {
    const { found } = await list([one], [{ FunctionName: 'a' }])
    expect(found.problems).toMatchObject([{ code: 'NOT_AWS' }])
    expect(found.groups.map(({ name }) => name)).toEqual(['/aws/lambda/a'])
  })

  test('tells nothing of what it has in no form that can be read', async () => {
    const { found } = await list(
      [{ logGroupName: 'b', retentionInDays: 'x', storedBytes: {}, logGroupClass: [] }],
      [{ FunctionName: 'i', Runtime: '<i>', MemorySize: 'x', Timeout: 0.5, LoggingConfig: { LogGroup: 'b' } }],
    )
    expect(found.groups).toMatchObject([
      {
        name: 'b',
        retentionDays: null,
        storedBytes: null,
        logClass: null,
        function: { name: 'i', runtime: null, memoryMb: null, timeoutSeconds: null },
      },
    ])
  })

  test('of a hundred thousand on one page is cut and told, and so is one whose pages go round', async () => {
    const many = await list(Array.from({ length: 100_000 }, (_, index) => ({ logGroupName: `group-${index}` })))
    expect(many.found.groups).toHaveLength(1_000)
    expect(many.found.problems).toMatchObject([{ code: 'AWS', message: expect.stringContaining('there are more') }])
    const round = await list([{ logGroupName: 'a' }], [], 'the same')
    expect(round).toMatchObject({ asked: 2, found: { problems: [{ code: 'AWS' }] } })
  })
})

test('what Live Tail brings of a time that is final is not told, however often it comes', async () => {
  const endpoint = await startAwsEndpoint()
  const codec = new EventStreamCodec(toUtf8, fromUtf8)
  const text = (value: string) => ({ type: 'string', value }) as const
  const message = (type: string, payload: object) =>
    codec.encode({
      headers: { ':message-type': text('event'), ':event-type': text(type), ':content-type': text('application/json') },
      body: fromUtf8(JSON.stringify(payload)),
    })
  const sessionResults = [
    { ...event({ message: 'of long ago' }), timestamp: Date.now() - 600_000 },
    { ...event({ message: 'of now' }), timestamp: Date.now() },
  ]
  const begin = [message('initial-response', {}), message('sessionStart', { sessionId: 'one' })]
  endpoint.answer('logs', 'FilterLogEvents', jsonAnswer({ events: [] }))
  endpoint.answer(
    'logs',
    'DescribeLogGroups',
    jsonAnswer({ logGroups: [{ logGroupName: source.group, logGroupArn: `arn:${source.group}` }] }),
  )
  endpoint.answer(
    'logs',
    'StartLiveTail',
    {
      headers: { 'content-type': 'application/vnd.amazon.eventstream' },
      body: Buffer.concat([...begin, message('sessionUpdate', { sessionResults })]),
    },
    { trouble: 'silence' },
  )
  const { hub } = openHub(endpoint.url, systemClock)
  const reader = openReader(hub, { live: true })
  await vi.waitFor(() => expect([...reader.held.values()].map((one) => one.message)).toContain('of now'), soon)
  expect([...reader.held.values()].map((one) => one.message)).toEqual(['of now'])
})
