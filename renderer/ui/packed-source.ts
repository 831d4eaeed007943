import type { Column } from '../../preload/contract/packed.ts'
import type { RowSource } from './data-grid-source.ts'
import type { PackedPage } from './packed-reader.ts'
import { createPackedResult } from './packed-result.ts'

/** A result that is kept whole and grows page by page. */
export interface ResultSource extends RowSource {
  append(page: PackedPage): void
  /** Bytes that are kept. */
  bytes(): number
}

export function createResultSource(columns: readonly Column[]): ResultSource {
  const listeners = new Set<() => void>()
  const result = createPackedResult(columns)
  let version = 0
  return {
    columns,
    version: () => version,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    rows: () => result.rows,
    exact: () => true,
    bytes: () => result.bytes,
    value: (row, column) => (row < result.rows ? result.value(row, column) : undefined),
    isCut: () => false,
    show: () => {},
    load: async () => {},
    async whole(row, column) {
      const text = result.value(row, column)
      return { text, bytes: text === null ? 0 : new TextEncoder().encode(text).length, truncated: false }
    },
    append(page) {
      result.append(page)
      version++
      for (const listener of listeners) listener()
    },
  }
}
