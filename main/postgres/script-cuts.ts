import { Failure } from '../../preload/contract/errors.ts'
import { lineEnd, marksOf } from './script-lexer.ts'
import { metaCommandAt } from './script-meta.ts'
import { placeAt } from './script-place.ts'

/** A part of a script that is no SQL: a meta-command, or the rows of a COPY with the line `\.` behind them. */
export type Cut =
  | { readonly kind: 'meta'; readonly from: number; readonly to: number }
  | { readonly kind: 'rows'; readonly from: number; readonly to: number; readonly dataFrom: number; readonly dataTo: number }

export interface CutScript {
  /** The script with every cut blanked out: offsets and lines stay what they were. */
  readonly sql: string
  readonly cuts: readonly Cut[]
  /** Where the SQL may be divided for parsing: offsets behind semicolons, the last one the end. */
  readonly chunks: readonly number[]
  readonly notes: readonly string[]
}

const chunkLength = 256 * 1024

/**
 * Takes psql's meta-commands and the rows of `COPY … FROM stdin` out of a script.
 * @throws Failure FILE with the line of a meta-command that is refused.
 */
export function cutScript(path: string, text: string): CutScript {
  const cuts: Cut[] = []
  const chunks: number[] = []
  const notes: string[] = []
  const place = placeAt(text)
  let end = text.length
  let from = 0
  let copies = new CopyWatch()
  scanning: while (from < end) {
    for (const mark of marksOf(text, from)) {
      if (mark.kind === 'word') copies.sees(text.slice(mark.at, mark.end))
      if (mark.kind === 'backslash') {
        const command = metaCommandAt(text, mark.at)
        const { line, column } = place(mark.at)
        const called = `\\${command.name}`
        if (command.verdict === 'refused')
          throw new Failure('FILE', `${path}, line ${line}: ${called} ${command.why}. Nothing was run.`, { file: path, line, column })
        if (command.verdict === 'ends the script') {
          const left = text.slice(command.to).trim() === '' ? '' : ' What follows was left out.'
          notes.push(`${path}, line ${line}: ${called} ends the script.${left}`)
          end = mark.at
          cuts.push({ kind: 'meta', from: mark.at, to: text.length })
          break scanning
        }
        notes.push(`${path}, line ${line}: ${called} ${command.why}.`)
        cuts.push({ kind: 'meta', from: mark.at, to: command.to })
        from = command.to
        continue scanning
      }
      if (mark.kind === 'semicolon') {
        const isCopy = copies.readsRows
        copies = new CopyWatch()
        if (isCopy) {
          const rows = rowsAfter(path, text, mark.end)
          cuts.push(rows)
          chunks.push(rows.to)
          from = rows.to
          continue scanning
        }
        if (mark.end - (chunks.at(-1) ?? 0) > chunkLength) chunks.push(mark.end)
      }
    }
    break
  }
  return { sql: blanked(text, cuts), cuts, chunks: [...chunks.filter((at) => at < end), text.length], notes }
}

/** Recognises `COPY … FROM stdin` by its words. */
class CopyWatch {
  #first: string | null = null
  #stdin = false

  sees(word: string): void {
    const lower = word.toLowerCase()
    this.#first ??= lower
    if (lower === 'stdin') this.#stdin = true
  }

  get readsRows(): boolean {
    return this.#first === 'copy' && this.#stdin
  }
}

/** The rows begin on the line after the statement's and end before the line `\.`. */
function rowsAfter(path: string, text: string, from: number): Cut {
  const { line, column } = placeAt(text)(from)
  const endOfStatement = lineEnd(text, from)
  const rest = text.slice(from, endOfStatement).trim()
  if (rest !== '' && !rest.startsWith('--'))
    throw new Failure('FILE', `${path}, line ${line}: only the rows may follow COPY … FROM stdin, on the next line.`, {
      file: path,
      line,
      column,
    })
  const begin = pastLineBreak(text, endOfStatement)
  for (let at = begin; at < text.length; ) {
    const end = lineEnd(text, at)
    if (end - at === 2 && text.startsWith('\\.', at))
      return { kind: 'rows', from: begin, to: pastLineBreak(text, end), dataFrom: begin, dataTo: at }
    at = pastLineBreak(text, end)
  }
  throw new Failure('FILE', `${path}, line ${line}: the rows of COPY … FROM stdin have no end: the line \\. is missing.`, {
    file: path,
    line,
    column,
  })
}

function pastLineBreak(text: string, at: number): number {
  return text.startsWith('\r\n', at) ? at + 2 : Math.min(at + 1, text.length)
}

function blanked(text: string, cuts: readonly Cut[]): string {
  const pieces: string[] = []
  let at = 0
  for (const cut of cuts) {
    pieces.push(text.slice(at, cut.from), text.slice(cut.from, cut.to).replace(/[^\r\n]/g, ' '))
    at = cut.to
  }
  return pieces.join('') + text.slice(at)
}
