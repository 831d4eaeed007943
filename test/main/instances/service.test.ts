import { expect, test } from 'vitest'
import { call, openInstances, rowOf, shows } from './console.ts'
import { manualClock } from './manual-clock.ts'
import { startRdsModel } from './rds-model.ts'

const key = { profile: 'default', region: 'ca-central-1', kind: 'instance', identifier: 'orders' } as const
const inView = { environment: 'local' }

async function start(options: Parameters<typeof startRdsModel>[0] | null = null) {
  const time = manualClock()
  const model = await startRdsModel({ now: time.clock.now, ...options })
  const aws = await model.openAws()
  return { time, model, aws }
}

test('an instance is shown with who AWS says we are, stopped by its typed name, and followed until it is stopped', async () => {
  const { time, model, aws } = await start()
  model.add('orders')
  const opened = await openInstances({ aws, clock: time.clock })
  const first = await shows(opened, ({ places }) => places[0]?.state === 'shown' && places[0].account !== null)
  expect(first.places).toMatchObject([{ place: { profile: 'default', region: 'ca-central-1' }, account: '100000000001', problem: null }])
  expect(first.instances).toMatchObject([
    { key, status: 'available', stop: { possible: true }, start: { possible: false }, environments: [] },
  ])

  await expect(opened.service.stop({ ...inView, key, snapshot: null, confirm: 'order' }, call())).rejects.toMatchObject({
    code: 'UNCONFIRMED',
  })
  await opened.service.stop({ ...inView, key, snapshot: null, confirm: 'orders' }, call())
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
