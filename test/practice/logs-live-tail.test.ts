import { connect } from 'node:net'
import {
  CreateLogGroupCommand,
  StartLiveTailCommand,
  type StartLiveTailCommandInput,
  type StartLiveTailResponseStream,
} from '@aws-sdk/client-cloudwatch-logs'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { group, region, startStream, stream } from './logs-cloud.ts'

const arn = (name: string) => `arn:aws:logs:${region}:123456789012:log-group:${name}`
const invalid = { name: 'InvalidParameterException' }
const patience = { timeout: 20_000 }

/** A session that reads on by itself; what it brought stands in `updates`. */
async function startSession(
  { client }: Pick<Awaited<ReturnType<typeof startStream>>, 'client'>,
  input: Partial<StartLiveTailCommandInput> = {},
) {
  const away = new AbortController()
  onTestFinished(() => away.abort())
  const command = new StartLiveTailCommand({ logGroupIdentifiers: [arn(group)], ...input })
  const { responseStream } = await client.send(command, { abortSignal: away.signal })
  if (responseStream === undefined) throw new Error('The answer is no stream.')
  const items: StartLiveTailResponseStream[] = []
  const ended = (async () => {
    for await (const item of responseStream) items.push(item)
  })().then(
    () => null,
    (error: unknown) => error,
  )
  const updates = () => items.flatMap(({ sessionUpdate }) => sessionUpdate ?? [])
  const lines = () => updates().flatMap(({ sessionResults = [] }) => sessionResults.map(({ message = '' }) => message))
  await vi.waitFor(() => expect(items[0]?.sessionStart).toBeDefined(), patience)
  return { items, updates, lines, ended, leave: () => away.abort() }
}

