import { setTimeout as pause } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import type { Aws } from '../../../main/aws/aws.ts'
import { usualPace } from '../../../main/instances/fleet.ts'
import { queryAnswer, queryFault } from '../../support/aws-endpoint.ts'
import { call, environment, type OpenedInstances, openInstances, prodOn, rowOf } from './console.ts'
import { manualClock } from './manual-clock.ts'
import { type RdsModel, startRdsModel } from './rds-model.ts'

/** For vi.waitFor: its own second is a time that a busy machine does not keep. */
const patient = { timeout: 20_000 }

const key = { profile: 'default', region: 'ca-central-1', kind: 'instance', identifier: 'orders' } as const
const inView = { environment: 'local' }
const minute = 60_000
/** Time passes faster here than the account's budget of calls lets AWS be asked. */
const pace = { ...usualPace, quick: [30_000, 60_000] } as const
const hour = 60 * minute

// A Saturday noon in UTC.
async function start(options: { readonly lag?: () => number; readonly at?: string } = {}) {
  const time = manualClock(Date.parse(options.at ?? '2026-11-21T12:00:00Z'))
  const model = await startRdsModel({ now: time.clock.now, ...(options.lag && { lag: options.lag }) })
  const opened = await model.openAws()
  const asked: Promise<unknown>[] = []
  const aws: Aws = {
    ...opened,
    rds: (one, send) => {
      const answer = opened.rds(one, send)
      asked.push(answer)
      return answer
    },
  }
  /** Comes back when all that was asked of AWS by now, and because of its answers, is answered. */
  const answered = async (): Promise<void> => {
    await pause(10)
    while (asked.length > 0) {
      await Promise.allSettled(asked.splice(0))
      await pause(10)
    }
  }
  return { time: { ...time, answered }, clock: time.clock, model, aws }
}

/** Lets time pass in pieces, as it does, with the answers of AWS between them. */
async function pass(time: Awaited<ReturnType<typeof start>>['time'], ms: number, piece = 5_000) {
  for (let gone = 0; gone < ms; gone += piece) {
    time.advance(Math.min(piece, ms - gone))
    await time.answered()
  }
}
const sentOf = (model: RdsModel) => model.sent.map(({ action }) => action)
const doneOf = async (opened: OpenedInstances) => (await rowOf(opened, 'orders')).watchkeeping.done.map(({ sentence }) => sentence)

test('what AWS starts is stopped again, each act recorded; nobody has to look', async () => {
  const { time, clock, model, aws } = await start()
  const orders = model.add('orders', { status: 'stopped' })
  const opened = await openInstances({ aws, clock, deps: { pace }, environments: [environment('local'), prodOn('orders')] })
  opened.unlocked.add('prod')
  await opened.service.keepStopped({ ...inView, key, on: true }, call())
  opened.unlocked.delete('prod')
  await pass(time, 3 * minute)
  expect(sentOf(model)).toEqual([])

  model.become(orders, 'starting')
  orders.next = [{ status: 'available', at: clock.now() + 2 * minute, own: false }]
  await pass(time, 5 * minute)
  await vi.waitFor(() => expect(sentOf(model)).toEqual(['stop']), patient)
  await pass(time, 3 * minute)
  expect(model.status(orders)).toBe('stopped')
  expect(await doneOf(opened)).toEqual(['orders was asked to stop, because it is kept stopped and was started.'])
  expect(opened.activity).toEqual([
    'prod: Keep instance stopped, orders, before off',
    'done: on',
    'prod: Stop instance, orders, before available',
    'done: stopping',
  ])
  expect(model.wrong).toEqual([])
})

test('while AWS refuses the state it is tried again, later each time', async () => {
  // While this is set, AWS shows what was so then.
  let shown: number | null = null
  const now = { read: () => 0 }
  const { time, clock, model, aws } = await start({ lag: () => (shown === null ? 0 : now.read() - shown) })
  now.read = clock.now
  const orders = model.add('orders', { status: 'stopped' })
  const opened = await openInstances({ aws, clock, deps: { pace } })
  await opened.service.keepStopped({ ...inView, key, on: true }, call())
  await pass(time, minute)
  model.become(orders, 'available')
  shown = clock.now()
  time.advance(1)
  model.become(orders, 'backing-up')
  await pass(time, 4 * minute)
  const tried = model.wrong.length
  expect(tried).toBeGreaterThan(2)
  expect(tried).toBeLessThan(7)
  expect(model.wrong.every(({ status }) => status === 'backing-up')).toBe(true)
  shown = null
  model.become(orders, 'available')
  await pass(time, 10 * minute)
  expect(model.status(orders)).toBe('stopped')
  expect(sentOf(model)).toHaveLength(tried + 1)
  expect(await doneOf(opened)).toEqual(['orders was asked to stop, because it is kept stopped and was started.'])
  expect(opened.activity.filter((line) => line.includes('Stop instance'))).toHaveLength(1)
})

