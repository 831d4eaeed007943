import { expect, onTestFinished, test, vi } from 'vitest'
import { createAws } from '../../../main/aws/create-aws.ts'
import type { Environments } from '../../../main/environments/environments.ts'
import { createLogsService } from '../../../main/logs/service.ts'
import type { HistoryItem, TailItem } from '../../../preload/contract/logs.ts'
import { startLogs } from '../../practice/logs-cloud.ts'
import { temporaryFolder } from '../../support/folders.ts'
import { failureOf, variables } from '../aws/stage.ts'
import { environment, prodOn } from '../instances/console.ts'
import { place } from './stage.ts'

const soon = { timeout: 20_000 }
const never = (): never => expect.fail('It is not asked for this.')

async function stage() {
  const cloud = await startLogs(await temporaryFolder(), { rates: {} })
  const aws = createAws({ endpoint: cloud.endpoint, practice: null, variables })
  const given = [environment('local'), prodOn('cruddur-db-instance')]
  const environments: Environments = {
    get: (id) => given.find((one) => one.id === id) ?? never(),
    all: () => given,
    target: never,
    identity: () => null,
    isLocked: () => true,
    allowChange: never,
    recheck: never,
    setProject: never,
  }
  const said: string[] = []
  const deps = { aws, environments, namedGroup: null, log: (text: string) => void said.push(text) }
  const unused = { query: never, run: never, end: never, close: never, read: never, write: never, begin: never }
  // Following needs neither a database nor the activity log.
  const logs = createLogsService({ ...deps, driver: unused as never, recorder: unused as never })
  const closing = new AbortController()
  onTestFinished(() => {
    closing.abort()
    logs.close()
    aws.close()
  })
  const write = (group: string, count: number, at = Date.now(), stream = 'stream') =>
    cloud.writer.write(
      place.region,
      group,
      stream,
      Array.from({ length: count }, (_, line) => ({ at: at + line, message: `${group} ${line}`, lateMs: 0 })),
    )
  return { cloud, logs, service: logs.service, write, said, call: { window: 'one', signal: closing.signal }, leave: () => closing.abort() }
}

/** Collects what a tail brings until it ends. */
function collect(stream: AsyncGenerator<TailItem, void>) {
  const items: TailItem[] = []
  const ended = (async () => {
    for await (const item of stream) items.push(item)
  })()
  const count = (group: string) =>
    items.reduce((sum, item) => sum + (item.type === 'state' || item.group !== group ? 0 : item.events.length), 0)
  return { items, ended, count }
}

test('a tail of several groups brings each window in parts, new streams, and a group that is made while it is followed', async () => {
  const { service, write, call, leave } = await stage()
  write('one', 4_500, Date.now() - 60_000)
  const tail = collect(service.tail({ environment: 'prod', groups: ['one', 'to-come', 'one'], live: false }, call))
  await vi.waitFor(() => expect(tail.count('one')).toBe(4_500), soon)
  const parts = tail.items.flatMap((item) =>
    item.type === 'state' ? [] : [{ type: item.type, group: item.group, count: item.events.length }],
  )
  expect(parts.filter(({ group }) => group === 'one').map(({ type, count }) => [type, count])).toEqual([
    ['window', 2_000],
    ['events', 2_000],
    ['events', 500],
  ])
  await vi.waitFor(
    () =>
      expect(tail.items.some((item) => item.type === 'state' && item.state.group === 'to-come' && item.state.state === 'missing')).toBe(
        true,
      ),
    soon,
  )
  write('to-come', 3)
  write('one', 2, Date.now(), 'another stream')
  await vi.waitFor(() => expect([tail.count('one'), tail.count('to-come')]).toEqual([4_502, 3]), soon)
  leave()
  await tail.ended
})

test('the past of several groups is read side by side, with a pattern too', async () => {
  const { service, write, call } = await stage()
  const from = Date.now() - 3_600_000
  write('one', 50, from + 1_000)
  write('two', 30, from + 1_000)
  const read = async (pattern: string | null) => {
    const found = new Map<string, string[]>()
    const done: string[] = []
    const range = { from, to: Date.now(), pattern }
    for await (const item of service.history({ environment: 'prod', groups: ['one', 'two', 'nowhere'], ...range }, call)) {
      found.set(item.group, [...(found.get(item.group) ?? []), ...item.events.map(({ message }) => message)])
      if (item.done) done.push(item.group)
    }
    expect(done.sort()).toEqual(['nowhere', 'one', 'two'])
    return found
  }
  const all = await read(null)
  expect([all.get('one')?.length, all.get('two')?.length, all.get('nowhere')]).toEqual([50, 30, []])
  expect(all.get('one')?.[0]).toBe('one 49')
  expect((await read('"two 7"')).get('two')).toEqual(['two 7'])
  expect(await failureOf(read('{ broken'))).toMatchObject({ code: 'INVALID' })
})

