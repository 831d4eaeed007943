/** What Python's `repr` makes of a text: in single quotes, or in double ones where it holds a single one and no double one. */
export function pythonRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const inner = [...text].map((letter) => escaped(letter, quote)).join('')
  return `${quote}${inner}${quote}`
}

/** A dict of texts, as `print` writes it. */
export const pythonDict = (values: object): string =>
  `{${Object.entries(values)
    .map(([key, value]) => `${pythonRepr(key)}: ${pythonRepr(String(value))}`)
    .join(', ')}}`

/** What `json.dumps` writes: with a space after each comma and colon. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, one]) => `${JSON.stringify(key)}: ${pythonJson(one)}`)
      .join(', ')}}`
  return JSON.stringify(value)
}

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' }

function escaped(letter: string, quote: string): string {
  if (letter === quote) return `\\${letter}`
  const known = named[letter]
  if (known !== undefined) return known
  if (letter === ' ' || !/[\p{C}\p{Z}]/u.test(letter)) return letter
  const code = letter.codePointAt(0) ?? 0
  const hex = code.toString(16)
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