test('what may not be stopped is told once, and tried again an hour later', async () => {
  const { time, clock, model, aws } = await start()
  const orders = model.add('orders', { status: 'stopped' })
  const opened = await openInstances({ aws, clock, deps: { pace } })
  await opened.service.keepStopped({ ...inView, key, on: true }, call())
  await pass(time, minute)
  model.endpoint.answer('rds', 'StopDBInstance', queryFault('AccessDenied', 'Not authorized to perform: rds:StopDBInstance', 403))
  model.become(orders, 'available')
  await pass(time, 30 * minute, 30_000)
  const asked = () => model.endpoint.asked('StopDBInstance').length
  expect(asked()).toBe(1)
  expect((await rowOf(opened, 'orders')).watchkeeping).toMatchObject({
    keepStopped: true,
    done: [{ failed: true, sentence: expect.stringContaining('could not be asked to stop') }],
  })
  await pass(time, 40 * minute, 30_000)
  expect(asked()).toBe(2)
})

test('an instance that runs when keeping stopped is switched on is not stopped by that', async () => {
  const { time, clock, model, aws } = await start()
  model.add('orders')
  const opened = await openInstances({ aws, clock, deps: { pace } })
  await opened.service.keepStopped({ ...inView, key, on: true }, call())
  await pass(time, 10 * minute, 30_000)
  expect(sentOf(model)).toEqual([])
  await opened.service.stop({ ...inView, key, snapshot: null, confirm: 'orders' }, call())
  await pass(time, 2 * minute)
  expect(await rowOf(opened, 'orders')).toMatchObject({ status: 'stopped', watchkeeping: { keepStopped: true } })
})

test('a start by the user switches keeping stopped off, and says so', async () => {
  const { time, clock, model, aws } = await start()
  model.add('orders', { status: 'stopped' })
  const opened = await openInstances({ aws, clock, deps: { pace } })
  await opened.service.keepStopped({ ...inView, key, on: true }, call())
  await opened.service.start({ ...inView, key }, call())
  await pass(time, 10 * minute, 30_000)
  expect(sentOf(model)).toEqual(['start'])
  const { watchkeeping, status } = await rowOf(opened, 'orders')
  expect({ status, on: watchkeeping.keepStopped, done: watchkeeping.done.map(({ sentence }) => sentence) }).toEqual({
    status: 'available',
    on: false,
    done: ['orders is no longer kept stopped, because you started it.'],
  })
})

test('keeping stopped goes on with the next console', async () => {
  const { time, clock, model, aws } = await start()
  const orders = model.add('orders', { status: 'stopped' })
  const first = await openInstances({ aws, clock, deps: { pace } })
  await first.service.keepStopped({ ...inView, key, on: true }, call())
  await first.close()
  model.become(orders, 'available')
  const next = await openInstances({ aws, clock, deps: { pace }, stateFolder: first.folder })
  await vi.waitFor(() => expect(sentOf(model)).toEqual(['stop']), patient)
  await pass(time, 2 * minute)
  expect(await rowOf(next, 'orders')).toMatchObject({ status: 'stopped', watchkeeping: { keepStopped: true } })
})

test('a member of a cluster cannot be kept stopped', async () => {
  const { clock, model, aws } = await start()
  model.add('orders', { fields: { DBClusterIdentifier: 'shop', Engine: 'aurora-postgresql' } })
  const opened = await openInstances({ aws, clock, deps: { pace } })
  await expect(opened.service.keepStopped({ ...inView, key, on: true }, call())).rejects.toMatchObject({ code: 'WRONG_STATE' })
})

const evenings = { zone: 'Europe/Berlin', days: [1, 2, 3, 4, 5, 6, 7], startAt: '08:00', stopAt: '19:00' }

test('a schedule stops in the evening and starts in the morning, and says what comes next', async () => {
  const { time, clock, model, aws } = await start()
  const orders = model.add('orders')
  const opened = await openInstances({ aws, clock, deps: { pace } })
  await opened.service.schedule({ ...inView, key, schedule: evenings }, call())
  expect((await rowOf(opened, 'orders')).watchkeeping.next).toEqual({ action: 'stop', at: '2026-11-21T18:00:00.000Z' })
  await pass(time, 6 * hour, 5 * minute)
  await vi.waitFor(() => expect(sentOf(model)).toEqual(['stop']), patient)
  await pass(time, 5 * minute)
  expect(model.status(orders)).toBe('stopped')
  expect((await rowOf(opened, 'orders')).watchkeeping.next).toEqual({ action: 'start', at: '2026-11-22T07:00:00.000Z' })
  await pass(time, 13 * hour, 5 * minute)
  await vi.waitFor(() => expect(sentOf(model)).toEqual(['stop', 'start']), patient)
  const said = ['orders was asked to start, by the schedule.', 'orders was asked to stop, by the schedule.']
  await vi.waitFor(async () => expect(await doneOf(opened)).toEqual(said), patient)
  expect(opened.activity).toContain('local: Set schedule, orders, before none')
})

