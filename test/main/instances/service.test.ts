import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { queryAnswer, queryFault } from '../../support/aws-endpoint.ts'
import { call, environment, fleetOf, openInstances, prodOn, rowOf, shows } from './console.ts'
import { manualClock } from './manual-clock.ts'
import { startRdsModel } from './rds-model.ts'

/** For vi.waitFor: its own second is a time that a busy machine does not keep. */
const patient = { timeout: 20_000 }

const key = { profile: 'default', region: 'ca-central-1', kind: 'instance', identifier: 'orders' } as const
const inView = { environment: 'local' }
const inProd = { environment: 'prod' }

async function start(options: Partial<Parameters<typeof startRdsModel>[0]> = {}) {
  const time = manualClock()
  const model = await startRdsModel({ now: time.clock.now, ...options })
  const aws = await model.openAws()
  return { time, clock: time.clock, model, aws }
}

test('an instance is shown with who AWS says we are, stopped by its typed name, and followed until it is stopped', async () => {
  const { time, clock, model, aws } = await start()
  model.add('orders')
  const opened = await openInstances({ aws, clock })
  const first = await shows(opened, ({ places }) => places[0]?.state === 'shown' && places[0].account !== null)
  expect(first.places).toMatchObject([{ place: { profile: 'default', region: 'ca-central-1' }, account: '100000000001', problem: null }])
  expect(first.instances).toMatchObject([
    { key, status: 'available', stop: { possible: true }, start: { possible: false }, environments: [] },
  ])

  const stop = (confirm: string) => opened.service.stop({ ...inView, key, snapshot: null, confirm }, call())
  await expect(stop('order')).rejects.toMatchObject({ code: 'UNCONFIRMED' })
  expect(opened.activity).toEqual([])
  await stop('orders')
  expect(await rowOf(opened, 'orders')).toMatchObject({ status: 'stopping', change: { action: 'stop', by: 'user' } })
  expect(opened.activity).toEqual(['local: Stop instance, orders, before available', 'done: stopping'])

  time.advance(61_000)
  await opened.service.refresh(inView, call())
  expect(await rowOf(opened, 'orders')).toMatchObject({ status: 'stopped', change: null, start: { possible: true } })
  await opened.service.start({ ...inView, key }, call())
  time.advance(61_000)
  await opened.service.refresh(inView, call())
  expect(await rowOf(opened, 'orders')).toMatchObject({ status: 'available', change: null, stop: { possible: true } })
  expect(model.wrong).toEqual([])
})

test('AWS is asked while somebody looks, and no longer', async () => {
  const { time, clock, model, aws } = await start()
  model.add('orders')
  const opened = await openInstances({ aws, clock })
  const asked = () => model.endpoint.asked('DescribeDBInstances').length
  expect(asked()).toBe(0)
  const ending = new AbortController()
  const watching = opened.service.watch(inView, call(ending.signal))
  await watching.next()
  await vi.waitFor(() => expect(asked()).toBe(1), patient)
  await vi.waitFor(() => expect(time.waiting()).toBe(1), patient)
  // In small steps: the pace is spread by chance, and who comes later than five seconds after an answer would be given another.
  for (let passed = 0; passed < 18_000 && time.waiting() > 0; passed += 500) time.advance(500)
  await vi.waitFor(() => expect(asked()).toBe(2), patient)
  // Who comes to it meanwhile is shown what is known, and asks nothing.
  expect((await fleetOf(opened)).instances).toHaveLength(1)
  await vi.waitFor(() => expect(time.waiting()).toBe(1), patient)
  await watching.return()
  expect(time.waiting()).toBe(0)
  time.advance(600_000)
  expect(asked()).toBe(2)
})

test('a server without STS is asked who we are once, and shows its instances all the same', async () => {
  const { time, clock, model, aws } = await start()
  model.add('orders')
  model.endpoint.answer('sts', 'GetCallerIdentity', queryFault('InvalidAction', 'No such action.'))
  const opened = await openInstances({ aws, clock })
  for (let look = 0; look < 3; look++) {
    await opened.service.refresh(inView, call())
    time.advance(15_000)
  }
  expect(model.endpoint.asked('GetCallerIdentity')).toHaveLength(1)
  expect((await fleetOf(opened)).places).toMatchObject([{ state: 'shown', problem: null, account: null }])
  expect(opened.lines).toHaveLength(1)
})

