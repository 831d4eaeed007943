import { announce } from './announce.ts'
import { copyText } from './copy.tsx'
import { type CopyFormat, formatRows } from './data-grid-copy.ts'
import type { RowSelection } from './data-grid-selection.ts'
import { countSelected } from './data-grid-selection.ts'
import type { RowSource } from './data-grid-source.ts'
import { toProblem } from './problem.ts'
import { countOf } from './quantities.ts'

/** Rows and characters that one copy takes; more belongs into a file. */
const mostRows = 100_000
const mostCharacters = 100_000_000
/** Rows that are asked for at once. */
const part = 2000
/** Cut values that are fetched whole for a copy. */
const mostWhole = 200

const never = new AbortController().signal

/** Copies the selected rows. Values that were cut are fetched whole, as far as they are few. */
export async function copyRows(source: RowSource, selection: RowSelection, format: CopyFormat, table: readonly string[]): Promise<void> {
  const count = countSelected(selection)
  if (count > mostRows) {
    announce(`${countOf(count, 'row')} are too many for the clipboard, which takes ${countOf(mostRows, 'row')}.`, { tone: 'bad' })
    return
  }
  try {
    const { rows, cut } = await gather(source, selection)
    await copyText(formatRows(format, source.columns, rows, table), countOf(rows.length, 'row'))
    if (cut > 0) announce(`Copied ${countOf(rows.length, 'row')}; ${countOf(cut, 'long value')} only in part`, { tone: 'bad' })
  } catch (error) {
    announce(toProblem(error).message, { tone: 'bad' })
  }
}

/** Copies one value, whole. */
export async function copyCell(source: RowSource, row: number, column: number): Promise<void> {
  try {
    const value = source.isCut(row, column) ? (await source.whole(row, column, never)).text : source.value(row, column)
    await copyText(value ?? '', value === null ? 'NULL as nothing' : 'the value')
  } catch (error) {
    announce(toProblem(error).message, { tone: 'bad' })
  }
}

async function gather(source: RowSource, selection: RowSelection): Promise<{ rows: (string | null)[][]; cut: number }> {
  const rows: (string | null)[][] = []
  let whole = 0
  let cut = 0
  let characters = 0
  for (const run of selection.runs) {
    for (let row = run.from; row <= run.to && row < source.rows(); row++) {
      if ((row - run.from) % part === 0) await source.load(row, Math.min(run.to + 1, row + part), never)
      const values: (string | null)[] = []
      for (const column of source.columns.keys()) {
        const fetched = source.isCut(row, column) && whole < mostWhole
        if (source.isCut(row, column) && !fetched) cut++
        if (fetched) whole++
        const value = fetched ? (await source.whole(row, column, never)).text : (source.value(row, column) ?? null)
        characters += value?.length ?? 0
        values.push(value)
      }
      if (characters > mostCharacters) throw new Error('The selected rows are too long for the clipboard. Select fewer.')
      rows.push(values)
    }
  }
  return { rows, cut }
}
