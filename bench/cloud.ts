import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  type InputLogEvent,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'

export const region = 'ca-central-1'
export const keys = { accessKeyId: 'AKIAPRACTICECLOUD000', secretAccessKey: 'practice' }
export const group = '/aws/lambda/cruddur-post-confirmation'
const stream = (number: number) => `2026/11/21/[$LATEST]8f0c1d2e3f4a5b6c8f0c1d2e3f4a5b${String(number).padStart(2, '0')}`
const streams = 8

export interface BenchCloud extends AsyncDisposable {
  /** Where the practice cloud answers. */
  readonly endpoint: string
  readonly processId: number
  put(events: readonly InputLogEvent[], stream?: number): Promise<void>
}

/** Starts the practice cloud alone, in a process of its own, with the log group of the post-confirmation function. */
export async function startCloud(dataFolder: string): Promise<BenchCloud> {
  const script = join(import.meta.dirname, '..', 'scripts', 'practice.ts')
  const child = spawn(process.execPath, [script, '--data', dataFolder, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const endpoint = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part
      const found = /^Practice cloud: (\S+)\n/m.exec(text)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.on('exit', (code) => reject(new Error(`The practice cloud ended with ${code}`)))
  })
  const client = new CloudWatchLogsClient({ endpoint, region, credentials: keys })
  await client.send(new CreateLogGroupCommand({ logGroupName: group }))
  for (let number = 0; number < streams; number += 1)
    await client.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: stream(number) }))
  return {
    endpoint,
    processId: child.pid ?? 0,
    async put(events, number = 0) {
      const command = new PutLogEventsCommand({ logGroupName: group, logStreamName: stream(number % streams), logEvents: [...events] })
      await client.send(command)
    },
    async [Symbol.asyncDispose]() {
      client.destroy()
      const ended = once(child, 'exit')
      if (child.exitCode === null && child.kill()) await ended
    },
  }
}

export interface Wire extends AsyncDisposable {
  readonly endpoint: string
  /** When each request for events came, in milliseconds since 1970. */
  readonly looks: readonly number[]
}

/** Stands between a console and the cloud, and notes each request that asks for events. */
export async function openWire(cloud: string): Promise<Wire> {
  const looks: number[] = []
  const { hostname, port } = new URL(cloud)
  const server = createServer((asked, answer) => {
    if (String(asked.headers['x-amz-target']).endsWith('.FilterLogEvents')) looks.push(Date.now())
    const { method, url, headers } = asked
    const passed = request({ hostname, port, method, path: url, headers }, (told) => {
      answer.writeHead(told.statusCode ?? 502, told.headers)
      told.pipe(answer)
    })
    passed.on('error', () => answer.destroy())
    asked.pipe(passed)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    looks,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

const hex = (value: number, length: number) => value.toString(16).padStart(length, '0')
/** The request id of the invocation with that number. */
export const requestId = (number: number): string => `7f0c1f0e-5b1e-4f7a-9d1c-${hex(number, 12)}`
const perInvocation = 6

/** Six lines of an invocation, as a function that logs text and JSON writes them; each fiftieth fails. */
function invocation(number: number): string[] {
  const id = requestId(number)
  const failed = number % 50 === 0
  return [
    `START RequestId: ${id} Version: $LATEST`,
    `[INFO]\t2026-11-21T10:04:11.123Z\t${id}\tsign-up of user${number}@example.com, sub ${hex(number, 8)}-0000-4000-8000-000000000000`,
    JSON.stringify({
      level: failed ? 'ERROR' : 'INFO',
      requestId: id,
      message: 'row written',
      status: failed ? 500 : 200,
      user: { number },
    }),
    failed
      ? `[ERROR]\t2026-11-21T10:04:11.223Z\t${id}\trelation "users" does not exist at character ${number % 90}`
      : `[DEBUG]\t2026-11-21T10:04:11.223Z\t${id}\tcommitted after ${number % 90} ms`,
    `END RequestId: ${id}`,
    `REPORT RequestId: ${id}\tDuration: 118.42 ms\tBilled Duration: 119 ms\tMemory Size: 128 MB\tMax Memory Used: 61 MB\t`,
  ]
}

/** Puts so many lines, spread evenly over a time, in batches as large as CloudWatch takes. */
export async function fill(cloud: BenchCloud, count: number, from: number, to: number, first = 0): Promise<void> {
  const batches = streams * Math.max(1, Math.ceil(count / streams / 6_000))
  const perBatch = Math.ceil(count / perInvocation / batches)
  let number = first
  for (let batch = 0; batch < batches; batch += 1) {
    const start = from + ((to - from) * batch) / batches
    const step = (to - from) / batches / perBatch
    const events = Array.from({ length: perBatch }, (_, index) =>
      invocation(number + index).map((message) => ({ timestamp: Math.round(start + index * step), message })),
    ).flat()
    await cloud.put(events, batch)
    number += perBatch
  }
}