const everyMs = 20
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`)

describe('a session of Live Tail', () => {
  test('says what it follows, then brings what appears, late events too, and nothing that was there before', async () => {
    const cloud = await startStream({ liveTail: { everyMs } })
    cloud.write(['before'])
    const { items, updates, lines, leave } = await startSession(cloud)
    expect(items[0]?.sessionStart).toEqual({
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      logGroupIdentifiers: [arn(group)],
      logStreamNames: [],
      logStreamNamePrefixes: [],
      logEventFilterPattern: '',
    })
    await vi.waitFor(() => expect(updates().length).toBeGreaterThan(2), patience)
    expect(updates()[0]).toEqual({ sessionMetadata: { sampled: false }, sessionResults: [] })
    cloud.clock.now += 1_000
    cloud.writer.write(region, group, 'new stream', [{ at: cloud.clock.now, message: 'late', lateMs: 5_000 }])
    cloud.write(['now'])
    await vi.waitFor(() => expect(lines()).toEqual(['now']), patience)
    cloud.clock.now += 5_000
    await vi.waitFor(() => expect(lines()).toEqual(['now', 'late']), patience)
    expect(updates().flatMap(({ sessionResults = [] }) => sessionResults)[1]).toEqual({
      logStreamName: 'new stream',
      logGroupIdentifier: arn(group),
      message: 'late',
      timestamp: cloud.clock.now - 5_000,
      ingestionTime: cloud.clock.now,
    })
    leave()
    await vi.waitFor(() => expect(cloud.logs.liveSessions()).toBe(0), patience)
  })

  test('follows several groups, or chosen streams of one', async () => {
    const cloud = await startStream({ liveTail: { everyMs } })
    await cloud.client.send(new CreateLogGroupCommand({ logGroupName: '/other' }))
    await cloud.client.send(new CreateLogGroupCommand({ logGroupName: '/third' }))
    const both = await startSession(cloud, { logGroupIdentifiers: [arn(group), arn('/other')] })
    const named = await startSession(cloud, { logStreamNames: [stream] })
    const begun = await startSession(cloud, { logStreamNamePrefixes: ['ab', 'x'] })
    cloud.clock.now += 1
    cloud.write(['a'])
    cloud.write(['b'], 'abc')
    for (const other of ['/other', '/third']) {
      cloud.writer.write(region, other, 's', [{ at: cloud.clock.now, message: other, lateMs: 0 }])
    }
    await vi.waitFor(() => expect(both.lines()).toEqual(['a', 'b', '/other']), patience)
    await vi.waitFor(() => expect([named.lines(), begun.lines()]).toEqual([['a'], ['b']]), patience)
  })

  test('tells that it brings a sample where more than 500 events came', async () => {
    const cloud = await startStream({ liveTail: { everyMs } })
    const { updates, lines } = await startSession(cloud)
    cloud.write(numbered(500))
    await vi.waitFor(() => expect(lines()).toHaveLength(500), patience)
    expect(updates().some(({ sessionMetadata }) => sessionMetadata?.sampled)).toBe(false)
    cloud.write(numbered(2_000))
    await vi.waitFor(() => expect(lines().length).toBeGreaterThan(500), patience)
    const sampled = updates().filter(({ sessionMetadata }) => sessionMetadata?.sampled)
    expect(sampled.map(({ sessionResults }) => sessionResults?.length)).toEqual([500])
    const numbers = lines()
      .slice(500)
      .map((line) => Number(line.slice(5)))
    expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers)
    expect(new Set(numbers).size).toBe(500)
  })

  test('ends after its time with an exception in the stream', async () => {
    const cloud = await startStream({ liveTail: { everyMs, endsAfterMs: 200 } })
    const { ended, items } = await startSession(cloud)
    expect(await ended).toMatchObject({ name: 'SessionTimeoutException', message: expect.stringContaining('timed out') })
    expect(items.length).toBeGreaterThan(1)
    expect(cloud.logs.liveSessions()).toBe(0)
  })

  test('ends with the cloud', async () => {
    const cloud = await startStream({ liveTail: { everyMs } })
    const { ended } = await startSession(cloud)
    await cloud.close()
    await ended
    expect(cloud.logs.liveSessions()).toBe(0)
  })

  test('a reader that does not read loses the oldest updates, and the cloud keeps no more than ten', async () => {
    const cloud = await startStream({ liveTail: { everyMs: 5 } })
    const body = JSON.stringify({ logGroupIdentifiers: [arn(group)] })
    const socket = connect(Number(new URL(cloud.endpoint).port), '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    const parts: Buffer[] = []
    socket.on('data', (part) => parts.push(part))
    socket.write(
      [
        'POST / HTTP/1.1',
        'host: 127.0.0.1',
        'content-type: application/x-amz-json-1.1',
        'x-amz-target: Logs_20140328.StartLiveTail',
        'x-amz-date: 20261121T120000Z',
        `authorization: AWS4-HMAC-SHA256 Credential=A/20261121/${region}/logs/aws4_request, SignedHeaders=host, Signature=00`,
        `content-length: ${body.length}`,
        '',
        body,
      ].join('\r\n'),
    )
    await vi.waitFor(() => expect(String(Buffer.concat(parts))).toContain('sessionStart'), patience)
    socket.pause()
    // One that does read tells when the next update has been made.
    const { lines } = await startSession(cloud)
    // Far more than what the system keeps for a connection.
    for (let round = 0; round < 300; round++) {
      cloud.write([`round ${round} ${'x'.repeat(200_000)}`])
      cloud.clock.now += 1
      await vi.waitFor(() => expect(lines()).toHaveLength(round + 1), { ...patience, interval: 2 })
    }
    socket.resume()
    const rounds = () => [...String(Buffer.concat(parts)).matchAll(/round (\d+) x/g)].map(([, round]) => Number(round))
    await vi.waitFor(() => expect(rounds()).toContain(0), patience)
    cloud.write(['round 300 x'])
    await vi.waitFor(() => expect(rounds()).toContain(300), patience)
    expect(rounds().length).toBeLessThan(290)
    expect(rounds().toSorted((a, b) => a - b)).toEqual(rounds())
  })

  test('is refused for what it cannot follow', async () => {
    const cloud = await startStream({ liveTail: { everyMs, sessions: 2 } })
    const start = (input: Partial<StartLiveTailCommandInput>) => startSession(cloud, input)
    await expect(start({ logGroupIdentifiers: [`${arn(group)}:*`] })).rejects.toMatchObject(invalid)
    await expect(start({ logGroupIdentifiers: [group] })).rejects.toMatchObject(invalid)
    await expect(start({ logGroupIdentifiers: [] })).rejects.toMatchObject(invalid)
    await expect(start({ logGroupIdentifiers: numbered(11).map(() => arn(group)) })).rejects.toMatchObject(invalid)
    await expect(start({ logGroupIdentifiers: [arn(group), arn('/other')], logStreamNames: ['a'] })).rejects.toMatchObject(invalid)
    await expect(start({ logGroupIdentifiers: [arn('/other')] })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await expect(start({ logStreamNames: ['none'] })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await cloud.client.send(new CreateLogGroupCommand({ logGroupName: '/rare', logGroupClass: 'INFREQUENT_ACCESS' }))
    await expect(start({ logGroupIdentifiers: [arn('/rare')] })).rejects.toMatchObject({ name: 'InvalidOperationException' })
    const first = await start({})
    await start({})
    await expect(start({})).rejects.toMatchObject({ name: 'LimitExceededException', message: 'Rate exceeded' })
    first.leave()
    await vi.waitFor(() => expect(cloud.logs.liveSessions()).toBe(1), patience)
    await start({})
  })
})
