/** A value that a program printed: JSON, Python's repr, or what Node's console makes of an object. Numbers and the like stay out of it. */
export type Literal = string | null | readonly Literal[] | ReadonlyMap<string, Literal>

const deepest = 24
const blank = /[\s\u00a0]*/y
const simpleEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\u0007',
  '0': '\0',
  '\n': '',
}
const plain: Readonly<Record<string, RegExp>> = { "'": /[^'\\\n]*/y, '"': /[^"\\\n]*/y, '`': /[^`\\]*/y }
/** Whatever is no text: numbers, None, true, undefined, [Object], <ref *1>, datetime.datetime(2026, 1, 1). Its value is of no interest. */
const other =
  /(?:-?\d[\w.+-]{0,40}|None|True|False|null|true|false|undefined|NaN|-?Infinity|\[[A-Z][\w :]{0,60}\]|<[^<>{}'"\n]{0,120}>|[A-Za-z_][\w.]{0,80}\([\w\s,.=+-]{0,120}\))/y
const word = /[A-Za-z_$][\w$]{0,80}/y
/** What Node puts before an object without a class. */
const nullPrototype = /\[[A-Z]\w{0,60}: null prototype\] (?=\{)/y
const more = /\.{3} \d{1,9} more items?/y

/** Reads from left to right, each character a fixed number of times; what breaks the rules makes it fail. */
class Reader {
  readonly #text: string
  #at: number

  constructor(text: string, at: number) {
    this.#text = text
    this.#at = at
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found === null) return null
    this.#at += found[0].length
    return found[0]
  }

  #next(): string {
    this.#take(blank)
    return this.#text[this.#at] ?? ''
  }

  value(depth: number): Literal | undefined {
    if (depth > deepest) return undefined
    this.#next()
    this.#take(nullPrototype)
    const next = this.#next()
    if (next === '{') return this.#object(depth)
    if (next === "'" || next === '"' || next === '`') return this.#strings()
    const isSimple = this.#take(other) !== null
    if (isSimple) return null
    if (next === '[' || next === '(') return this.#list(depth, next === '[' ? ']' : ')')
    // b'…', u'…' and r'…' of Python; the class before an object of Node's.
    const prefix = this.#take(word)
    if (prefix === null) return undefined
    const following = this.#next()
    if (following === '{') return this.#object(depth)
    return prefix.length === 1 && (following === "'" || following === '"') ? this.#strings() : undefined
  }

  /** Node writes a text of several lines as several, with + between them. */
  #strings(): string | undefined {
    const parts: string[] = []
    for (;;) {
      const part = this.#string()
      if (part === undefined) return undefined
      parts.push(part)
      const back = this.#at
      if (this.#next() !== '+') {
        this.#at = back
        return parts.join('')
      }
      this.#at += 1
      if (!`'"\``.includes(this.#next() || ' ')) return undefined
    }
  }

  #string(): string | undefined {
    const quote = this.#text[this.#at] ?? ''
    const run = plain[quote]
    if (run === undefined) return undefined
    this.#at += 1
    const parts: string[] = []
    for (;;) {
      parts.push(this.#take(run) ?? '')
      const end = this.#text[this.#at]
      this.#at += 1
      if (end === quote) return parts.join('')
      if (end !== '\\') return undefined
      const escaped = this.#escape()
      if (escaped === undefined) return undefined
      parts.push(escaped)
    }
  }

  #escape(): string | undefined {
    const kind = this.#text[this.#at] ?? ''
    this.#at += 1
    const digits = kind === 'x' ? 2 : kind === 'u' ? 4 : kind === 'U' ? 8 : 0
    if (digits > 0) {
      const code = this.#text.slice(this.#at, this.#at + digits)
      if (code.length !== digits || !/^[0-9a-fA-F]+$/.test(code) || Number.parseInt(code, 16) > 0x10ffff) return undefined
      this.#at += digits
      return String.fromCodePoint(Number.parseInt(code, 16))
    }
    if (Object.hasOwn(simpleEscapes, kind)) return simpleEscapes[kind]
    return kind === '' ? undefined : kind === "'" || kind === '"' || kind === '`' || kind === '\\' || kind === '/' ? kind : `\\${kind}`
  }

  #list(depth: number, end: string): Literal | undefined {
    this.#at += 1
    const items: Literal[] = []
    for (;;) {
      if (this.#next() === end) {
        this.#at += 1
        return items
      }
      if (this.#take(more) === null) {
        const item = this.value(depth + 1)
        if (item === undefined) return undefined
        items.push(item)
      }
      if (!this.#separated(end)) return undefined
    }
  }

  #object(depth: number): Literal | undefined {
    this.#at += 1
    const entries = new Map<string, Literal>()
    for (;;) {
      const next = this.#next()
      if (next === '}') {
        this.#at += 1
        return entries
      }
      const key = next === "'" || next === '"' || next === '`' ? this.#string() : (this.#take(word) ?? this.#take(/\d{1,20}/y) ?? undefined)
      if (key === undefined || this.#next() !== ':') return undefined
      this.#at += 1
      const value = this.value(depth + 1)
      if (value === undefined) return undefined
      // The first of two entries stands: what comes later cannot take its place.
      if (!entries.has(key)) entries.set(key, value)
      if (!this.#separated('}')) return undefined
    }
  }

  #separated(end: string): boolean {
    const next = this.#next()
    if (next === ',') this.#at += 1
    return next === ',' || next === end
  }
}

/** Reads the value that begins at a character of the text; what follows it counts for nothing. Undefined where none is, or where it is cut. */
export function readLiteral(text: string, at: number): Literal | undefined {
  return new Reader(text, at).value(0)
}