test('a server without clusters shows its instances, and says what it could not be asked', async () => {
  const { clock, model, aws } = await start()
  model.add('orders')
  model.endpoint.answer('rds', 'DescribeDBClusters', queryFault('InvalidAction', 'No such action.'))
  const opened = await openInstances({ aws, clock })
  await opened.service.refresh(inView, call())
  const { places, instances } = await fleetOf(opened)
  expect(instances).toHaveLength(1)
  expect(places).toMatchObject([{ state: 'shown', problem: { message: expect.stringContaining('list the clusters') } }])
})

test('an instance that belongs to a guarded environment is stopped after it was unlocked, without a typed name', async () => {
  const { clock, model, aws } = await start()
  model.add('orders')
  const opened = await openInstances({ aws, clock, environments: [environment('local'), prodOn('Orders')] })
  await shows(opened, ({ instances }) => instances[0]?.environments[0] === 'prod')
  // The environment in view does not matter: an open one is no way around the guard.
  for (const view of [inView, inProd]) {
    await expect(opened.service.stop({ ...view, key, snapshot: null, confirm: 'orders' }, call())).rejects.toMatchObject({ code: 'LOCKED' })
    await expect(opened.service.keepStopped({ ...view, key, on: true }, call())).rejects.toMatchObject({ code: 'LOCKED' })
  }
  expect(model.sent).toEqual([])
  opened.unlocked.add('prod')
  await opened.service.stop({ ...inView, key, snapshot: null, confirm: null }, call())
  expect(opened.activity).toEqual(['prod: Stop instance, orders, before available', 'done: stopping'])
})

test('on Amazon, what belongs to no environment is not changed from an open one without the flag', async () => {
  const { clock, model, aws } = await start()
  model.add('orders', { status: 'stopped' })
  const opened = await openInstances({ aws: { ...aws, isAmazon: () => true }, clock, deps: { allowUnlock: false } })
  await expect(opened.service.start({ ...inView, key }, call())).rejects.toMatchObject({
    code: 'LOCKED',
    message: expect.stringContaining('--allow-prod-changes'),
  })
  expect(model.sent).toEqual([])
})

test('the connections of an environment are looked at again when its instance stops, and when it is available', async () => {
  const { time, clock, model, aws } = await start()
  model.add('orders', { fields: { Endpoint: { Address: 'localhost', Port: 5432 } } })
  const opened = await openInstances({ aws, clock, environments: [environment('local')] })
  await opened.service.refresh(inView, call())
  expect(opened.rechecked).toEqual([])
  await opened.service.stop({ ...inView, key, snapshot: null, confirm: null }, call())
  expect(opened.rechecked).toEqual(['local'])
  time.advance(61_000)
  await opened.service.refresh(inView, call())
  expect(opened.rechecked).toEqual(['local'])
  await opened.service.startNeeded(inView, call())
  time.advance(61_000)
  await opened.service.refresh(inView, call())
  expect(opened.rechecked).toEqual(['local', 'local'])
})

test('the instance that an environment needs is found by its name, as a cluster too; what is not there is gone', async () => {
  const { clock, model, aws } = await start()
  model.add('orders', { status: 'stopped' })
  model.add('shop', { kind: 'cluster', status: 'stopped' })
  const named = ['orders', 'shop', 'other'].map((name) => prodOn(name, { id: name, guard: 'open' }))
  const opened = await openInstances({ aws, clock, environments: [environment('local'), ...named] })
  const of = (id: string) => opened.instanceOf(named.find((one) => one.id === id) ?? environment('local'), new AbortController().signal)
  expect(await of('orders')).toMatchObject({ key, status: 'stopped' })
  expect(await of('shop')).toMatchObject({ key: { kind: 'cluster', identifier: 'shop' } })
  expect(await of('local')).toBeNull()
  await expect(of('other')).rejects.toMatchObject({ code: 'GONE', message: expect.stringContaining('other in ca-central-1') })

  await opened.service.startNeeded({ environment: 'orders' }, call())
  // Asked for twice, it is fine: it is starting.
  await opened.service.startNeeded({ environment: 'orders' }, call())
  expect(model.sent).toEqual([{ action: 'start', identifier: 'orders' }])
  await expect(opened.service.startNeeded(inView, call())).rejects.toMatchObject({ code: 'GONE' })
})

