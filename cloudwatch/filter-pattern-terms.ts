import { parseRegex, type TextTest } from './filter-pattern-regex.ts'
import type { PatternScanner } from './filter-pattern-scanner.ts'

/** What an unstructured pattern asks of a message. */
export interface Terms {
  readonly matches: TextTest
  /** The words and phrases that a found message holds. */
  readonly words: readonly string[]
}

interface Term {
  readonly holds: TextTest
  readonly word: string | null
}

/**
 * Reads `ERROR "exact phrase" -excluded %regex%`, where all must be so, or `?ERROR ?WARN`, where one must; beside others, terms with `?` count for
 * nothing, as in CloudWatch: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-unstructured-log-events.html
 */
export function parseTerms(scanner: PatternScanner): Terms {
  const required: Term[] = []
  const excluded: Term[] = []
  const optional: Term[] = []
  scanner.skipSpaces()
  while (!scanner.done) {
    const list = scanner.take('-') ? excluded : scanner.take('?') ? optional : required
    scanner.skipSpaces()
    list.push(parseTerm(scanner))
    scanner.skipSpaces()
  }
  const either = required.length + excluded.length === 0 ? optional : []
  return {
    matches: (message) =>
      required.every(({ holds }) => holds(message)) &&
      !excluded.some(({ holds }) => holds(message)) &&
      (either.length === 0 || either.some(({ holds }) => holds(message))),
    words: [...required, ...either].flatMap(({ word }) => (word === null ? [] : [word])),
  }
}

function parseTerm(scanner: PatternScanner): Term {
  if (scanner.sees('%')) return { holds: parseRegex(scanner), word: null }
  if (scanner.sees('"')) {
    const phrase = scanner.takeQuoted('"')
    // `" "` finds everything, says AWS.
    return phrase.trim() === '' ? { holds: () => true, word: null } : wordTerm(phrase)
  }
  const word = scanner.takeMatch(/[^\s"]+/y)
  if (word === null) throw scanner.error('a term expected.')
  if (!/^[A-Za-z0-9_]+$/.test(word)) {
    throw scanner.error(
      `Invalid character(s) in term '${word}': what is more than letters, digits and _ stands in double quotes.`,
      word.length,
    )
  }
  return wordTerm(word)
}

const wordTerm = (word: string): Term => ({ word, holds: (message) => message.includes(word) })
