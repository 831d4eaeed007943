import { parseRegex, type TextTest } from './filter-pattern-regex.ts'
import type { PatternScanner } from './filter-pattern-scanner.ts'

/** A value that a pattern compares: its text, and its number where it is one. */
export interface ComparedValue {
  readonly text: string
  readonly number: number | null
}

export type Test<Input> = (input: Input) => boolean

/** Conditions joined by `&&` and `||`, of which `&&` binds closer, and parentheses. */
export function parseCompound<Input>(scanner: PatternScanner, parseCondition: () => Test<Input>): Test<Input> {
  const either = [parseAll(scanner, parseCondition)]
  while (scanner.take('||')) either.push(parseAll(scanner, parseCondition))
  return (input) => either.some((test) => test(input))
}

function parseAll<Input>(scanner: PatternScanner, parseCondition: () => Test<Input>): Test<Input> {
  const all = [parseOne(scanner, parseCondition)]
  while (scanner.take('&&')) all.push(parseOne(scanner, parseCondition))
  return (input) => all.every((test) => test(input))
}

function parseOne<Input>(scanner: PatternScanner, parseCondition: () => Test<Input>): Test<Input> {
  if (!scanner.take('(')) return parseCondition()
  const inner = parseCompound(scanner, parseCondition)
  scanner.expect(')', 'after the conditions')
  return inner
}

const operators = ['!=', '>=', '<=', '=', '>', '<'] as const
const number = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/

/** The number that a text is, null where it is none. */
export const numberOf = (text: string): number | null => (number.test(text) ? Number(text) : null)

/** An operator and what it compares with: a number, a text with `*` before or after it, or a regular expression. */
export function parseComparison(scanner: PatternScanner): Test<ComparedValue> {
  const operator = operators.find((token) => scanner.take(token))
  if (operator === undefined) throw scanner.error('one of = != < > <= >= expected.')
  scanner.skipSpaces()
  if (operator === '=') return parseEqual(scanner)
  if (operator === '!=') {
    const equal = parseEqual(scanner)
    return (value) => !equal(value)
  }
  const limit = numberOf(scanner.takeMatch(bareValue) ?? '')
  if (limit === null) throw scanner.error(`a number expected after ${operator}`)
  return ({ number }) => number !== null && ordered(operator, number, limit)
}

function ordered(operator: '>' | '<' | '>=' | '<=', left: number, right: number): boolean {
  switch (operator) {
    case '>':
      return left > right
    case '<':
      return left < right
    case '>=':
      return left >= right
    case '<=':
      return left <= right
    default:
      return operator satisfies never
  }
}

const bareValue = /[A-Za-z0-9_.*+\-:/]+/y

function parseEqual(scanner: PatternScanner): Test<ComparedValue> {
  if (scanner.sees('%')) {
    const holds = parseRegex(scanner)
    return ({ text }) => holds(text)
  }
  if (scanner.sees('"')) {
    const holds = wildcardTest(scanner.takeQuoted('"'))
    return ({ text }) => holds(text)
  }
  const bare = scanner.takeMatch(bareValue)
  if (bare === null) throw scanner.error('a value expected; what is more than letters, digits and _ stands in double quotes.')
  const wanted = numberOf(bare)
  const holds = wildcardTest(bare)
  return ({ text, number }) => (wanted !== null && number !== null ? number === wanted : holds(text))
}

/** A `*` is a wildcard before and after the text, and itself within it. */
function wildcardTest(pattern: string): TextTest {
  const open = pattern.startsWith('*')
  const openEnd = pattern.length > 1 && pattern.endsWith('*')
  const wanted = pattern.slice(open ? 1 : 0, openEnd ? -1 : undefined)
  if (open && openEnd) return (text) => text.includes(wanted)
  if (open) return (text) => text.endsWith(wanted)
  return openEnd ? (text) => text.startsWith(wanted) : (text) => text === wanted
}
