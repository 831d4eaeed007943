import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../../main/data/clock.ts'
import type { LogsOptions } from '../../../practice/logs/logs.ts'
import { startLogs } from '../../practice/logs-cloud.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { openCutLine } from './cut-line.ts'
import { openHub, openReader, place, source } from './stage.ts'

const printed: unknown[][] = []
beforeEach(() => {
  printed.length = 0
  for (const name of ['log', 'warn', 'error', 'info', 'trace', 'debug'] as const)
    vi.spyOn(console, name).mockImplementation((...words) => void printed.push(words))
})
afterEach(() => vi.restoreAllMocks())

async function stage(options: Partial<LogsOptions> = {}) {
  const cloud = await startLogs(await temporaryFolder(), { rates: {}, ...options })
  const line = await openCutLine(cloud.endpoint)
  const { hub } = openHub(line.url, systemClock)
  let count = 0
  const write = (lines: number, lateMs = 0, message = 'a line') => {
    const at = Date.now()
    const some = Array.from({ length: lines }, () => ({ at, message: `${message} ${count++}`, lateMs }))
    cloud.writer.write(place.region, source.group, 'stream', some)
  }
  write(1)
  return { cloud, line, hub, write, written: () => count }
}
const soon = { timeout: 20_000 }
const messages = (reader: ReturnType<typeof openReader>) => [...reader.held.values()].map(({ message }) => message)

test('what Live Tail brings comes at once, and no look tells it again; what it leaves out the looks bring', async () => {
  const { hub, write, written, cloud } = await stage({ liveTail: { everyMs: 100, eventsAnUpdate: 20 } })
  const reader = openReader(hub, { live: true, everyMs: 3_000 })
  await vi.waitFor(() => expect(reader.state?.live?.state).toBe('on'), soon)
  for (let burst = 0; burst < 30; burst++) {
    write(burst % 5 === 0 ? 60 : 3, burst % 7 === 0 ? 400 : 0)
    await vi.waitFor(() => expect(reader.held.size).toBeGreaterThan(burst), soon)
  }
  // The same text in the same millisecond is as many events as there are.
  const at = Date.now()
  cloud.writer.write(
    place.region,
    source.group,
    'stream',
    Array.from({ length: 5 }, () => ({ at, message: 'the same', lateMs: 0 })),
  )
  await vi.waitFor(() => expect(reader.held.size).toBe(written() + 5), soon)
  expect(reader.state?.live).toMatchObject({ state: 'on', problem: null, endsAt: expect.any(Number) })
  expect([...reader.held.keys()].some((id) => id.startsWith('live-'))).toBe(true)
  // One who comes later is told the same events under the same ids.
  const other = openReader(hub)
  await vi.waitFor(() => expect(other.held.size).toBe(reader.held.size), soon)
  expect([...other.held.keys()].sort()).toEqual([...reader.held.keys()].sort())
  const looks = reader.items.length
  await vi.waitFor(() => expect(reader.items.length).toBeGreaterThan(looks + 3), soon)
  expect({ repeated: reader.repeated, held: reader.held.size, sampled: reader.sampled }).toEqual({
    repeated: 0,
    held: written() + 5,
    sampled: true,
  })
  expect(printed).toEqual([])
})

test('a session that is cut is started again, without gap or repeat', async () => {
  const { hub, write, written, line } = await stage({ liveTail: { everyMs: 100 } })
  const reader = openReader(hub, { live: true })
  await vi.waitFor(() => expect(reader.state?.live?.state).toBe('on'), soon)
  for (let round = 0; round < 3; round++) {
    line.cuts = 1
    await vi.waitFor(() => expect(line.cuts).toBe(0), soon)
    write(10)
    await vi.waitFor(() => expect(reader.held.size).toBe(written()), soon)
  }
  await vi.waitFor(() => expect(reader.state?.live?.state).toBe('on'), soon)
  expect(reader.repeated).toBe(0)
  expect(printed).toEqual([])
})

test("CloudWatch's end of a session is told, the looks go on, and who asks again gets a new one", async () => {
  const { hub, write, written, cloud } = await stage({ liveTail: { everyMs: 100, endsAfterMs: 800 } })
  const reader = openReader(hub, { live: true })
  await vi.waitFor(() => expect(reader.state?.live).toMatchObject({ state: 'ended', endsAt: null }), soon)
  expect(reader.state?.state).toBe('following')
  write(3)
  await vi.waitFor(() => expect(reader.held.size).toBe(written()), soon)
  expect(cloud.logs.liveSessions()).toBe(0)
  const again = openReader(hub, { live: true })
  await vi.waitFor(() => expect(again.state?.live?.state).toBe('on'), soon)
  expect(reader.repeated + again.repeated).toBe(0)
})

test('a refusal is told and not asked again and again; following goes on', async () => {
  const { hub, write, written } = await stage({ liveTail: { sessions: 0 } })
  const reader = openReader(hub, { live: true })
  await vi.waitFor(() => expect(reader.state?.live?.state).toBe('refused'), soon)
  expect(reader.state?.live?.problem).toMatchObject({ code: 'AWS', data: { source: { code: 'LimitExceededException' } } })
  write(1)
  await vi.waitFor(() => expect(messages(reader).length).toBe(written()), soon)
})

test('the session ends with the last who asked for it', async () => {
  const { hub, cloud } = await stage({ liveTail: { everyMs: 100 } })
  const [first, second] = [openReader(hub, { live: true }), openReader(hub, { live: true })]
  const without = openReader(hub)
  await vi.waitFor(() => expect(second.state?.live?.state).toBe('on'), soon)
  expect(cloud.logs.liveSessions()).toBe(1)
  first.leave()
  await first.ended
  expect(cloud.logs.liveSessions()).toBe(1)
  second.leave()
  await vi.waitFor(() => expect(cloud.logs.liveSessions()).toBe(0), soon)
  expect(without.state?.live).toBeNull()
})
