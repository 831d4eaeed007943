/** A part of a text; `mark` stands for a character that is not seen, or that changes how others are seen. */
export interface TextPart {
  readonly text: string
  readonly mark: boolean
}

// Control characters, soft hyphen, zero-width characters, bidirectional marks, line separators, tags. The joiners of
// Persian words and of emoji (200C, 200D) are part of how a text is spelt and stay.
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu

const names: Readonly<Record<string, string>> = {
  '\n': '↵',
  '\r': '␍',
  '\t': '⇥',
  '\u001b': '[ESC]',
  '\u00ad': '[SHY]',
  '\u200b': '[ZWSP]',
  '\ufeff': '[BOM]',
}

/** Splits a text so that nothing in it is invisible: what a reader sees tells apart what the server holds. */
export function visibleParts(text: string, keepLines = false): TextPart[] {
  const parts: TextPart[] = []
  let at = 0
  for (const match of text.matchAll(unseen)) {
    const [character] = match
    if (keepLines && (character === '\n' || character === '\t')) continue
    if (match.index > at) parts.push({ text: text.slice(at, match.index), mark: false })
    parts.push({ text: nameOf(character), mark: true })
    at = match.index + character.length
  }
  if (at < text.length) parts.push({ text: text.slice(at), mark: false })
  return parts
}

function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const named = names[character]
  if (named !== undefined) return named
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`
}

/** The same as one text: for titles and labels, which have no parts. */
export const visibleWords = (text: string): string =>
  isPlain(text)
    ? text
    : visibleParts(text)
        .map((part) => part.text)
        .join('')

/** Whether `visibleParts` would mark anything. */
export function isPlain(text: string): boolean {
  return text.search(unseen) < 0
}
