import type { Params } from '../api.ts'
import { wrongValue } from './faults.ts'

export interface Page<T> {
  readonly items: readonly T[]
  readonly marker: string | undefined
}

/** One page of a list in the order of its keys, as Marker and MaxRecords ask for it. The marker names the last of the page before. */
export function pageOf<T>(params: Params, all: readonly T[], keyOf: (one: T) => string, longest = 100): Page<T> {
  const most = params.whole('MaxRecords') ?? 100
  if (most < 20 || most > longest) throw wrongValue(`Invalid value ${most} for MaxRecords. Must be between 20 and ${longest}`)
  const marker = params.text('Marker')
  const after = marker === undefined ? null : decode(marker)
  const sorted = [...all].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)).filter((one) => after === null || keyOf(one) > after)
  const items = sorted.slice(0, most)
  const last = items.at(-1)
  return { items, marker: sorted.length > most && last !== undefined ? encode(keyOf(last)) : undefined }
}

const prefix = 'after:'

function encode(key: string): string {
  return Buffer.from(prefix + key).toString('base64')
}

function decode(marker: string): string {
  const text = Buffer.from(marker, 'base64').toString()
  if (!text.startsWith(prefix) || encode(text.slice(prefix.length)) !== marker) throw wrongValue('The request marker is not valid.')
  return text.slice(prefix.length)
}

/** The values that each named filter asks for. Fails for a name that the operation does not know. */
export function filtersOf(params: Params, known: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const filters = new Map<string, ReadonlySet<string>>()
  for (const filter of params.groups('Filters')) {
    const name = filter.text('Name') ?? ''
    const values = filter.texts('Values')
    if (!known.includes(name)) throw wrongValue(`Unrecognized filter name: ${name}`)
    if (values.length === 0) throw wrongValue(`The filter ${name} must have at least one value.`)
    filters.set(name, new Set(values))
  }
  return filters
}
