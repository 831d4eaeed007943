import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
  paginateFilterLogEvents,
  StartQueryCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { describe, expect, test, vi } from 'vitest'
import { group, logsClient, region, startStream, stream } from './logs-cloud.ts'

const day = 24 * 3_600_000
const arn = (name: string) => `arn:aws:logs:${region}:123456789012:log-group:${name}`

/** What is in the file itself, whatever requests show. */
function eventsInFile(folder: string): number {
  const database = new DatabaseSync(join(folder, 'logs.sqlite'), { readOnly: true })
  try {
    return Number(database.prepare('SELECT count(*) AS count FROM events').get()?.['count'])
  } finally {
    database.close()
  }
}

describe('groups', () => {
  test('they are listed by name, fifty a page, by prefix or by a part of the name as it is written', async () => {
    const { client, clock, write } = await startStream()
    write(['12345'])
    for (let index = 100; index < 160; index++) await client.send(new CreateLogGroupCommand({ logGroupName: `/Many/${index}` }))
    const list = (input: object) => client.send(new DescribeLogGroupsCommand(input))
    const first = await list({})
    expect(first.logGroups?.map(({ logGroupName }) => logGroupName)).toHaveLength(50)
    const rest = await list({ nextToken: first.nextToken })
    expect([rest.logGroups?.length, rest.nextToken]).toEqual([11, undefined])
    expect((await list({ logGroupNamePrefix: '/Many/15' })).logGroups).toHaveLength(10)
    expect((await list({ logGroupNamePattern: 'many' })).logGroups).toEqual([])
    expect((await list({ logGroupNamePattern: 'any/101' })).logGroups).toEqual([
      { logGroupName: '/Many/101', creationTime: clock.now, arn: `${arn('/Many/101')}:*` },
    ])
    expect((await list({ logGroupNamePrefix: '/aws/lambda/' })).logGroups).toEqual([
      {
        logGroupName: group,
        creationTime: clock.now,
        arn: `${arn(group)}:*`,
        logGroupArn: arn(group),
        metricFilterCount: 0,
        storedBytes: 5,
        logGroupClass: 'STANDARD',
      },
    ])
    const invalid = { name: 'InvalidParameterException' }
    await expect(list({ logGroupNamePrefix: 'a', logGroupNamePattern: 'b' })).rejects.toMatchObject(invalid)
    await expect(list({ limit: 51 })).rejects.toMatchObject(invalid)
    await expect(list({ nextToken: first.nextToken, logGroupNamePrefix: 'a' })).rejects.toMatchObject(invalid)
  })

  test('one of a name is made once, with a name that AWS takes', async () => {
    const { client } = await startStream()
    await expect(client.send(new CreateLogGroupCommand({ logGroupName: group }))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
      message: 'The specified log group already exists',
    })
    await expect(client.send(new CreateLogGroupCommand({ logGroupName: 'a b' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
    const again = new CreateLogStreamCommand({ logGroupName: group, logStreamName: stream })
    await expect(client.send(again)).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' })
    await expect(client.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: 'a:b' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
  })

  test('what is deleted is gone, for a group and a stream of the same name too, and out of the file soon', async () => {
    const { client, folder, write, find, findAll } = await startStream()
    write(['a', 'b'])
    write(['c'], 'other')
    await client.send(new DeleteLogStreamCommand({ logGroupName: group, logStreamName: stream }))
    expect((await findAll()).flat()).toEqual(['c'])
    await client.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: stream }))
    expect((await findAll()).flat()).toEqual(['c'])
    await client.send(new DeleteLogGroupCommand({ logGroupName: group }))
    await expect(find()).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await client.send(new CreateLogGroupCommand({ logGroupName: group }))
    expect((await findAll()).flat()).toEqual([])
    await vi.waitFor(() => expect(eventsInFile(folder)).toBe(0), { timeout: 20_000 })
  })

  test('what retention no longer keeps is gone at once, and out of the file soon', async () => {
    const { client, clock, folder, put, findAll } = await startStream()
    await put({ timestamp: clock.now - 4 * day, message: 'old' })
    await put({ timestamp: clock.now - 2 * day, message: 'young' })
    const keep = (retentionInDays: number) => client.send(new PutRetentionPolicyCommand({ logGroupName: group, retentionInDays }))
    await expect(keep(2)).rejects.toMatchObject({ name: 'InvalidParameterException' })
    await keep(3)
    expect((await findAll()).flat()).toEqual(['young'])
    await vi.waitFor(() => expect(eventsInFile(folder)).toBe(1), { timeout: 20_000 })
    const rejected = await put(
      { timestamp: clock.now - 3 * day - 1, message: 'expired' },
      { timestamp: clock.now - 3 * day, message: 'kept' },
    )
    expect(rejected.rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 })
    const described = () => client.send(new DescribeLogGroupsCommand({})).then(({ logGroups }) => logGroups?.[0]?.retentionInDays)
    expect(await described()).toBe(3)
    await client.send(new DeleteRetentionPolicyCommand({ logGroupName: group }))
    expect(await described()).toBeUndefined()
    clock.now += 9 * day
    expect((await findAll()).flat()).toEqual(['kept', 'young'])
  })

  test('they have tags', async () => {
    const { client } = await startStream()
    await client.send(new CreateLogGroupCommand({ logGroupName: '/tagged', tags: { project: 'cruddur', stage: 'prod' } }))
    const resourceArn = arn('/tagged')
    await client.send(new TagResourceCommand({ resourceArn, tags: { stage: 'test', owner: 'me' } }))
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['project'] }))
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ stage: 'test', owner: 'me' })
  })
})

