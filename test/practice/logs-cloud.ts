import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { onTestFinished } from 'vitest'
import { ConnectionDropped, createFaults } from '../../practice/faults.ts'
import { type LogsOptions, openLogs } from '../../practice/logs/logs.ts'
import { openWire } from '../../practice/wire/server.ts'
import { temporaryFolder } from '../support/folders.ts'

/** CloudWatch Logs of the practice cloud alone, behind the real wire. It ends with the test, or before. */
export async function startLogs(folder: string, options: Partial<LogsOptions> = {}) {
  const log: string[] = []
  const report = (text: string) => void log.push(text)
  const logs = openLogs({ folder, report, ...options })
  const faults = createFaults()
  const wire = await openWire({
    port: 0,
    services: { logs: faults.before('logs', logs.service) },
    plain: () => null,
    hangsUp: (error) => error instanceof ConnectionDropped,
    log: report,
  })
  let closed = false
  const close = async () => {
    if (closed) return
    closed = true
    await wire.close()
    logs.close()
  }
  onTestFinished(close)
  return { endpoint: `http://127.0.0.1:${wire.port}`, logs, writer: logs.writer, faults, log, close }
}

/** The SDK's client, pointed there. One attempt, so that a test sees what was answered. */
export function logsClient(endpoint: string, region = 'ca-central-1'): CloudWatchLogsClient {
  const client = new CloudWatchLogsClient({
    endpoint,
    region,
    maxAttempts: 1,
    disableHostPrefix: true,
    credentials: { accessKeyId: 'practice', secretAccessKey: 'practice' },
  })
  onTestFinished(() => client.destroy())
  return client
}

export const group = '/aws/lambda/cruddur-post-confirmation'
export const stream = '2026/11/21/[$LATEST]0123456789abcdef'
export const region = 'ca-central-1'

/** The logs with one group and one stream, at a time that stands still until it is changed. */
export async function startStream(options: Partial<LogsOptions> = {}) {
  const clock = { now: Date.UTC(2026, 10, 21, 12) }
  const folder = await temporaryFolder()
  const cloud = await startLogs(folder, { now: () => clock.now, rates: {}, ...options })
  const client = logsClient(cloud.endpoint)
  await client.send(new CreateLogGroupCommand({ logGroupName: group }))
  await client.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: stream }))
  const put = (...logEvents: readonly { readonly timestamp: number; readonly message: string }[]) =>
    client.send(new PutLogEventsCommand({ logGroupName: group, logStreamName: stream, logEvents: [...logEvents] }))
  const find = (input: Partial<FilterLogEventsCommandInput> = {}) =>
    client.send(new FilterLogEventsCommand({ logGroupName: group, ...input }))
  /** The messages of every page. */
  const findAll = async (input: Partial<FilterLogEventsCommandInput> = {}) => {
    const pages: string[][] = []
    let nextToken: string | undefined
    do {
      const page = await find({ ...input, nextToken })
      pages.push((page.events ?? []).map(({ message = '' }) => message))
      nextToken = page.nextToken
    } while (nextToken !== undefined)
    return pages
  }
  /** Writes lines a millisecond apart, the last now. */
  const write = (messages: readonly string[], to = stream) =>
    cloud.writer.write(
      region,
      group,
      to,
      messages.map((message, index) => ({ at: clock.now - messages.length + 1 + index, message, lateMs: 0 })),
    )
  return { ...cloud, folder, clock, client, put, find, findAll, write }
}
