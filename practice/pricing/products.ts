import { createHash } from 'node:crypto'
import { classes, type InstanceClass, type PricedRegion, pricedRegions, volumes } from './figures.ts'

/** One entry of the price list: what it is by name, and what it costs. */
export interface Product {
  readonly productFamily: string
  readonly sku: string
  readonly attributes: Readonly<Record<string, string>>
  readonly unit: 'Hrs' | 'GB-Mo'
  readonly usd: number
  readonly description: string
}

const deployments = [
  { option: 'Single-AZ', times: 1, usage: '', code: '0014' },
  { option: 'Multi-AZ', times: 2, usage: 'Multi-AZ', code: '0014' },
] as const
type Deployment = (typeof deployments)[number]

const round = (usd: number): number => Math.round(usd * 10_000) / 10_000

/** A stock-keeping unit: sixteen capital letters and digits, the same for the same thing. */
const skuOf = (...parts: readonly string[]): string => createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 16).toUpperCase()

const everywhere = ({ code, location }: PricedRegion) => ({
  servicecode: 'AmazonRDS',
  servicename: 'Amazon Relational Database Service',
  location,
  locationType: 'AWS Region',
  regionCode: code,
})

function instanceHour(region: PricedRegion, one: InstanceClass, { option, times, usage, code }: Deployment): Product {
  const usd = round(one.perHour * region.factor * times)
  return {
    productFamily: 'Database Instance',
    sku: skuOf('hour', region.code, one.name, option),
    attributes: {
      ...everywhere(region),
      instanceType: one.name,
      instanceTypeFamily: one.name.split('.')[1]?.toUpperCase() ?? '',
      currentGeneration: 'Yes',
      vcpu: String(one.vcpu),
      memory: `${one.memoryGib} GiB`,
      storage: 'EBS Only',
      engineCode: '14',
      databaseEngine: 'PostgreSQL',
      licenseModel: 'No license required',
      deploymentOption: option,
      usagetype: `${region.prefix}${usage}${usage === '' ? 'InstanceUsage' : 'Usage'}:${one.name}`,
      operation: `CreateDBInstance:${code}`,
    },
    unit: 'Hrs',
    usd,
    description: `$${usd} per RDS ${one.name} ${option} instance hour (or partial hour) running PostgreSQL, a figure for practice`,
  }
}

function storageMonth(region: PricedRegion, volume: (typeof volumes)[number], { option, times, usage }: Deployment): Product {
  const usd = round(volume.perGibMonth * region.factor * times)
  return {
    productFamily: 'Database Storage',
    sku: skuOf('storage', region.code, volume.type, option),
    attributes: {
      ...everywhere(region),
      volumeType: volume.type,
      storageMedia: volume.type === 'Magnetic' ? 'Magnetic' : 'SSD',
      minVolumeSize: '20 GB',
      databaseEngine: volume.engine,
      deploymentOption: option,
      usagetype: `${region.prefix}RDS:${usage === '' ? '' : `${usage}-`}${volume.usage}`,
      operation: '',
    },
    unit: 'GB-Mo',
    usd,
    description: `$${usd} per GB-month of provisioned ${volume.type} storage, ${option}, a figure for practice`,
  }
}

/** The whole price list for RDS, in a fixed order. */
export const products: readonly Product[] = pricedRegions.flatMap((region) =>
  deployments.flatMap((deployment) => [
    ...classes.map((one) => instanceHour(region, one, deployment)),
    ...volumes.map((volume) => storageMonth(region, volume, deployment)),
  ]),
)

const onDemand = 'JRTCKXETXF'
const perUnit = '6YS6EN2CT7'
const published = '2026-01-01T00:00:00Z'

/** A product as the price list writes it, format `aws_v1`. */
export function priceListEntry({ productFamily, sku, attributes, unit, usd, description }: Product): string {
  const term = `${sku}.${onDemand}`
  const rateCode = `${term}.${perUnit}`
  return JSON.stringify({
    product: { productFamily, attributes, sku },
    serviceCode: 'AmazonRDS',
    terms: {
      OnDemand: {
        [term]: {
          priceDimensions: {
            [rateCode]: {
              unit,
              endRange: 'Inf',
              description,
              appliesTo: [],
              rateCode,
              beginRange: '0',
              pricePerUnit: { USD: usd.toFixed(10) },
            },
          },
          sku,
          effectiveDate: published,
          offerTermCode: onDemand,
          termAttributes: {},
        },
      },
    },
    version: 'practice',
    publicationDate: published,
  })
}