describe('streams', () => {
  test('they are listed by name or by their last event, which is told late', async () => {
    const { client, clock, write, writer } = await startStream({ staleMs: 60_000 })
    const list = (input: object = {}) => client.send(new DescribeLogStreamsCommand({ logGroupName: group, ...input }))
    writer.write(region, group, 'b', [{ at: clock.now - 500, message: 'early', lateMs: 0 }])
    write(['one', 'two'], 'a')
    expect((await list({ logStreamNamePrefix: 'a' })).logStreams).toEqual([
      {
        logStreamName: 'a',
        creationTime: clock.now,
        arn: `${arn(group)}:log-stream:a`,
        storedBytes: 0,
        uploadSequenceToken: expect.any(String),
      },
    ])
    clock.now += 60_000
    expect((await list({ logStreamNamePrefix: 'a' })).logStreams).toMatchObject([
      { firstEventTimestamp: clock.now - 60_001, lastEventTimestamp: clock.now - 60_000, lastIngestionTime: expect.any(Number) },
    ])
    const names = (input: object) => list(input).then(({ logStreams }) => logStreams?.map(({ logStreamName }) => logStreamName))
    expect(await names({})).toEqual([stream, 'a', 'b'])
    expect(await names({ descending: true })).toEqual(['b', 'a', stream])
    expect(await names({ orderBy: 'LastEventTime', descending: true, limit: 2 })).toEqual(['a', stream])
    write(['newest'], 'b')
    expect((await list({ logStreamNamePrefix: 'b' })).logStreams).toMatchObject([{ lastEventTimestamp: clock.now - 60_500 }])
    await expect(list({ orderBy: 'LastEventTime', logStreamNamePrefix: 'a' })).rejects.toMatchObject({ name: 'InvalidParameterException' })
    const { nextToken } = await list({ limit: 2 })
    expect(await names({ limit: 2, nextToken })).toEqual(['b'])
  })
})

describe('what AWS refuses', () => {
  test('more than ten searches a second in one region are throttled', async () => {
    const { endpoint, clock, find } = await startStream({ rates: { FilterLogEvents: 10 } })
    for (let count = 0; count < 10; count++) await find()
    await expect(find()).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' })
    const elsewhere = logsClient(endpoint, 'eu-west-1').send(new FilterLogEventsCommand({ logGroupName: group }))
    await expect(elsewhere).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    clock.now += 100
    await find()
    await expect(find()).rejects.toMatchObject({ name: 'ThrottlingException' })
    clock.now += 60_000
    for (let count = 0; count < 10; count++) await find()
    await expect(find()).rejects.toMatchObject({ name: 'ThrottlingException' })
  })

  test('faults are in the words of CloudWatch Logs', async () => {
    const { faults, find } = await startStream()
    const once = (fault: Parameters<typeof faults.order>[0]['fault']) => faults.order({ fault, service: 'logs', times: 1 })
    once({ kind: 'throttled' })
    await expect(find()).rejects.toMatchObject({ name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } })
    once({ kind: 'expired' })
    await expect(find()).rejects.toMatchObject({ name: 'ExpiredTokenException' })
    once({ kind: 'broken', status: 503 })
    await expect(find()).rejects.toMatchObject({ name: 'ServiceUnavailableException', $metadata: { httpStatusCode: 503 } })
    once({ kind: 'dropped' })
    await expect(find()).rejects.toThrow(/socket hang up|ECONNRESET/)
    await find()
  })

  test('a paginator goes over empty pages on the way, the first one too, and stops at the end', async () => {
    const { client, faults, write } = await startStream({ limits: { events: 4 } })
    write(Array.from({ length: 10 }, (_, index) => String(index)))
    faults.order({ fault: { kind: 'empty page' }, times: 3 })
    const pages: (string | undefined)[][] = []
    for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName: group })) {
      pages.push(events.map(({ message }) => message))
      if (pages.length === 4) faults.order({ fault: { kind: 'empty page' }, times: 2 })
    }
    expect(pages.map((page) => page.length)).toEqual([0, 0, 0, 4, 0, 0, 4, 2])
    expect(pages.flat()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    faults.order({ fault: { kind: 'empty page' }, times: 1 })
    const get = (nextToken?: string) =>
      client.send(new GetLogEventsCommand({ logGroupName: group, logStreamName: stream, startFromHead: true, nextToken }))
    const { events, nextForwardToken } = await get()
    expect(events).toEqual([])
    expect((await get(nextForwardToken)).events).toHaveLength(4)
  })

  test('an operation that there is not is none', async () => {
    const { endpoint } = await startStream()
    const query = new StartQueryCommand({ startTime: 0, endTime: 1, queryString: 'fields @message' })
    await expect(logsClient(endpoint).send(query)).rejects.toMatchObject({ name: 'UnknownOperationException' })
  })
})