test('a stop that was asked for is followed on by the next console, at its pace', async () => {
  const { time, clock, model, aws } = await start({ lag: () => 30_000 })
  model.add('orders')
  const first = await openInstances({ aws: { ...aws, isAmazon: () => true }, clock })
  await first.service.stop({ ...inView, key, snapshot: 'before-night', confirm: 'orders' }, call())
  const { change } = await rowOf(first, 'orders')
  await first.close()

  const next = await openInstances({ aws: { ...aws, isAmazon: () => true }, clock, stateFolder: first.folder })
  await vi.waitFor(async () => expect((await fleetOf(next)).instances).toHaveLength(1), patient)
  // AWS still shows the state from before the stop.
  expect(await rowOf(next, 'orders')).toMatchObject({ status: 'available', change, stop: { possible: false } })
  await expect(next.service.stop({ ...inView, key, snapshot: null, confirm: 'orders' }, call())).rejects.toMatchObject({
    code: 'WRONG_STATE',
  })
  expect(model.sent).toHaveLength(1)
  // Nobody looks, and it is asked all the same.
  const asked = () => model.endpoint.asked('DescribeDBInstances').length
  const before = asked()
  time.advance(7_000)
  await vi.waitFor(() => expect(asked()).toBeGreaterThan(before), patient)
  time.advance(90_000)
  await next.service.refresh(inView, call())
  expect(await rowOf(next, 'orders')).toMatchObject({ status: 'stopped', change: null })
})

test('a request that the console did not live to send is awaited for as long as AWS may need to show it', async () => {
  const { time, clock, model, aws } = await start()
  model.add('orders')
  model.endpoint.answer('rds', 'StopDBInstance', { trouble: 'silence' })
  const first = await openInstances({ aws, clock })
  const unanswered = first.service.stop({ ...inView, key, snapshot: null, confirm: 'orders' }, call())
  const ended = Promise.resolve(unanswered).catch((error: unknown) => error)
  await vi.waitFor(() => expect(model.endpoint.asked('StopDBInstance')).toHaveLength(1), patient)

  const next = await openInstances({ aws: await model.openAws(), clock, stateFolder: first.folder })
  await next.service.refresh(inView, call())
  expect(await rowOf(next, 'orders')).toMatchObject({ status: 'available', change: { action: 'stop' }, stop: { possible: false } })
  time.advance(181_000)
  await next.service.refresh(inView, call())
  expect(await rowOf(next, 'orders')).toMatchObject({ change: null, stop: { possible: true } })
  expect(next.lines.filter((line) => line.includes('has not shown it since'))).toHaveLength(1)
  await model.endpoint.close()
  expect(await ended).toMatchObject({ code: 'LOST' })
})

test('a change that AWS never shows is forgotten, and told in the log', async () => {
  const { time, clock, model, aws } = await start()
  model.add('orders')
  model.endpoint.answer('rds', 'StopDBInstance', queryAnswer('StopDBInstance', ''))
  const opened = await openInstances({ aws, clock })
  await opened.service.stop({ ...inView, key, snapshot: null, confirm: 'orders' }, call())
  expect(await rowOf(opened, 'orders')).toMatchObject({ status: 'available', change: { action: 'stop' } })
  time.advance(181_000)
  await opened.service.refresh(inView, call())
  expect(await rowOf(opened, 'orders')).toMatchObject({ status: 'available', change: null, stop: { possible: true } })
  expect(opened.lines).toContain('instances: orders in ca-central-1 was asked to stop, and AWS has not shown it since: it is available.')
})

test('a refusal for the state is told with the state, and what AWS showed before is not believed at once', async () => {
  let lag = 60_000
  const { time, clock, model, aws } = await start({ lag: () => lag })
  const orders = model.add('orders')
  time.advance(1000)
  model.become(orders, 'backing-up')
  const opened = await openInstances({ aws, clock })
  await shows(opened, ({ instances }) => instances[0]?.stop.possible === true)
  const refused = opened.service.stop({ ...inView, key, snapshot: null, confirm: 'orders' }, call())
  await expect(refused).rejects.toMatchObject({
    code: 'WRONG_STATE',
    message: expect.stringContaining('AWS now shows orders as available'),
  })
  expect(opened.activity[1]).toContain('failed: ')
  expect(await rowOf(opened, 'orders')).toMatchObject({ change: null, stop: { possible: false } })
  lag = 0
  await opened.service.refresh(inView, call())
  expect(await rowOf(opened, 'orders')).toMatchObject({ status: 'backing-up', stop: { possible: false } })
})

test('a request that AWS did not answer may have been taken: it is awaited, not sent again', async () => {
  const { clock, model, aws } = await start()
  model.add('orders')
  model.endpoint.answer('rds', 'StopDBInstance', { trouble: 'reset' })
  const opened = await openInstances({ aws, clock })
  await expect(opened.service.stop({ ...inView, key, snapshot: null, confirm: 'orders' }, call())).rejects.toMatchObject({ code: 'LOST' })
  expect(model.endpoint.asked('StopDBInstance')).toHaveLength(1)
  expect(await rowOf(opened, 'orders')).toMatchObject({ change: { action: 'stop' }, stop: { possible: false } })
})

