import { AwsFault, type Params } from '../api.ts'
import { flagOf, wholeOf } from './query-params.ts'

/** The parameters of the JSON protocols. */
export function jsonParams(body: unknown): Params {
  if (!isObject(body)) throw new AwsFault('SerializationException', 'The request body is not a JSON object.')
  const at = (name: string): unknown => (Object.hasOwn(body, name) ? body[name] : undefined)
  const list = (name: string): readonly unknown[] => {
    const value = at(name) ?? []
    if (!Array.isArray(value)) throw new AwsFault('SerializationException', `${name} is not a list.`)
    return value
  }
  const text = (name: string): string | undefined => textOf(name, at(name))
  return {
    text,
    flag: (name) => flagOf(name, text(name)),
    whole: (name) => wholeOf(name, text(name)),
    texts: (name) => list(name).flatMap((one) => textOf(name, one) ?? []),
    groups: (name) => list(name).map(jsonParams),
    group: (name) => (at(name) === undefined ? undefined : jsonParams(at(name))),
    map(name) {
      const value = at(name) ?? {}
      if (!isObject(value)) throw new AwsFault('SerializationException', `${name} is not a map.`)
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, textOf(name, one) ?? '']))
    },
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new AwsFault('SerializationException', `${name} is not a single value.`)
}
