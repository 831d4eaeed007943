import type { Filter } from '@aws-sdk/client-pricing'
import type { Place } from '../../preload/contract/instances.ts'
import type { Aws } from '../aws/aws.ts'
import { readAll } from '../aws/pages.ts'
import { agreedPrice, hourFilters, type Priced, storageFilters } from './pricing-products.ts'

const dayMs = 24 * 60 * 60_000
/** A refusal is asked about again after an hour: the user may have been given the permission. */
const refusedMs = 60 * 60_000

export interface PricesDeps {
  readonly aws: Pick<Aws, 'pricing'>
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly log: (line: string) => void
}

/** What is asked for. `storageType` is RDS' own: `gp3`. */
export interface PriceOf extends Priced {
  readonly profile: string
  readonly storageType: string | null
}

/** USD, null where Pricing does not say: an hour of the instance, and a GiB of its storage in a month. */
export interface Price {
  readonly perHour: number | null
  readonly perGibMonth: number | null
}

interface Kept {
  readonly price: Promise<number | null>
  known: number | null
  until: number
}

/** Prices of RDS. Asked for once a day; what cannot be had is null, never a failure. */
export function createPrices({ aws, now, log }: PricesDeps) {
  const kept = new Map<string, Kept>()

  const ask = async (place: Place, filters: Filter[], unit: string, engine: string): Promise<number | null> => {
    const what = 'read the prices of RDS'
    const { GetProductsCommand } = await import('@aws-sdk/client-pricing')
    const list = await readAll<string>(what, async (token) => {
      const answer = await aws.pricing({ place, what, background: true }, (client, options) =>
        client.send(
          new GetProductsCommand({ ServiceCode: 'AmazonRDS', FormatVersion: 'aws_v1', Filters: filters, NextToken: token }),
          options,
        ),
      )
      return { items: answer.PriceList?.map((text: unknown) => String(text)), next: answer.NextToken }
    })
    return agreedPrice(list, unit, engine)
  }

  const once = (place: Place, filters: Filter[] | null, unit: string, engine: string): Kept => {
    const nothing = { price: Promise.resolve(null), known: null, until: Number.POSITIVE_INFINITY }
    if (filters === null) return nothing
    const name = JSON.stringify([place, unit, engine, filters])
    const before = kept.get(name)
    if (before !== undefined && before.until > now()) return before
    const entry: Kept = {
      known: before?.known ?? null,
      until: now() + dayMs,
      price: ask(place, filters, unit, engine).then(
        (price) => {
          entry.known = price
          return price
        },
        (error: unknown) => {
          // Nobody may be waiting for it, and a price is never worth a failure: it is told in the log.
          log(`prices: ${error instanceof Error ? error.message : String(error)}`)
          entry.until = now() + refusedMs
          return entry.known
        },
      ),
    }
    kept.set(name, entry)
    return entry
  }

  const entries = (of: PriceOf) => {
    const place = { profile: of.profile, region: of.region }
    return {
      hour: once(place, hourFilters(of), 'Hrs', of.engine),
      storage: once(place, of.storageType === null ? null : storageFilters(of, of.storageType), 'GB-Mo', of.engine),
    }
  }

  return {
    /** Waits for Pricing, ten seconds at most for each of two questions. */
    async price(of: PriceOf): Promise<Price> {
      const { hour, storage } = entries(of)
      const [perHour, perGibMonth] = await Promise.all([hour.price, storage.price])
      return { perHour, perGibMonth }
    },
    /** What is known at once; what is not yet is asked for, and null until it is there. */
    known(of: PriceOf): Price {
      const { hour, storage } = entries(of)
      return { perHour: hour.known, perGibMonth: storage.known }
    },
  }
}
export type Prices = ReturnType<typeof createPrices>
