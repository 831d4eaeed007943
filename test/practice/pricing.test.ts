import { type Filter, GetAttributeValuesCommand, GetProductsCommand, type PricingClient } from '@aws-sdk/client-pricing'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'
import { clients, startServices } from './services.ts'

const start = async () => clients((await startServices(await temporaryFolder())).endpoint).pricing

interface Listed {
  readonly product: { readonly productFamily: string; readonly attributes: Readonly<Record<string, string>> }
  readonly terms: { readonly OnDemand: Record<string, { readonly priceDimensions: Record<string, Readonly<Record<string, unknown>>> }> }
}

async function ask(pricing: PricingClient, wanted: Readonly<Record<string, string>>): Promise<Listed[]> {
  const Filters = Object.entries(wanted).map(([Field, Value]): Filter => ({ Type: 'TERM_MATCH', Field, Value }))
  const { PriceList = [] } = await pricing.send(new GetProductsCommand({ ServiceCode: 'AmazonRDS', Filters }))
  return PriceList.map((text: unknown) => JSON.parse(String(text)))
}

const priceOf = (listed: Listed | undefined) =>
  Object.values(listed?.terms.OnDemand ?? {}).flatMap(({ priceDimensions }) => Object.values(priceDimensions))

const here = { regionCode: 'ca-central-1', databaseEngine: 'PostgreSQL' }

test('an hour of a class has one price, twice as high in two zones', async () => {
  const pricing = await start()
  const hour = { ...here, productFamily: 'Database Instance', instanceType: 'db.t3.micro' }
  const [single, ...others] = await ask(pricing, { ...hour, deploymentOption: 'Single-AZ' })
  expect(others).toEqual([])
  expect(single?.product.attributes).toMatchObject({ vcpu: '2', memory: '1 GiB', location: 'Canada (Central)', locationType: 'AWS Region' })
  expect(priceOf(single)).toMatchObject([
    { unit: 'Hrs', pricePerUnit: { USD: '0.0194000000' }, description: expect.stringContaining('a figure for practice') },
  ])
  const [multi] = await ask(pricing, { ...hour, deploymentOption: 'Multi-AZ' })
  expect(priceOf(multi)).toMatchObject([{ pricePerUnit: { USD: '0.0389000000' } }])
})

test('a GiB of storage has its price in a month', async () => {
  const pricing = await start()
  const found = await ask(pricing, {
    ...here,
    productFamily: 'Database Storage',
    volumeType: 'General Purpose-GP3',
    deploymentOption: 'Single-AZ',
  })
  expect(found.flatMap(priceOf)).toMatchObject([{ unit: 'GB-Mo', pricePerUnit: { USD: '0.1242000000' } }])
})

test('what nothing matches is an empty list, as at AWS', async () => {
  const pricing = await start()
  expect(await ask(pricing, { colour: 'red' })).toEqual([])
  expect(await ask(pricing, { ...here, instanceType: 'db.x9.mega' })).toEqual([])
  const other = pricing.send(new GetProductsCommand({ ServiceCode: 'AmazonEC2' }))
  await expect(other).rejects.toMatchObject({ name: 'InvalidParameterException' })
})

test('pages of a hundred at most lead to every product once', async () => {
  const pricing = await start()
  const skus: string[] = []
  let NextToken: string | undefined
  do {
    const page = await pricing.send(new GetProductsCommand({ ServiceCode: 'AmazonRDS', NextToken }))
    expect(page.PriceList?.length).toBeLessThanOrEqual(100)
    for (const text of page.PriceList ?? []) skus.push(JSON.parse(String(text)).product.sku)
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  expect(skus.length).toBeGreaterThan(500)
  expect(new Set(skus).size).toBe(skus.length)
  const { AttributeValues } = await pricing.send(
    new GetAttributeValuesCommand({ ServiceCode: 'AmazonRDS', AttributeName: 'deploymentOption' }),
  )
  expect(AttributeValues).toEqual([{ Value: 'Multi-AZ' }, { Value: 'Single-AZ' }])
})
