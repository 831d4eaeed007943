import type { DatabaseError } from 'pg'

/** What libpq shows of a long line, in columns. */
const display = { size: 60, minRightCut: 10 } as const

/** The error as libpq words it without its severity, which is what psycopg2 prints: with the line, a mark under it, and the detail. */
export function libpqMessage(error: DatabaseError, statement: string): string {
  const position = Number(error.position ?? 0)
  const parts = [error.message, position > 0 ? markedLine(statement, position) : null, error.detail && `DETAIL:  ${error.detail}`]
  const rest = [error.hint && `HINT:  ${error.hint}`, error.where && `CONTEXT:  ${error.where}`]
  return [...parts, ...rest]
    .filter(Boolean)
    .map((part) => `${part}\n`)
    .join('')
}

/** `LINE 1: …` with `^` below, cut to sixty columns as libpq's reportErrorPosition does. `position` counts characters from 1. */
function markedLine(statement: string, position: number): string {
  const letters = [...statement.replaceAll('\t', ' ')]
  const at = Math.min(position - 1, letters.length)
  const isBreak = (index: number): boolean => letters[index] === '\n' || letters[index] === '\r'
  let begin = at
  while (begin > 0 && !isBreak(begin - 1)) begin -= 1
  let end = at
  while (end < letters.length && !isBreak(end)) end += 1
  const line = letters
    .slice(0, begin)
    .join('')
    .split(/\r\n|\n|\r/).length
  let isCutBefore = false
  let isCutAfter = false
  if (end - begin > display.size) {
    if (begin + display.size >= at + display.minRightCut) {
      end = begin + display.size
      isCutAfter = true
    } else {
      if (at + display.minRightCut < end) {
        end = at + display.minRightCut
        isCutAfter = true
      }
      if (end - begin > display.size) {
        begin = end - display.size
        isCutBefore = true
      }
    }
  }
  const prefix = `LINE ${line}: ${isCutBefore ? '...' : ''}`
  const shown = `${prefix}${letters.slice(begin, end).join('')}${isCutAfter ? '...' : ''}`
  return `${shown}\n${' '.repeat(prefix.length + at - begin)}^`
}
