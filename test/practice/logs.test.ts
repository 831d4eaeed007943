import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DeleteLogStreamCommand, FilterLogEventsCommand, GetLogEventsCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { describe, expect, test } from 'vitest'
import { group, logsClient, region, startLogs, startStream, stream } from './logs-cloud.ts'

const hour = 3_600_000
const day = 24 * hour
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`)

describe('putting events', () => {
  test('what is put is found, in the order of time and of writing, each with an id of its own', async () => {
    const { clock, put, find } = await startStream()
    const at = clock.now
    await put({ timestamp: at, message: 'second' }, { timestamp: at, message: 'third' })
    await put({ timestamp: at - 5, message: 'first' })
    const { events = [], nextToken, searchedLogStreams } = await find()
    expect(events.map(({ message }) => message)).toEqual(['first', 'second', 'third'])
    expect(events[1]).toMatchObject({ logStreamName: stream, timestamp: at, ingestionTime: at })
    const ids = events.map(({ eventId = '' }) => eventId)
    expect(ids.every((id) => /^\d{56}$/.test(id))).toBe(true)
    expect(ids.toSorted()).toEqual(ids)
    expect(new Set(ids).size).toBe(3)
    expect(nextToken).toBeUndefined()
    expect(searchedLogStreams).toEqual([])
  })

  test('hostile lines come back as they were written, also of 256 KB', async () => {
    const { clock, put, find } = await startStream()
    const long = 'é'.repeat(128 * 1024)
    const messages = [
      '\u001b[31mred\u0000\u0007\r\n\tend',
      '\u202egnirts\u2066',
      '<img src=x onerror=alert(1)>',
      'END RequestId: not-one',
      long,
    ]
    await put(...messages.map((message) => ({ timestamp: clock.now, message })))
    expect((await find()).events?.map(({ message }) => message)).toEqual(messages)
    // JSON writes six characters for each.
    const bells = { timestamp: clock.now, message: '\u0007'.repeat(1_048_550) }
    await put(bells)
    expect((await find({ logStreamNames: [stream], filterPattern: '%^\\x07%' })).events).toMatchObject([bells])
  })

  test('a batch that breaks a bound is refused whole, in the words of AWS', async () => {
    const { clock, put, find } = await startStream()
    const at = clock.now
    const refused = (message: RegExp) => ({ name: 'InvalidParameterException', message: expect.stringMatching(message) })
    await expect(put({ timestamp: at, message: 'a' }, { timestamp: at - 1, message: 'b' })).rejects.toMatchObject(refused(/chronological/))
    await expect(put({ timestamp: at - day - 1, message: 'a' }, { timestamp: at, message: 'b' })).rejects.toMatchObject(refused(/24 hours/))
    await expect(put({ timestamp: at, message: 'x'.repeat(1_048_551) })).rejects.toMatchObject(refused(/Log event too large/))
    const half = { timestamp: at, message: 'x'.repeat(524_263) }
    await expect(put(half, half)).rejects.toMatchObject(refused(/Upload too large: 1048578 bytes exceeds limit of 1048576/))
    const many = numbered(10_001).map((message) => ({ timestamp: at, message }))
    await expect(put(...many)).rejects.toMatchObject(refused(/less than or equal to 10000/))
    await expect(put()).rejects.toMatchObject(refused(/greater than or equal to 1/))
    await expect(put({ timestamp: at, message: '' })).rejects.toMatchObject(refused(/message/))
    expect((await find()).events).toEqual([])
    await put(half, { ...half, message: half.message.slice(2) })
    await put(...many.slice(1))
    expect((await find({ limit: 1 })).events?.[0]?.message).toHaveLength(524_263)
  })

  test('events that are too old, expired or too new are left out and told', async () => {
    const { clock, put, findAll } = await startStream()
    const at = clock.now
    const { rejectedLogEventsInfo } = await put(
      { timestamp: at - 15 * day, message: 'too old' },
      { timestamp: at - 14 * day - 1, message: 'too old' },
      { timestamp: at, message: 'good' },
      { timestamp: at + 2 * hour, message: 'good' },
      { timestamp: at + 2 * hour + 1, message: 'too new' },
    )
    expect(rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 2, tooNewLogEventStartIndex: 4 })
    expect((await findAll()).flat()).toEqual(['good', 'good'])
  })

  test('a sequence token counts for nothing, and a group or a stream that is not there is told', async () => {
    const { clock, client } = await startStream()
    const put = (logGroupName: string, logStreamName: string) => {
      const logEvents = [{ timestamp: clock.now, message: 'a' }]
      return client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents, sequenceToken: 'nonsense' }))
    }
    expect(await put(group, stream)).toMatchObject({ nextSequenceToken: expect.stringMatching(/^\d{56}$/) })
    const missing = (what: string) => ({ name: 'ResourceNotFoundException', message: `The specified log ${what} does not exist.` })
    await expect(put('/other', stream)).rejects.toMatchObject(missing('group'))
    await expect(put(group, 'other')).rejects.toMatchObject(missing('stream'))
  })
})

describe('finding events', () => {
  test('an event appears when it is ingested', async () => {
    const { clock, writer, find } = await startStream()
    writer.write(region, group, 'new', [
      { at: clock.now, message: 'late', lateMs: 120_000 },
      { at: clock.now, message: 'soon', lateMs: 0 },
    ])
    expect((await find()).events?.map(({ message }) => message)).toEqual(['soon'])
    clock.now += 119_999
    expect((await find()).events).toHaveLength(1)
    clock.now += 1
    const { events } = await find()
    expect(events?.map(({ message, ingestionTime = 0, timestamp = 0 }) => [message, ingestionTime - timestamp])).toEqual([
      ['soon', 0],
      ['late', 120_000],
    ])
  })

  test('what PutLogEvents brings is late where the cloud is told to be', async () => {
    const { clock, put, find } = await startStream({ lateMs: () => 5_000 })
    await put({ timestamp: clock.now, message: 'late' })
    expect((await find()).events).toEqual([])
    clock.now += 5_000
    expect((await find()).events).toMatchObject([{ message: 'late', ingestionTime: clock.now }])
  })

  test('both ends of the time count', async () => {
    const { clock, write, find } = await startStream()
    write(numbered(5))
    const { events } = await find({ startTime: clock.now - 3, endTime: clock.now - 1 })
    expect(events?.map(({ message }) => message)).toEqual(['line 1', 'line 2', 'line 3'])
    await expect(find({ startTime: 2, endTime: 1 })).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })

  test('every page together has each event once, whatever the limit, in either direction', async () => {
    const { clock, write, findAll } = await startStream()
    write(numbered(25))
    write(numbered(5), 'other')
    const up = await findAll({ limit: 7 })
    expect(up.map((page) => page.length)).toEqual([7, 7, 7, 7, 2])
    const down = await findAll({ limit: 7, startTime: clock.now - day, startFromHead: false })
    expect(down.flat()).toEqual(up.flat().reverse())
    await expect(findAll({ startFromHead: false })).rejects.toMatchObject({ message: expect.stringContaining('Jan 1, 2024') })
    for (const limit of [0, 10_001]) await expect(findAll({ limit })).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })

  test('a page holds 1 MB of text, or one event that is more', async () => {
    const { write, findAll } = await startStream()
    write(Array.from({ length: 9 }, () => 'x'.repeat(256 * 1024)))
    expect((await findAll()).map((page) => page.length)).toEqual([4, 4, 1])
  })

  test('streams are chosen by name or by the beginning of their names', async () => {
    const { write, find, findAll } = await startStream()
    write(['a'], 'first')
    write(['b'], 'second')
    write(['c'], 'second too')
    expect((await findAll({ logStreamNames: ['first'] })).flat()).toEqual(['a'])
    expect((await findAll({ logStreamNames: ['first', 'second'] })).flat()).toEqual(['a', 'b'])
    expect((await findAll({ logStreamNamePrefix: 'second' })).flat()).toEqual(['b', 'c'])
    await expect(find({ logStreamNames: ['first'], logStreamNamePrefix: 'f' })).rejects.toMatchObject({ name: 'InvalidParameterException' })
    await expect(find({ logStreamNames: numbered(101) })).rejects.toMatchObject({ name: 'InvalidParameterException' })
    await expect(find({ logStreamNames: ['third'] })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  test('a group has a name or an ARN, not both', async () => {
    const { client, write } = await startStream()
    write(['a'])
    const find = (input: object) => client.send(new FilterLogEventsCommand(input)).then(({ events }) => events?.length)
    const arn = `arn:aws:logs:${region}:123456789012:log-group:${group}`
    expect(await find({ logGroupIdentifier: group })).toBe(1)
    expect(await find({ logGroupIdentifier: arn })).toBe(1)
    const invalid = { name: 'InvalidParameterException' }
    await expect(find({ logGroupIdentifier: arn, logGroupName: group })).rejects.toMatchObject(invalid)
    await expect(find({ logGroupIdentifier: `${arn}:*` })).rejects.toMatchObject(invalid)
    await expect(find({})).rejects.toMatchObject(invalid)
    await expect(find({ logGroupIdentifier: arn.replace(region, 'eu-west-1') })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })

  test('what is rare makes empty pages with tokens before it is found', async () => {
    const { write, findAll } = await startStream({ limits: { scannedEvents: 10 } })
    write(numbered(35))
    write(['rare'], 'other')
    expect(await findAll({ logStreamNamePrefix: 'oth' })).toEqual([[], [], [], ['rare']])
  })

  test('a token is good for its own request, for a day', async () => {
    const { clock, write, find } = await startStream()
    write(numbered(10))
    const { nextToken } = await find({ limit: 4 })
    const invalid = { name: 'InvalidParameterException', message: 'The specified nextToken is invalid.' }
    await expect(find({ nextToken, startTime: 1 })).rejects.toMatchObject(invalid)
    await expect(find({ nextToken, logStreamNames: [stream] })).rejects.toMatchObject(invalid)
    await expect(find({ nextToken: 'nonsense' })).rejects.toMatchObject(invalid)
    clock.now += day
    expect((await find({ limit: 4, nextToken })).events).toHaveLength(4)
    clock.now += 1
    await expect(find({ limit: 4, nextToken })).rejects.toMatchObject(invalid)
  })

  test('a region sees its own groups alone', async () => {
    const { endpoint, write } = await startStream()
    write(['a'])
    const elsewhere = logsClient(endpoint, 'eu-west-1')
    await expect(elsewhere.send(new FilterLogEventsCommand({ logGroupName: group }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    })
  })
})

describe('reading one stream', () => {
  test('it is read from either end, and at the end the same token comes back', async () => {
    const { client, write } = await startStream()
    const get = (input: object = {}) =>
      client
        .send(new GetLogEventsCommand({ logGroupName: group, logStreamName: stream, limit: 4, ...input }))
        .then(({ events = [], nextForwardToken: forward, nextBackwardToken: backward }) => ({
          lines: events.map(({ message = '' }) => Number(message.slice(5))),
          forward,
          backward,
        }))
    write(numbered(10))
    const newest = await get()
    expect(newest.lines).toEqual([6, 7, 8, 9])
    expect(newest.forward).toMatch(/^f\/\d{56}\//)
    const before = await get({ nextToken: newest.backward })
    expect(before.lines).toEqual([2, 3, 4, 5])
    const oldest = await get({ nextToken: before.backward })
    expect(oldest.lines).toEqual([0, 1])
    const none = await get({ nextToken: oldest.backward })
    expect(none).toMatchObject({ lines: [], backward: oldest.backward, forward: expect.any(String) })
    expect((await get({ nextToken: none.forward, startFromHead: true })).lines).toEqual([0, 1, 2, 3])

    const first = await get({ startFromHead: true })
    expect(first.lines).toEqual([0, 1, 2, 3])
    const end = await get({ nextToken: newest.forward, startFromHead: true })
    expect(end).toMatchObject({ lines: [], forward: newest.forward, backward: expect.any(String) })
    write(['line 10'])
    expect((await get({ nextToken: end.forward, startFromHead: true })).lines).toEqual([10])
    await expect(get({ nextToken: newest.forward, startTime: 5 })).rejects.toMatchObject({ message: 'The specified nextToken is invalid.' })
  })

  test('an empty stream has tokens too; the end of the time does not count', async () => {
    const { clock, client, write } = await startStream()
    const get = (input: object = {}) =>
      client.send(new GetLogEventsCommand({ logGroupName: group, logStreamName: stream, startFromHead: true, ...input }))
    const { events, nextForwardToken, nextBackwardToken } = await get()
    expect([events, typeof nextForwardToken, typeof nextBackwardToken]).toEqual([[], 'string', 'string'])
    expect(await get({ nextToken: nextForwardToken })).toMatchObject({ nextForwardToken })
    write(['a', 'b'])
    expect((await get({ nextToken: nextForwardToken })).events).toHaveLength(2)
    expect((await get({ endTime: clock.now })).events).toMatchObject([{ message: 'a' }])
    await client.send(new DeleteLogStreamCommand({ logGroupName: group, logStreamName: stream }))
    await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })
})

describe('the file', () => {
  test('everything is there again after a restart, and ids stay', async () => {
    const { folder, clock, close, write, find } = await startStream()
    write(numbered(3))
    const before = (await find()).events
    await close()
    const again = await startLogs(folder, { now: () => clock.now })
    const { events } = await logsClient(again.endpoint).send(new FilterLogEventsCommand({ logGroupName: group }))
    expect(events).toEqual(before)
    expect(again.log).toEqual([])
  })

  test.each([
    ['is none', (path: string) => writeFileSync(path, 'not a database, but long enough to be looked at'.repeat(100))],
    ['was cut off', (path: string) => truncateSync(path, 8_192)],
  ])('one that %s is put aside and told, and the logs begin anew', async (_, damage) => {
    const { folder, close, write } = await startStream()
    write(numbered(3_000))
    await close()
    damage(join(folder, 'logs.sqlite'))
    const again = await startLogs(folder)
    expect(again.log).toEqual([expect.stringContaining('logs.sqlite.damaged')])
    await expect(logsClient(again.endpoint).send(new FilterLogEventsCommand({ logGroupName: group }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })

  test('one that turns out damaged while it is used is put aside and told, and the logs go on anew', async () => {
    const { folder, clock, close, write } = await startStream()
    write(Array.from({ length: 5_000 }, (_, index) => `${index} ${'x'.repeat(500)}`))
    await close()
    const path = join(folder, 'logs.sqlite')
    // The few pages that the start reads stay whole.
    const file = readFileSync(path)
    file.fill(0xff, 1_000 * 1_024, 1_040 * 1_024)
    writeFileSync(path, file)
    const again = await startLogs(folder, { now: () => clock.now, rates: {} })
    const client = logsClient(again.endpoint)
    expect(again.log).toEqual([])
    const find = (filterPattern = '') => client.send(new FilterLogEventsCommand({ logGroupName: group, filterPattern }))
    await expect(find('nothing')).rejects.toMatchObject({ name: 'ServiceUnavailableException' })
    expect(again.log).toEqual([expect.stringContaining('logs.sqlite.damaged')])
    await expect(find()).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    again.writer.write(region, group, stream, [{ at: clock.now, message: 'anew', lateMs: 0 }])
    expect((await find()).events).toMatchObject([{ message: 'anew' }])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('beyond its bounds the oldest events go, and that is said once', async () => {
    const { log, write, findAll } = await startStream({ bounds: { events: 1_000, bytes: 1_000_000 } })
    for (let round = 0; round < 30; round++) write(numbered(100).map((line) => `${round} ${line}`))
    const left = (await findAll()).flat()
    expect(left).toHaveLength(1_000)
    expect(left.at(-1)).toBe('29 line 99')
    expect(left.some((line) => line.startsWith('19 '))).toBe(false)
    expect(log).toEqual([expect.stringContaining('1000 log events')])
    write(Array.from({ length: 6 }, () => 'x'.repeat(250_000)))
    expect((await findAll()).flat()).toHaveLength(4)
  })
})
