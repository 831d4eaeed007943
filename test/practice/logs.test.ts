import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'
import { logsClient, startLogs } from './logs-cloud.ts'

const group = '/aws/lambda/cruddur-post-confirmation'
const stream = '2026/11/21/[$LATEST]0123456789abcdef'
const region = 'ca-central-1'

async function start(options: Parameters<typeof startLogs>[1] = {}) {
  const cloud = await startLogs(await temporaryFolder(), options)
  const client = logsClient(cloud.endpoint)
  await client.send(new CreateLogGroupCommand({ logGroupName: group }))
  await client.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: stream }))
  return { cloud, client }
}

const put = (client: CloudWatchLogsClient, messages: readonly string[], at = Date.now()) =>
  client.send(
    new PutLogEventsCommand({
      logGroupName: group,
      logStreamName: stream,
      logEvents: messages.map((message) => ({ timestamp: at, message })),
    }),
  )

const find = (client: CloudWatchLogsClient, input: Partial<FilterLogEventsCommandInput> = {}) =>
  client.send(new FilterLogEventsCommand({ logGroupName: group, ...input }))

test('what is put is found, in the order of time and of writing, each with an id of its own', async () => {
  const { client } = await start()
  const at = Date.now()
  await put(client, ['second', 'third'], at)
  await put(client, ['first'], at - 5)
  const { events = [], nextToken, searchedLogStreams } = await find(client)
  expect(events.map(({ message }) => message)).toEqual(['first', 'second', 'third'])
  expect(events[1]).toMatchObject({ logStreamName: stream, timestamp: at, ingestionTime: expect.any(Number) })
  const ids = events.map(({ eventId = '' }) => eventId)
  expect(ids.every((id) => /^\d{56}$/.test(id))).toBe(true)
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(3)
  expect(nextToken).toBeUndefined()
  expect(searchedLogStreams).toEqual([])
})

test('an event appears when it is ingested, by the clock that is given', async () => {
  let now = Date.UTC(2026, 10, 21)
  const { cloud, client } = await start({ now: () => now })
  cloud.writer.write(region, group, stream, [
    { at: now, message: 'late', lateMs: 120_000 },
    { at: now, message: 'soon', lateMs: 0 },
  ])
  expect((await find(client)).events?.map(({ message }) => message)).toEqual(['soon'])
  now += 119_999
  expect((await find(client)).events).toHaveLength(1)
  now += 1
  const { events } = await find(client)
  expect(events?.map(({ message, ingestionTime = 0, timestamp = 0 }) => [message, ingestionTime - timestamp])).toEqual([
    ['soon', 0],
    ['late', 120_000],
  ])
})
