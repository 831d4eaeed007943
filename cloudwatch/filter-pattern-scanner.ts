/** A filter pattern of CloudWatch Logs that cannot be read; the message says what is wrong and at which character. */
export class PatternError extends Error {}

/** As many as CloudWatch Logs takes in one filter pattern. */
const mostRegexes = 2

/** Reads a pattern from left to right. */
export class PatternScanner {
  readonly #text: string
  #at = 0
  #regexes = 0

  constructor(text: string) {
    this.#text = text
  }

  get done(): boolean {
    return this.#at >= this.#text.length
  }

  /** What is wrong where the scanner stands; `back` characters before it. */
  error(what: string, back = 0): PatternError {
    return new PatternError(`Invalid filter pattern at character ${this.#at - back + 1}: ${what}`)
  }

  skipSpaces(): void {
    this.takeMatch(/\s+/y)
  }

  sees(token: string): boolean {
    return this.#text.startsWith(token, this.#at)
  }

  /** Takes the token, and the white space before it. */
  take(token: string): boolean {
    this.skipSpaces()
    if (!this.sees(token)) return false
    this.#at += token.length
    return true
  }

  expect(token: string, place: string): void {
    if (!this.take(token)) throw this.error(`${token} expected ${place}, found ${this.#seen()}.`)
  }

  /** Takes what the sticky expression matches here; null where nothing does. */
  takeMatch(sticky: RegExp): string | null {
    sticky.lastIndex = this.#at
    const [found = null] = sticky.exec(this.#text) ?? []
    this.#at += found?.length ?? 0
    return found
  }

  /** The text between two `quote`s, the first of which comes next; a backslash takes the quote and itself out of their meaning. */
  takeQuoted(quote: '"' | "'"): string {
    const start = this.#at
    let text = ''
    for (this.#at++; !this.done; this.#at++) {
      const character = this.#text[this.#at]
      if (character === quote) {
        this.#at++
        return text
      }
      const next = this.#text[this.#at + 1]
      if (character === '\\' && (next === quote || next === '\\')) this.#at++
      text += this.#text[this.#at]
    }
    throw this.error(`this quotation mark has no other one: ${quote}`, this.#at - start)
  }

  /** What stands between two percent signs, the first of which comes next. */
  takeRegex(): string {
    const end = this.#text.indexOf('%', this.#at + 1)
    if (end < 0) throw this.error('a regular expression ends with another %.')
    if (++this.#regexes > mostRegexes) throw this.error(`more than ${mostRegexes} regular expressions in one pattern.`)
    const regex = this.#text.slice(this.#at + 1, end)
    this.#at = end + 1
    return regex
  }

  #seen(): string {
    return this.done ? 'the end' : `"${this.#text.slice(this.#at, this.#at + 20)}"`
  }
}