test('the past comes in parts too, between which others get their turn; only the last of a page says how far back it goes', async () => {
  const { service, write, call } = await stage()
  const from = Date.now() - 3_600_000
  const to = from + 1_800_000
  write('one', 25_000, from + 1_000)
  const items: HistoryItem[] = []
  const turns: number[] = []
  let turn = 0
  const count = () => {
    turn += 1
    next = setImmediate(count)
  }
  let next = setImmediate(count)
  for await (const item of service.history({ environment: 'prod', groups: ['one'], from, to, pattern: null }, call)) {
    items.push(item)
    turns.push(turn)
  }
  clearImmediate(next)
  expect(items.map(({ events }) => events.length)).toEqual([...Array(5).fill(2_000), ...Array(5).fill(2_000), 2_000, 2_000, 1_000])
  const told = items.flatMap(({ events }) => events)
  expect(new Set(told.map(({ id }) => id)).size).toBe(25_000)
  expect(told.map(({ at }) => at)).toEqual(told.map(({ at }) => at).sort((one, other) => other - one))
  expect(items.slice(0, 4).map(({ reachedDownTo }) => reachedDownTo)).toEqual([to, to, to, to])
  for (const [index, { reachedDownTo, done }] of items.entries()) {
    const rest = items.slice(index + 1).flatMap(({ events }) => events)
    expect(rest.filter(({ at }) => at >= reachedDownTo)).toEqual([])
    expect(done).toBe(index === items.length - 1)
  }
  expect(new Set(turns).size).toBe(items.length)
})

test('whoever leaves in the middle of the past ends its requests', async () => {
  const { service, write, call, cloud } = await stage()
  write('one', 5)
  cloud.faults.order({ fault: { kind: 'late', milliseconds: 60_000 }, service: 'logs', action: 'FilterLogEvents' })
  const leaving = new AbortController()
  const range = { from: 1_750_000_000_000, to: Date.now(), pattern: null }
  const next = service.history({ environment: 'prod', groups: ['one'], ...range }, { ...call, signal: leaving.signal }).next()
  leaving.abort()
  expect(await failureOf(next)).toMatchObject({ code: 'CANCELLED' })
})

test('the lines around an event are those of its stream, and the ends are told', async () => {
  const { service, write, call } = await stage()
  const at = Date.now() - 60_000
  write('one', 100, at)
  write('one', 100, at, 'another stream')
  const around = (time: number, count: number) =>
    service.around({ environment: 'prod', group: 'one', stream: 'stream', at: time, count }, call)
  const middle = await around(at + 50, 10)
  expect(middle.events.map(({ message }) => message)).toEqual(Array.from({ length: 20 }, (_, line) => `one ${40 + line}`))
  expect(middle).toMatchObject({ moreBefore: true, moreAfter: true })
  expect(new Set(middle.events.map(({ id }) => id)).size).toBe(20)
  const first = await around(at, 1_000)
  expect(first).toMatchObject({ moreBefore: false, moreAfter: false })
  expect(first.events).toHaveLength(100)
  expect(await failureOf(service.around({ environment: 'prod', group: 'no', stream: 's', at, count: 1 }, call))).toMatchObject({
    code: 'GONE',
  })
})

test('an environment on no AWS account has no groups, and says what to do; another place can be named', async () => {
  const { service, write, call } = await stage()
  write('one', 1)
  expect(await service.groups({ environment: 'local', search: '' }, call)).toEqual({ place: null, groups: [], problems: [] })
  const tail = service.tail({ environment: 'local', groups: ['one'], live: false }, call)
  expect(await failureOf(tail.next())).toMatchObject({ code: 'INVALID', message: expect.stringContaining('Choose a profile') })
  const named = collect(service.tail({ environment: 'local', place, groups: ['one'], live: false }, call))
  await vi.waitFor(() => expect(named.count('one')).toBe(1), soon)
})