test('a refusal that is final is forgotten at once', async () => {
  const { clock, model, aws } = await start()
  model.add('orders')
  model.endpoint.answer('rds', 'StopDBInstance', queryFault('SnapshotQuotaExceeded', 'Cannot create more than 100 snapshots.'))
  const opened = await openInstances({ aws, clock })
  const stop = opened.service.stop({ ...inView, key, snapshot: 'before-night', confirm: 'orders' }, call())
  await expect(stop).rejects.toMatchObject({ data: { source: { code: 'SnapshotQuotaExceeded' } } })
  expect(await rowOf(opened, 'orders')).toMatchObject({ change: null, stop: { possible: true } })
})

test('a cluster is stopped as a cluster, its members are not; other services of RDS are left out', async () => {
  const { clock, model, aws } = await start()
  model.add('shop', { kind: 'cluster' })
  model.add('shop-1', { fields: { Engine: 'aurora-postgresql', DBClusterIdentifier: 'shop' } })
  model.add('documents', { fields: { Engine: 'docdb' } })
  model.add('graph', { fields: { Engine: 'neptune' } })
  const opened = await openInstances({ aws, clock })
  const { instances } = await shows(opened, ({ instances }) => instances.length === 2)
  expect(instances.map(({ key }) => `${key.kind} ${key.identifier}`)).toEqual(['cluster shop', 'instance shop-1'])
  const member = { ...key, identifier: 'shop-1' }
  await expect(opened.service.stop({ ...inView, key: member, snapshot: null, confirm: 'shop-1' }, call())).rejects.toMatchObject({
    message: 'shop-1 is a member of the cluster shop: stop and start the cluster.',
  })
  const cluster = { ...key, kind: 'cluster', identifier: 'shop' } as const
  await expect(opened.service.stop({ ...inView, key: cluster, snapshot: 'night', confirm: 'shop' }, call())).rejects.toMatchObject({
    code: 'INVALID',
  })
  await opened.service.stop({ ...inView, key: cluster, snapshot: null, confirm: 'shop' }, call())
  expect(model.sent).toEqual([{ action: 'stop', identifier: 'shop' }])
  expect(await rowOf(opened, 'shop')).toMatchObject({ status: 'stopping' })
})

test.each(['1night', 'a--b', 'night-', 'a b', 'ä', 'a'.repeat(256)])('%j is not taken as the name of a snapshot', async (snapshot) => {
  const { clock, model, aws } = await start()
  model.add('orders')
  const opened = await openInstances({ aws, clock })
  await expect(opened.service.stop({ ...inView, key, snapshot, confirm: 'orders' }, call())).rejects.toMatchObject({ code: 'INVALID' })
  expect(model.endpoint.requests).toEqual([])
})

test('the chosen scope is kept; a file that cannot be read is set aside and told of', async () => {
  const { clock, model, aws } = await start()
  model.add('orders', { region: 'eu-west-1' })
  const first = await openInstances({ aws, clock })
  await first.service.choose({ ...inView, scope: { profiles: ['default', 'default'], regions: ['eu-west-1'] } }, call())
  await first.close()
  const second = await openInstances({ aws, clock, stateFolder: first.folder })
  await shows(second, ({ instances }) => instances[0]?.key.identifier === 'orders')
  expect((await fleetOf(second)).scope).toEqual({ profiles: ['default'], regions: ['eu-west-1'] })
  await second.close()

  const path = join(first.folder, 'instances.json')
  const damaged = (await readFile(path, 'utf8')).slice(0, 40)
  await writeFile(path, damaged)
  const third = await openInstances({ aws, clock, stateFolder: first.folder })
  expect((await fleetOf(third)).scope).toEqual({ profiles: ['default'], regions: ['ca-central-1'] })
  expect(third.lines[0]).toContain('It was set aside as')
  const aside = (await readdir(first.folder)).find((name) => name.endsWith('.damaged'))
  expect(await readFile(join(first.folder, aside ?? ''), 'utf8')).toBe(damaged)
})

test('without a choice, the regions of the environments are shown beside the own one', async () => {
  const { clock, aws } = await start()
  const prod = prodOn('orders', { rds: { profile: 'work', region: 'eu-west-1', instance: 'orders', signIn: 'password' } })
  const opened = await openInstances({ aws, clock, environments: [environment('local'), prod] })
  expect(await fleetOf(opened)).toMatchObject({
    scope: { profiles: ['default', 'work'], regions: ['ca-central-1', 'eu-west-1'] },
    practice: false,
  })
})
