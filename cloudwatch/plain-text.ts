/** What came out of a log, as a part of a sentence: in one line, and without what is not seen or changes how the text around it is read. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}
