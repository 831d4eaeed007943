import { StartLiveTailCommand } from '@aws-sdk/client-cloudwatch-logs'
import { expect, test } from 'vitest'
import { group, region, startStream } from './logs-cloud.ts'

const lines = [
  '[INFO] user added',
  '[ERROR] relation "users" does not exist',
  '{"level":"ERROR","attempt":3,"user":{"email":"a@example.com"}}',
]

test.each([
  ['ERROR', [1, 2]],
  ['"does not exist"', [1]],
  ['?INFO ?relation', [0, 1]],
  ['ERROR -relation', [2]],
  ['{ $.attempt > 2 && $.user.email = "*@example.com" }', [2]],
  ['%does\\snot%', [1]],
  ['', [0, 1, 2]],
])('the pattern %s finds what it does at AWS', async (filterPattern, found) => {
  const { write, find } = await startStream()
  write(lines)
  const { events } = await find({ filterPattern })
  expect(events?.map(({ message = '' }) => lines.indexOf(message))).toEqual(found)
})

test('a rare find among many lines comes after empty pages, each found once', async () => {
  const { clock, write, findAll } = await startStream()
  const many = Array.from({ length: 30_000 }, (_, index) => `nothing ${index}`)
  write(many)
  clock.now += 40_000
  write(['needle in the hay'])
  write(many)
  clock.now += 40_000
  write(['a second needle'])
  const pages = await findAll({ filterPattern: 'needle' })
  expect(pages.flat()).toEqual(['needle in the hay', 'a second needle'])
  expect(pages.length).toBeGreaterThan(2)
  expect(pages[0]).toEqual([])
  const newestFirst = await findAll({ filterPattern: 'needle', startFromHead: false, startTime: clock.now - 86_400_000 })
  expect(newestFirst.flat()).toEqual(['a second needle', 'needle in the hay'])
})

test('a pattern that cannot be read is refused, and a token is not for another pattern', async () => {
  const { client, write, find } = await startStream()
  write(lines)
  const invalid = { name: 'InvalidParameterException' }
  await expect(find({ filterPattern: '{ $.a = ' })).rejects.toMatchObject({ ...invalid, message: expect.stringContaining('pattern') })
  await expect(find({ filterPattern: 'x'.repeat(1_025) })).rejects.toMatchObject(invalid)
  const { nextToken } = await find({ filterPattern: 'ERROR', limit: 1 })
  await expect(find({ filterPattern: 'INFO', nextToken })).rejects.toMatchObject(invalid)
  const logGroupIdentifiers = [`arn:aws:logs:${region}:123456789012:log-group:${group}`]
  await expect(client.send(new StartLiveTailCommand({ logGroupIdentifiers, logEventFilterPattern: '{' }))).rejects.toMatchObject(invalid)
})

test('Live Tail brings what its pattern finds', async () => {
  const { client, clock, write } = await startStream({ liveTail: { everyMs: 20 } })
  const { responseStream = [] } = await client.send(
    new StartLiveTailCommand({
      logGroupIdentifiers: [`arn:aws:logs:${region}:123456789012:log-group:${group}`],
      logEventFilterPattern: '"does not exist"',
    }),
  )
  const found: (string | undefined)[] = []
  for await (const { sessionStart, sessionUpdate } of responseStream) {
    if (sessionStart !== undefined) {
      expect(sessionStart.logEventFilterPattern).toBe('"does not exist"')
      clock.now += 10
      write(lines)
    }
    found.push(...(sessionUpdate?.sessionResults ?? []).map(({ message }) => message))
    if (found.length > 0) break
  }
  expect(found).toEqual([lines[1]])
})
