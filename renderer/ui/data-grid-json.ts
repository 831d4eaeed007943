/** JSON set out over lines, its numbers, escapes and order as they were; null where the text is not JSON. */
export function formatJson(text: string): string | null {
  const first = text.trimStart()[0]
  if (first !== '{' && first !== '[') return null
  try {
    JSON.parse(text)
  } catch {
    return null
  }
  return indent(text)
}

/** What is nested deeper is set out no further: a text that is nothing but brackets would be longer than any text may be. */
const deepestIndent = 16

/** Works on the text itself: a parsed value would have lost digits and repeated names. */
function indent(text: string): string {
  const pieces: string[] = []
  let depth = 0
  let previous = ''
  const line = () => `\n${'  '.repeat(Math.min(depth, deepestIndent))}`
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g)) {
    const opened = previous === '{' || previous === '['
    if (token === '}' || token === ']') {
      depth--
      pieces.push(opened ? token : line() + token)
    } else {
      if (opened || previous === ',') pieces.push(line())
      pieces.push(token === ':' ? ': ' : token)
      if (token === '{' || token === '[') depth++
    }
    previous = token
  }
  return pieces.join('')
}
