import type { Column } from '../../preload/contract/packed.ts'

/** Where a grid gets its rows: a result kept whole, or blocks that are fetched as they come into view. */
export interface RowSource {
  readonly columns: readonly Column[]
  /** Changes with every change of what can be read here. */
  version(): number
  subscribe(listener: () => void): () => void
  /** Rows to scroll through. Where the last is not known, an estimate that grows. */
  rows(): number
  /** False while `rows` is an estimate. */
  exact(): boolean
  /** The text of a value, null for NULL; undefined while the row is not here. */
  value(row: number, column: number): string | null | undefined
  /** True where only the beginning of a value is here. */
  isCut(row: number, column: number): boolean
  /** Told which rows are in view, so that they are fetched. */
  show(from: number, to: number): void
  /** Resolves when these rows are here. */
  load(from: number, to: number, signal: AbortSignal): Promise<void>
  /** The whole text of a value that was cut. */
  whole(row: number, column: number, signal: AbortSignal): Promise<WholeValue>
}

export interface WholeValue {
  readonly text: string | null
  /** Length on the server in bytes. */
  readonly bytes: number
  /** True where even this is not all of it. */
  readonly truncated: boolean
}

/** Types whose values are set against the right edge, by OID: integers, numeric, floats, money, oid. */
const numbers = new Set([20, 21, 23, 26, 700, 701, 790, 1700])

export function isNumber(column: Column): boolean {
  return numbers.has(column.typeOid)
}
