import { expect, test } from 'vitest'
import { costOf, stoppedSince } from '../../../main/instances/cost.ts'
import type { InstanceEvent } from '../../../main/instances/events.ts'
import { createPrices, type PriceOf } from '../../../main/instances/pricing.ts'
import { jsonAnswer, jsonFault } from '../../support/aws-endpoint.ts'
import { now, place, startCloud } from './cloud-fixture.ts'

const of: PriceOf = { ...place, engine: 'postgres', instanceClass: 'db.t3.micro', multiAz: false, storageType: 'gp3' }

/** A product as the price list has it. */
const product = (attributes: Record<string, string>, unit: string, ...usd: string[]) =>
  JSON.stringify({
    product: { sku: 'A', productFamily: 'x', attributes: { locationType: 'AWS Region', ...attributes } },
    terms: {
      OnDemand: Object.fromEntries(
        usd.map((price, index) => [`A.${index}`, { priceDimensions: { [`A.${index}.1`]: { unit, pricePerUnit: { USD: price } } } }]),
      ),
      Reserved: { 'A.R': { priceDimensions: { 'A.R.1': { unit, pricePerUnit: { USD: '0.0010000000' } } } } },
    },
  })
const hour = (...usd: string[]) => product({ databaseEngine: 'PostgreSQL' }, 'Hrs', ...usd)
const list = (...products: string[]) => jsonAnswer({ FormatVersion: 'aws_v1', PriceList: products })

async function start() {
  const { aws, endpoint } = await startCloud()
  const lines: string[] = []
  let time = now
  const prices = createPrices({ aws, now: () => time, log: (line) => lines.push(line) })
  const answer = (hours: ReturnType<typeof jsonAnswer>, storage = list()) =>
    endpoint.answer('pricing', 'GetProducts', (request) => (request.body.includes('Database Instance') ? hours : storage))
  const pass = (ms: number) => {
    time += ms
  }
  return { prices, endpoint, answer, lines, pass }
}

test('the hour and the GiB of a month are asked for once a day, for this class, engine and region', async () => {
  const { prices, endpoint, answer, pass } = await start()
  answer(list(hour('0.0180000000')), list(product({ databaseEngine: 'Any' }, 'GB-Mo', '0.1270000000')))
  expect(await prices.price(of)).toEqual({ perHour: 0.018, perGibMonth: 0.127 })
  expect(await prices.price(of)).toEqual({ perHour: 0.018, perGibMonth: 0.127 })
  expect(endpoint.asked('GetProducts')).toHaveLength(2)
  const filters = endpoint.asked('GetProducts').map(({ body }) => JSON.parse(body).Filters.map((one: { Value: string }) => one.Value))
  expect(filters).toEqual([
    ['Database Instance', 'ca-central-1', 'PostgreSQL', 'db.t3.micro', 'Single-AZ'],
    ['Database Storage', 'ca-central-1', 'General Purpose-GP3', 'Single-AZ'],
  ])
  pass(25 * 60 * 60_000)
  await prices.price(of)
  expect(endpoint.asked('GetProducts')).toHaveLength(4)
})

test.each([
  ['nothing', list()],
  ['two prices', list(hour('0.0180000000'), hour('0.0200000000'))],
  ['another engine only', list(product({ databaseEngine: 'Oracle' }, 'Hrs', '1.0'))],
  ['an outpost only', list(product({ databaseEngine: 'PostgreSQL', locationType: 'AWS Outposts' }, 'Hrs', '1.0'))],
  ['another unit', list(product({ databaseEngine: 'PostgreSQL' }, 'GB-Mo', '1.0'))],
  ['no number', list(hour('free'))],
  ['no product', list('<html>', '{}')],
])('%s is no price', async (_, answered) => {
  const { prices, answer } = await start()
  answer(answered)
  expect(await prices.price(of)).toEqual({ perHour: null, perGibMonth: null })
})

