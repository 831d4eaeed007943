/** A part of a text, from `start` up to `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Where a text holds what was looked for, from left to right; as many as `most`. */
export type Marker = (text: string, most: number) => readonly Span[]

/** What tells whether a text holds something, and where. */
export interface TextFinder {
  readonly holds: (text: string) => boolean
  readonly mark: Marker
}

/**
 * Looks for a text as it stands; in capital or small letters alike unless `exact`. The engine's search over an escaped text makes no copy of what
 * is searched, so that neither memory nor time goes into lower-case copies; nothing of the text acts as a regular expression.
 */
export function findText(wanted: string, exact = false): TextFinder {
  const escaped = wanted.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  const one = new RegExp(escaped, exact ? '' : 'i')
  const all = new RegExp(escaped, exact ? 'g' : 'gi')
  return {
    holds: (text) => one.test(text),
    mark: (text, most) => {
      const spans: Span[] = []
      for (const { index, 0: found } of text.matchAll(all)) {
        if (spans.length >= most || found === '') break
        spans.push({ start: index, end: index + found.length })
      }
      return spans
    },
  }
}
