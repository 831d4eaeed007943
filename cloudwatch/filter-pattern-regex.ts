import { RE2JS } from 're2js'
import type { PatternScanner } from './filter-pattern-scanner.ts'

/** Tells whether a text holds what a regular expression describes; in time that grows with the text alone. */
export type TextTest = (text: string) => boolean

const oneCharacter = /\\x[0-9A-Fa-f]{2}|\\[dDsSwW]|\\[^A-Za-z0-9]|[A-Za-z0-9 :_#=@/;,\-^$?[\]{}|*+.]/y
const repetition = /\{ *(\d*) *(?:(,) *(\d*) *)?\}/y
/** `a{1000}b{1000}…` would be a machine of a hundred thousand states. */
const mostRepetitions = 1_000

/**
 * Reads `%…%`: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html. Letters, digits, the symbols : _ # = @ / ; , -
 * and the operators ^ $ ? [ ] { } | \ * + . alone; `\d \s \w` with their opposites, and `\xhh`.
 */
export function parseRegex(scanner: PatternScanner): TextTest {
  const text = scanner.takeRegex()
  const refuse = (what: string, at: number) => scanner.error(what, text.length + 1 - at)
  if (text === '') throw refuse('the regular expression is empty.', 0)
  let regex = ''
  let repetitions = 0
  let inClass = false
  for (let at = 0; at < text.length; ) {
    repetition.lastIndex = at
    const counts = inClass ? null : repetition.exec(text)
    if (counts !== null) {
      const [whole, least = '', comma = '', most = ''] = counts
      repetitions += Number(most === '' ? least : most)
      if (repetitions > mostRepetitions) throw refuse(`more than ${mostRepetitions} repetitions.`, at)
      regex += `{${comma === '' || least !== '' ? least : '0'}${comma}${most}}`
      at += whole.length
      continue
    }
    oneCharacter.lastIndex = at
    const [part] = oneCharacter.exec(text) ?? []
    const escaped = part?.startsWith('\\') === true && part.length === 2 && !/\w/.test(part.slice(1))
    if (part === undefined || (escaped && !/[:_#=@/;,\-^$?[\]{}|\\*+. ]/.test(part.slice(1)))) {
      throw refuse(`"${text.slice(at, at + 2)}" is not supported in a regular expression; write a character as \\xhh.`, at)
    }
    if (part === '[') inClass = true
    else if (part === ']') inClass = false
    regex += part
    at += part.length
  }
  try {
    const compiled = RE2JS.compile(regex, RE2JS.DOTALL)
    return (tested) => compiled.test(tested)
  } catch {
    // RE2 gives no place; its words name its own dialect.
    throw refuse(`the regular expression %${text}% cannot be read.`, 0)
  }
}
