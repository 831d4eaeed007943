import { RE2JS } from 're2js'
import type { Span, TextFinder } from './find-text.ts'

/** A regular expression of the user's, by an engine whose time grows with the text alone. Null where it cannot be read. */
export function findRegex(expression: string, flags: string): TextFinder | null {
  try {
    const compiled = RE2JS.compile(expression, flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0)
    return {
      holds: (text) => compiled.test(text),
      mark: (text, most) => {
        const spans: Span[] = []
        const matcher = compiled.matcher(text)
        while (spans.length < most && matcher.find()) {
          const span = { start: matcher.start(), end: matcher.end() }
          if (span.end > span.start) spans.push(span)
        }
        return spans
      },
    }
  } catch {
    return null
  }
}
