import { parseFieldPattern } from './filter-pattern-fields.ts'
import { parseJsonPattern } from './filter-pattern-json.ts'
import { PatternError, PatternScanner } from './filter-pattern-scanner.ts'
import { parseTerms } from './filter-pattern-terms.ts'

export { PatternError } from './filter-pattern-scanner.ts'

/** Tells of a message whether CloudWatch's filter finds it. */
export interface FilterPattern {
  /** In time that grows with the message alone, whatever the pattern and the message hold. */
  matches(message: string): boolean
  /** The words and phrases that a found message holds; none of those in braces and brackets. */
  readonly words: readonly string[]
}

/** The longest that FilterLogEvents takes. */
const longest = 1024

/**
 * Reads a filter pattern as FilterLogEvents, StartLiveTail and PutMetricFilter take it; an empty one finds everything. Throws `PatternError` with a
 * sentence. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseFilterPattern(text: string): FilterPattern {
  if (text.length > longest) throw new PatternError(`Invalid filter pattern: it is longer than ${longest} characters.`)
  const scanner = new PatternScanner(text)
  scanner.skipSpaces()
  if (scanner.sees('{')) return { matches: parseJsonPattern(scanner), words: [] }
  if (scanner.sees('[')) return { matches: parseFieldPattern(scanner), words: [] }
  return parseTerms(scanner)
}
