import { expect, test, vi } from 'vitest'
import { queryAnswer } from '../../support/aws-endpoint.ts'
import { xml } from './cloud-fixture.ts'
import { call, fleetOf, openInstances } from './console.ts'
import { startRdsModel } from './rds-model.ts'

const regions = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'ap-northeast-1',
  'ap-south-1',
  'sa-east-1',
]
const inView = { environment: 'local' }
const perRegion = 25
const perPage = 10

test('300 instances in 12 regions: each region is shown as it arrives, whatever the others do', { timeout: 60_000 }, async () => {
  const model = await startRdsModel({ now: Date.now })
  const released = new Map(regions.map((region) => [region, Promise.withResolvers<void>()]))
  model.endpoint.answer('rds', 'DescribeDBInstances', async ({ region, params }) => {
    await released.get(region)?.promise
    const from = Number(params.get('Marker') ?? 0)
    const here = Array.from({ length: Math.min(perPage, perRegion - from) }, (_, index) => ({
      DBInstanceIdentifier: `orders-${region}-${from + index}`,
      DBInstanceStatus: 'available',
      Engine: 'postgres',
    }))
    const Marker = from + perPage < perRegion ? String(from + perPage) : undefined
    return queryAnswer('DescribeDBInstances', xml({ DBInstances: { DBInstance: here }, Marker }))
  })
  const opened = await openInstances({ aws: await model.openAws() })
  await opened.service.choose({ ...inView, scope: { profiles: ['default'], regions } }, call())
  const ending = new AbortController()
  const order: string[] = []
  const watching = (async () => {
    for await (const { places, instances } of opened.service.watch(inView, call(ending.signal))) {
      for (const { place, state } of places) {
        if (state !== 'shown' || order.includes(place.region)) continue
        order.push(place.region)
        // All pages of it, at once.
        expect(instances.filter(({ key }) => key.region === place.region)).toHaveLength(perRegion)
      }
    }
  })()
  const last = regions.toReversed()
  for (const [index, region] of last.entries()) {
    released.get(region)?.resolve()
    await vi.waitFor(() => expect(order).toEqual(last.slice(0, index + 1)), { timeout: 5_000 })
    const { instances, places } = await fleetOf(opened)
    expect(instances).toHaveLength((index + 1) * perRegion)
    expect(places.filter(({ state }) => state === 'loading')).toHaveLength(regions.length - index - 1)
  }
  ending.abort()
  await watching
  expect((await fleetOf(opened)).instances).toHaveLength(300)
})
