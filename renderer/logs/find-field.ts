import { findText } from './find-text.ts'

/** The message as JSON: the whole of it, or what stands after the last tab where a runtime put time, id and level before it. */
export function jsonIn(message: string): unknown {
  const start = message.charCodeAt(0) === 123 ? 0 : message.indexOf('\t{') + 1
  if (start === 0 && message.charCodeAt(0) !== 123) return undefined
  try {
    return JSON.parse(start === 0 ? message : message.slice(start))
  } catch {
    // A text that only begins like JSON has no fields.
    return undefined
  }
}

/** Lists within lists deeper than this are looked into no further. */
const deepest = 100

/** The values that a dotted path leads to; a list on the way stands for each of its members. */
export function valuesAt(json: unknown, path: string, depth = 0): unknown[] {
  if (depth > deepest) return []
  if (Array.isArray(json)) {
    const [head, rest] = cut(path)
    if (/^\d{1,9}$/.test(head)) return Number(head) < json.length ? after(json[Number(head)], rest, depth) : []
    return json.flatMap((member) => valuesAt(member, path, depth + 1))
  }
  if (typeof json !== 'object' || json === null) return []
  if (Object.hasOwn(json, path)) return [Reflect.get(json, path)]
  const [head, rest] = cut(path)
  return rest !== null && Object.hasOwn(json, head) ? after(Reflect.get(json, head), rest, depth) : []
}

function cut(path: string): [string, string | null] {
  const dot = path.indexOf('.')
  return dot < 0 ? [path, null] : [path.slice(0, dot), path.slice(dot + 1)]
}

const after = (value: unknown, rest: string | null, depth: number): unknown[] =>
  rest === null ? [value] : valuesAt(value, rest, depth + 1)

/** What stands after the colon, as a test: `>500`, `<=3`, `*` for any value, else a part of a text or the whole of a number, true, false or null. */
export function fieldTest(wanted: string): (value: unknown) => boolean {
  if (wanted === '*') return () => true
  const compared = /^(>=|<=|>|<)([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.exec(wanted)
  if (compared !== null) {
    const limit = Number(compared[2])
    const sign = compared[1]
    return (value) =>
      typeof value === 'number' &&
      (sign === '>' ? value > limit : sign === '<' ? value < limit : sign === '>=' ? value >= limit : value <= limit)
  }
  const { holds } = findText(wanted)
  const asNumber = wanted.trim() === '' ? Number.NaN : Number(wanted)
  const test = (value: unknown): boolean => {
    if (typeof value === 'string') return holds(value)
    if (typeof value === 'number') return value === asNumber
    if (Array.isArray(value)) return value.some((member) => typeof member !== 'object' && test(member))
    return (value === null || typeof value === 'boolean') && String(value) === wanted.toLowerCase()
  }
  return test
}
