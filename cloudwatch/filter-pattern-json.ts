import { type ComparedValue, parseComparison, parseCompound, type Test } from './filter-pattern-expression.ts'
import type { PatternScanner } from './filter-pattern-scanner.ts'

/** A member's name, the place in a list, or any of them. */
type Step = string | number | typeof anyMember
const anyMember = Symbol('any member')

const mostWildcards = 3

/**
 * Reads `{ $.level = "ERROR" && ($.status >= 500 || $.x NOT EXISTS) }`; a message that is no JSON object is not found. A comparison holds for
 * texts, numbers, true and false alone: not where the selector leads to nothing, to null, to a list or an object, whichever the operator.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html
 */
export function parseJsonPattern(scanner: PatternScanner): Test<string> {
  scanner.expect('{', 'at the beginning')
  let wildcards = 0
  const test = parseCompound(scanner, () => {
    const steps = parseSelector(scanner)
    wildcards += steps.filter((step) => step === anyMember).length
    if (wildcards > mostWildcards) throw scanner.error(`more than ${mostWildcards} wildcard selectors in one pattern.`)
    return parseCondition(scanner, steps)
  })
  scanner.expect('}', 'after the conditions')
  scanner.skipSpaces()
  if (!scanner.done) throw scanner.error('nothing may follow the closing brace.')
  return (message) => {
    const root = jsonObject(message)
    return root !== null && test(root)
  }
}

function parseCondition(scanner: PatternScanner, steps: readonly Step[]): Test<object> {
  scanner.skipSpaces()
  const word = scanner.takeMatch(/IS\s+NULL|IS\s+TRUE|IS\s+FALSE|NOT\s+EXISTS/iy)?.toUpperCase()
  if (word === undefined) {
    if (scanner.takeMatch(/IS\s+NOT|EXISTS/iy)) throw scanner.error('CloudWatch knows IS NULL, IS TRUE, IS FALSE and NOT EXISTS alone.')
    const holds = parseComparison(scanner)
    return (root) => selected(root, steps).some((value) => comparable(value, holds))
  }
  if (word.endsWith('EXISTS')) return (root) => selected(root, steps).length === 0
  const wanted = word.endsWith('NULL') ? null : word.endsWith('TRUE')
  return (root) => selected(root, steps).includes(wanted)
}

/** `$.a.b[0]`, `$['with.dot']`, `$.['with.dot']`, `$.*`, `$.list[*]`. */
function parseSelector(scanner: PatternScanner): Step[] {
  scanner.expect('$', 'before a selector')
  const steps: Step[] = []
  for (;;) {
    if (scanner.sees('[')) steps.push(parseBracket(scanner))
    else if (scanner.takeMatch(/\.\*/y) !== null) steps.push(anyMember)
    else if (scanner.takeMatch(/\.(?=\[)/y) !== null) steps.push(parseBracket(scanner))
    else {
      const member = scanner.takeMatch(/\.[A-Za-z0-9_-]+/y)
      if (member === null) break
      steps.push(member.slice(1))
    }
  }
  if (steps.length === 0) throw scanner.error('a selector names a property: $.name')
  if (steps.filter((step) => step === anyMember).length > 1) throw scanner.error('more than one wildcard in one selector.')
  return steps
}

function parseBracket(scanner: PatternScanner): Step {
  scanner.expect('[', 'in a selector')
  scanner.skipSpaces()
  const quote = scanner.sees("'") ? "'" : scanner.sees('"') ? '"' : null
  const digits = quote === null ? scanner.takeMatch(/\d{1,9}/y) : null
  const step = quote !== null ? scanner.takeQuoted(quote) : digits !== null ? Number(digits) : scanner.take('*') ? anyMember : null
  if (step === null) throw scanner.error("a number, * or a name in quotes expected: [0], [*], ['name'].")
  scanner.expect(']', 'in a selector')
  return step
}

function selected(root: object, steps: readonly Step[]): unknown[] {
  let values: unknown[] = [root]
  for (const step of steps) values = values.flatMap((value) => stepInto(value, step))
  return values
}

function stepInto(value: unknown, step: Step): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  if (step === anyMember) return Object.values(value)
  if (Array.isArray(value)) return typeof step === 'number' && step < value.length ? [value[step]] : []
  return typeof step === 'string' && Object.hasOwn(value, step) ? [Reflect.get(value, step)] : []
}

function comparable(value: unknown, holds: Test<ComparedValue>): boolean {
  if (typeof value === 'number') return holds({ text: String(value), number: value })
  return (typeof value === 'string' || typeof value === 'boolean') && holds({ text: String(value), number: null })
}

function jsonObject(message: string): object | null {
  if (!/^\s*\{/.test(message)) return null
  try {
    const value: unknown = JSON.parse(message)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}
