import type { Column } from '../../preload/contract/packed.ts'
import type { PackedPage } from './packed-reader.ts'

/** Rows of a result that arrive page by page, found by their number from 0. */
export interface PackedResult {
  readonly columns: readonly Column[]
  readonly rows: number
  readonly bytes: number
  value(row: number, column: number): string | null
  row(row: number): (string | null)[]
  append(page: PackedPage): void
}

export function createPackedResult(columns: readonly Column[]): PackedResult {
  const pages: PackedPage[] = []
  /** The number of each page's first row. */
  const starts: number[] = []
  let rows = 0
  let bytes = 0

  /** The last page that begins at or before the row. */
  function pageOf(row: number): number {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= row) low = middle
      else high = middle - 1
    }
    return low
  }

  const value = (row: number, column: number): string | null => {
    const at = pageOf(row)
    const page = pages[at]
    if (page === undefined || row < 0 || row >= rows) throw new RangeError(`No row ${row}`)
    return page.value(row - (starts[at] ?? 0), column)
  }

  return {
    columns,
    get rows() {
      return rows
    },
    get bytes() {
      return bytes
    },
    value,
    row: (row) => columns.map((_, column) => value(row, column)),
    append(page) {
      if (page.rows === 0) return
      pages.push(page)
      starts.push(rows)
      rows += page.rows
      bytes += page.bytes
    },
  }
}