test('a refusal is no price and no failure; it is told in the log, and asked again after an hour', async () => {
  const { prices, endpoint, answer, lines, pass } = await start()
  answer(jsonFault('AccessDeniedException', 'not authorized'), jsonFault('AccessDeniedException', 'not authorized'))
  expect(await prices.price(of)).toEqual({ perHour: null, perGibMonth: null })
  expect(lines).toHaveLength(2)
  await prices.price(of)
  expect(endpoint.asked('GetProducts')).toHaveLength(2)
  pass(61 * 60_000)
  answer(list(hour('0.018')))
  expect(await prices.price(of)).toMatchObject({ perHour: 0.018 })
})

test('what is not known yet is null at once, and there later', async () => {
  const { prices, answer } = await start()
  answer(list(hour('0.018')))
  expect(prices.known(of)).toEqual({ perHour: null, perGibMonth: null })
  await prices.price(of)
  expect(prices.known(of)).toMatchObject({ perHour: 0.018 })
})

test('a standby, two readable ones, and a member of Aurora have prices of their own', async () => {
  const { prices, endpoint, answer } = await start()
  answer(list())
  await prices.price({ ...of, multiAz: true })
  await prices.price({ ...of, multiAz: true, kind: 'cluster' })
  await prices.price({ ...of, engine: 'aurora-postgresql', multiAz: true, storageType: 'aurora' })
  const deployments = endpoint.asked('GetProducts').map(({ body }) => JSON.parse(body).Filters.at(-1).Value)
  expect(new Set(deployments.slice(0, 2))).toEqual(new Set(['Multi-AZ']))
  expect(deployments.slice(2)).toEqual(['Multi-AZ (readable standbys)', 'Multi-AZ (readable standbys)', 'Single-AZ'])
})

test('an engine that is not priced is not asked for', async () => {
  const { prices, endpoint } = await start()
  expect(await prices.price({ ...of, engine: 'oracle-ee', storageType: null })).toEqual({ perHour: null, perGibMonth: null })
  expect(endpoint.requests).toEqual([])
})

const event = (id: string, hoursAgo: number): InstanceEvent => ({ id, at: new Date(now - hoursAgo * 3_600_000), message: '' })
const stopped = { status: 'stopped', automaticRestartAt: new Date(now + 5 * 24 * 3_600_000), storageGib: 20, events: null }
const price = { perHour: 0.02, perGibMonth: 0.125 }

test('hours are saved since the stop that the events tell; otherwise since seven days before the automatic restart', () => {
  expect(costOf(stopped, price, now)).toMatchObject({ perHour: 0.02, storagePerMonth: 2.5, saved: 48 * 0.02 })
  const events = [event('RDS-EVENT-0088', 300), event('RDS-EVENT-0087', 310)]
  expect(costOf({ ...stopped, events: [event('RDS-EVENT-0087', 10), ...events] }, price, now).saved).toBeCloseTo(0.2)
  expect(stoppedSince({ ...stopped, events: [event('RDS-EVENT-0150', 3)] })).toEqual(new Date(now - 3 * 3_600_000))
  // Stopped anew, and the events do not show it yet.
  expect(costOf({ ...stopped, events }, price, now).saved).toBeCloseTo(48 * 0.02)
})

test('nothing is saved where it runs, where nobody says since when, and where the price is not known', () => {
  expect(costOf({ ...stopped, status: 'available' }, price, now)).toMatchObject({ saved: null, stoppedSince: null, storagePerMonth: 2.5 })
  expect(costOf({ ...stopped, automaticRestartAt: null }, price, now)).toMatchObject({ saved: null, stoppedSince: null })
  expect(costOf(stopped, { perHour: null, perGibMonth: null }, now)).toMatchObject({ saved: null, storagePerMonth: null })
  expect(costOf({ ...stopped, storageGib: null }, price, now).storagePerMonth).toBeNull()
})
