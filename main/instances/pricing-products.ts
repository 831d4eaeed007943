import type { Filter } from '@aws-sdk/client-pricing'
import * as z from 'zod'
import type { InstanceKey } from '../../preload/contract/instances.ts'

/** What a price depends on. */
export interface Priced {
  readonly region: string
  /** `postgres`, as RDS calls it. */
  readonly engine: string
  readonly instanceClass: string
  readonly multiAz: boolean
  /** A cluster of RDS for PostgreSQL or MySQL is charged for its two readable standbys too. Absent: an instance. */
  readonly kind?: InstanceKey['kind']
}

/** The engines whose hours cost the same whatever the licence, by RDS' name; the others are not priced. */
const engines: Readonly<Record<string, string>> = {
  postgres: 'PostgreSQL',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  'aurora-postgresql': 'Aurora PostgreSQL',
  'aurora-mysql': 'Aurora MySQL',
}

/** `volumeType` of the price list by StorageType of RDS. */
const volumes: Readonly<Record<string, string>> = {
  gp2: 'General Purpose',
  gp3: 'General Purpose-GP3',
  io1: 'Provisioned IOPS',
  io2: 'Provisioned IOPS-IO2',
  standard: 'Magnetic',
}

const term = (field: string, value: string): Filter => ({ Type: 'TERM_MATCH', Field: field, Value: value })
/** Aurora charges each member by itself. */
function deployment({ engine, multiAz, kind }: Priced): string {
  if (engine.startsWith('aurora') || !multiAz) return 'Single-AZ'
  return kind === 'cluster' ? 'Multi-AZ (readable standbys)' : 'Multi-AZ'
}

/** What to ask the price list for an hour of an instance; null where its engine is not priced. */
export function hourFilters(priced: Priced): Filter[] | null {
  const { region, engine, instanceClass } = priced
  const name = engines[engine]
  if (name === undefined) return null
  return [
    term('productFamily', 'Database Instance'),
    term('regionCode', region),
    term('databaseEngine', name),
    term('instanceType', instanceClass),
    term('deploymentOption', deployment(priced)),
  ]
}

/** What to ask the price list for a GiB of storage in a month; null where the type is not priced by its size alone. */
export function storageFilters(priced: Priced, storageType: string): Filter[] | null {
  const name = volumes[storageType]
  if (name === undefined) return null
  return [
    term('productFamily', 'Database Storage'),
    term('regionCode', priced.region),
    term('volumeType', name),
    term('deploymentOption', deployment(priced)),
  ]
}

const offers = z.record(
  z.string(),
  z.object({ priceDimensions: z.record(z.string(), z.object({ unit: z.string(), pricePerUnit: z.record(z.string(), z.string()) })) }),
)
const product = z.object({
  product: z.object({ attributes: z.record(z.string(), z.string()) }),
  terms: z.object({ OnDemand: offers.optional() }).optional(),
})

/**
 * The one on-demand price in USD that the products agree on; null where they name none, or several that differ: a guess is worse than nothing.
 * `databaseEngine` is the engine to choose where storage is listed for each engine on its own.
 */
export function agreedPrice(list: readonly string[], unit: string, engine: string): number | null {
  const prices = new Set<number>()
  for (const text of list) {
    const read = product.safeParse(parsed(text))
    if (!read.success || !applies(read.data.product.attributes, engine)) continue
    for (const offer of Object.values(read.data.terms?.OnDemand ?? {})) {
      for (const dimension of Object.values(offer.priceDimensions)) {
        const usd = Number(dimension.pricePerUnit['USD'])
        if (dimension.unit === unit && Number.isFinite(usd) && usd > 0) prices.add(usd)
      }
    }
  }
  const [price, another] = prices
  return price === undefined || another !== undefined ? null : price
}

/** Outposts and the I/O-optimised storage of Aurora have prices of their own. */
function applies(attributes: Readonly<Record<string, string>>, engine: string): boolean {
  const { locationType, databaseEngine, storage } = attributes
  if (locationType !== undefined && locationType !== 'AWS Region') return false
  if (storage === 'Aurora IO Optimization Mode') return false
  return databaseEngine === undefined || databaseEngine === 'Any' || databaseEngine === engines[engine]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What is no JSON names no price.
    return null
  }
}
