import { type ComparedValue, numberOf, parseComparison, parseCompound, type Test } from './filter-pattern-expression.ts'
import type { PatternScanner } from './filter-pattern-scanner.ts'

type FieldTest = Test<ComparedValue> | null

/**
 * Reads `[ip, user, ..., status = 4* && status != 403, bytes > 1000]` over the fields of a message, which white space parts; `"…"` and `[…]` are
 * one field. A message with fewer fields than named is not found; in one with more, `...` stands for the others, and without it the last
 * field goes to the end: `[w1=ERROR, w2]` finds each line that begins with ERROR.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-space-delimited-log-events.html
 */
export function parseFieldPattern(scanner: PatternScanner): Test<string> {
  scanner.expect('[', 'at the beginning')
  const before: FieldTest[] = []
  let after: FieldTest[] | null = null
  do {
    if (scanner.take('...') || scanner.take('…')) {
      if (after !== null) throw scanner.error('a second ... in one pattern.')
      after = []
    } else (after ?? before).push(parseField(scanner))
  } while (scanner.take(','))
  scanner.expect(']', 'after the fields')
  scanner.skipSpaces()
  if (!scanner.done) throw scanner.error('nothing may follow the closing bracket.')
  const last = after
  return last === null ? (message) => matchesAll(message, before) : (message) => matchesEnds(message, before, last)
}

function parseField(scanner: PatternScanner): FieldTest {
  scanner.skipSpaces()
  if (scanner.sees(',') || scanner.sees(']')) return null
  let name: string | null = null
  let conditions = 0
  const test = parseCompound<ComparedValue>(scanner, () => {
    scanner.skipSpaces()
    const found = scanner.takeMatch(/[A-Za-z_$][\w$-]*/y)
    if (found === null) throw scanner.error('the name of a field expected.')
    if (name !== null && name !== found) throw scanner.error(`the conditions of ${name} are about ${name} alone.`, found.length)
    name = found
    conditions++
    scanner.skipSpaces()
    if (scanner.done || scanner.sees(',') || scanner.sees(']')) {
      if (conditions > 1) throw scanner.error('a condition expected.')
      return () => true
    }
    return parseComparison(scanner)
  })
  return test
}

function matchesAll(message: string, tests: readonly FieldTest[]): boolean {
  const fields = fieldsOf(message, tests.length)
  return fields.length === tests.length && tests.every((test, at) => holds(test, fields[at]))
}

function matchesEnds(message: string, before: readonly FieldTest[], after: readonly FieldTest[]): boolean {
  const fields = fieldsOf(message, Number.POSITIVE_INFINITY)
  const first = fields.length - after.length
  return (
    first >= before.length &&
    before.every((test, at) => holds(test, fields[at])) &&
    after.every((test, at) => holds(test, fields[first + at]))
  )
}

const holds = (test: FieldTest, text = ''): boolean => test === null || test({ text, number: numberOf(text) })

/** The fields of a message; where there are more than `most`, the last goes to the end. */
function fieldsOf(message: string, most: number): string[] {
  const fields: string[] = []
  // What is never closed is looked for once, so that a line of brackets takes no longer than another.
  const neverClosed = new Set<string>()
  const space = /\s+/y
  const word = /\S+/y
  let at = 0
  const skip = (expression: RegExp) => {
    expression.lastIndex = at
    if (expression.test(message)) at = expression.lastIndex
  }
  for (skip(space); at < message.length && fields.length < most; skip(space)) {
    const start = at
    const close = closings.get(message[at] ?? '')
    const end = close === undefined || neverClosed.has(close) ? -1 : message.indexOf(close, at + 1)
    if (close !== undefined && end < 0) neverClosed.add(close)
    if (end < 0) skip(word)
    else at = end + 1
    if (fields.length + 1 === most && message.slice(at).trim() !== '') return [...fields, message.slice(start).trimEnd()]
    fields.push(end < 0 ? message.slice(start, at) : message.slice(start + 1, end))
  }
  return fields
}

const closings: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['[', ']'],
])