test('a stop that comes while it is being backed up is tried until it can be done', async () => {
  const { time, clock, model, aws } = await start({ at: '2026-11-21T17:59:00Z' })
  const orders = model.add('orders', { status: 'backing-up' })
  const opened = await openInstances({ aws, clock, deps: { pace } })
  await opened.service.schedule({ ...inView, key, schedule: evenings }, call())
  await pass(time, 10 * minute)
  expect(model.status(orders)).toBe('backing-up')
  model.become(orders, 'available')
  await pass(time, 8 * minute)
  expect(model.status(orders)).toBe('stopped')
  expect(await doneOf(opened)).toEqual(['orders was asked to stop, by the schedule.'])
  // The many refusals are one act, and one entry.
  expect(opened.activity.filter((line) => line.includes('Stop instance'))).toHaveLength(1)
})

test.each([
  ['a stop that was missed is made up for in the evening', '2026-11-21T21:00:00Z', ['stop'], 'orders was asked to stop, by the schedule.'],
  ['not in the morning, when the start is due, which finds it running', '2026-11-22T07:30:00Z', [], undefined],
  [
    'a start that was missed by hours is left out',
    '2026-11-22T12:00:00Z',
    [],
    'The start of 2026-11-22 07:00 UTC was left out: Basepair did not run then, and it is too late now.',
  ],
])('%s', async (_name, wokeAt, sent, said) => {
  const { time, clock, model, aws } = await start()
  model.add('orders')
  const opened = await openInstances({ aws, clock, deps: { pace } })
  await opened.service.schedule({ ...inView, key, schedule: evenings }, call())
  await opened.close()
  time.advance(Date.parse(wokeAt) - clock.now())
  const next = await openInstances({ aws, clock, deps: { pace }, stateFolder: opened.folder })
  await vi.waitFor(async () => expect((await rowOf(next, 'orders')).watchkeeping.done[0]?.sentence).toBe(said), patient)
  await pass(time, minute)
  expect(sentOf(model)).toEqual(sent)
  next.wake()
  await pass(time, minute)
  expect(sentOf(model)).toEqual(sent)
})

test('a schedule that was taken away does nothing more', async () => {
  const { time, clock, model, aws } = await start({ at: '2026-11-21T17:00:00Z' })
  model.add('orders')
  const opened = await openInstances({ aws, clock, deps: { pace } })
  await opened.service.schedule({ ...inView, key, schedule: evenings }, call())
  await opened.service.schedule({ ...inView, key, schedule: null }, call())
  await pass(time, 2 * hour, 5 * minute)
  expect(sentOf(model)).toEqual([])
  expect((await rowOf(opened, 'orders')).watchkeeping).toMatchObject({ schedule: null, next: null })
})

test('what the schedule starts is not stopped by keeping stopped, until it was stopped again', async () => {
  const { time, clock, model, aws } = await start({ at: '2026-11-21T06:59:00Z' })
  const orders = model.add('orders', { status: 'stopped' })
  const opened = await openInstances({ aws, clock, deps: { pace } })
  await opened.service.keepStopped({ ...inView, key, on: true }, call())
  await opened.service.schedule({ ...inView, key, schedule: evenings }, call())
  await pass(time, 20 * minute, 30_000)
  expect([sentOf(model), model.status(orders)]).toEqual([['start'], 'available'])
})

test('a start that AWS forced is recognised by its event', async () => {
  const { time, clock, model, aws } = await start()
  const orders = model.add('orders', { status: 'stopped', automaticRestartAt: '2026-11-28T09:00:00Z' })
  const opened = await openInstances({ aws, clock, deps: { pace } })
  await opened.service.refresh(inView, call())
  expect(await rowOf(opened, 'orders')).toMatchObject({ automaticRestartAt: '2026-11-28T09:00:00.000Z', forcedStartAt: null })
  const event = `<Event><SourceIdentifier>orders</SourceIdentifier><SourceType>db-instance</SourceType><Message>DB instance is being started due to it exceeding the maximum allowed time being stopped.</Message><Date>2026-11-28T09:00:10.000Z</Date></Event>`
  model.endpoint.answer(
    'rds',
    'DescribeEvents',
    queryAnswer('DescribeEvents', '<Events/>'),
    queryAnswer('DescribeEvents', `<Events>${event}</Events>`),
  )
  model.become(orders, 'starting')
  await opened.service.refresh(inView, call())
  // The event is listed later than the state.
  await vi.waitFor(() => expect(model.endpoint.asked('DescribeEvents')).toHaveLength(1), patient)
  await pass(time, 2 * minute)
  await vi.waitFor(async () => expect(await rowOf(opened, 'orders')).toMatchObject({ forcedStartAt: '2026-11-28T09:00:10.000Z' }), patient)
})
