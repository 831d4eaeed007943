import { AwsFault, type Params } from '../api.ts'

/**
 * The parameters of the Query protocols, where a list is `Name.1`, `Name.member.1` or, in the words of the service, `Filters.Filter.1`, and a
 * structure `Name.Field`.
 */
export function queryParams(fields: ReadonlyMap<string, string>, prefix = ''): Params {
  const names = [...fields.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
  const text = (name: string): string | undefined => fields.get(prefix + name)

  /** The parts of a list in their order: what stands between the name and the end of the number. */
  const entries = (name: string): readonly string[] => {
    const found = new Map<string, number>()
    for (const one of names) {
      if (!one.startsWith(`${name}.`)) continue
      const match = /^((?:[A-Za-z]\w*\.)?(\d{1,6}))(?:\.|$)/.exec(one.slice(name.length + 1))
      if (match !== null) found.set(`${name}.${match[1]}`, Number(match[2]))
    }
    return [...found].sort(([, a], [, b]) => a - b).map(([key]) => key)
  }

  return {
    text,
    flag: (name) => flagOf(name, text(name)),
    whole: (name) => wholeOf(name, text(name)),
    texts: (name) => entries(name).flatMap((key) => text(key) ?? []),
    groups: (name) => entries(name).map((key) => queryParams(fields, `${prefix}${key}.`)),
    group: (name) => (names.some((one) => one.startsWith(`${name}.`)) ? queryParams(fields, `${prefix}${name}.`) : undefined),
    map: () => ({}),
  }
}

export function flagOf(name: string, value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined
  const lower = value.toLowerCase()
  if (lower !== 'true' && lower !== 'false')
    throw new AwsFault('InvalidParameterValue', `Invalid value ${value} for ${name}. Must be true or false.`)
  return lower === 'true'
}

export function wholeOf(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (!/^-?\d{1,15}$/.test(value))
    throw new AwsFault('InvalidParameterValue', `Invalid value ${value} for ${name}. Must be a whole number.`)
  return Number(value)
}
