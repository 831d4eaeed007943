import type { Column } from '../../preload/contract/packed.ts'
import type { RowSource, WholeValue } from '../ui/data-grid-source.ts'
import type { PackedPage } from '../ui/packed-reader.ts'

type Value = string | null

/** One page of rows as it was answered. */
export interface BlockAnswer {
  readonly columns: readonly Column[]
  readonly page: PackedPage
  readonly key: readonly string[]
  readonly lastKey: Value[] | null
  readonly end: boolean
  readonly cutAt: number
}

export interface BlockDeps {
  rows(input: { readonly after: Value[] | null; readonly skip: number; readonly limit: number }, signal: AbortSignal): Promise<BlockAnswer>
  cell(input: { readonly key: Value[]; readonly column: string }, signal: AbortSignal): Promise<WholeValue>
  /** How many rows there may be; null where nothing is known. */
  readonly estimate: number | null
}

/** Rows of a table, fetched in blocks as they come into view. */
export interface TableRows extends RowSource {
  /** Resolves when the first rows are here, or could not be had. */
  readonly ready: Promise<void>
  /** Why rows are missing; null while all is well. */
  problem(): unknown
  /** Tries again what failed. */
  retry(): void
  /** Stops what is being fetched. */
  stop(): void
}

const blockRows = 200
/** The first block is small: it is waited for. */
const firstRows = 100
/** Blocks that stay in memory. */
const mostBlocks = 150
const mostUnderWay = 2

export function createTableRows(deps: BlockDeps): TableRows {
  const listeners = new Set<() => void>()
  const blocks = new Map<number, PackedPage>()
  const underWay = new Map<number, AbortController>()
  /** From a row's number to the key of the row before it: where a fetch can begin. */
  const keys = new Map<number, Value[]>()
  const ready = Promise.withResolvers<void>()
  let columns: readonly Column[] = []
  let key: readonly string[] = []
  let cutAt = Number.POSITIVE_INFINITY
  let version = 0
  let count = deps.estimate ?? firstRows
  let exact = false
  let problem: unknown = null
  let wanted = { from: 0, to: firstRows }
  /** What a copy reads at the moment: kept, wherever the view is. */
  let held = { from: 0, to: 0 }
  let loading: Promise<void> = Promise.resolve()

  function changed(): void {
    version++
    for (const listener of listeners) listener()
  }

  /** The first block is shorter than the others, so that block 0 holds rows 0 to 99 and block 1 rows 100 to 299. */
  const blockOf = (row: number): number => (row < firstRows ? 0 : 1 + Math.floor((row - firstRows) / blockRows))
  const startOf = (block: number): number => (block === 0 ? 0 : firstRows + (block - 1) * blockRows)
  const limitOf = (block: number): number => (block === 0 ? firstRows : blockRows)

  function placeBefore(start: number): { after: Value[] | null; skip: number } {
    let nearest = 0
    for (const row of keys.keys()) if (row <= start && row > nearest) nearest = row
    return { after: keys.get(nearest) ?? null, skip: start - nearest }
  }

  async function fetchBlock(block: number): Promise<void> {
    const controller = new AbortController()
    underWay.set(block, controller)
    try {
      const start = startOf(block)
      take(block, await deps.rows({ ...placeBefore(start), limit: limitOf(block) }, controller.signal))
      problem = null
    } catch (error) {
      if (!controller.signal.aborted) problem = error
    } finally {
      underWay.delete(block)
      if (!controller.signal.aborted) changed()
      if (block === 0) ready.resolve()
    }
  }

  function take(block: number, answer: BlockAnswer): void {
    const start = startOf(block)
    if (columns.length === 0) columns = answer.columns
    key = answer.key
    cutAt = answer.cutAt
    blocks.set(block, answer.page)
    const last = start + answer.page.rows
    if (answer.lastKey !== null) keys.set(last, answer.lastKey)
    if (answer.end && (answer.page.rows > 0 || block === 0)) {
      count = last
      exact = true
    } else if (answer.end) count = Math.min(count, start)
    else if (!exact || last >= count) {
      count = Math.max(count, last + 1)
      exact = false
    }
    forget()
  }

  /** Drops the blocks that are farthest from view. */
  function forget(): void {
    if (blocks.size <= mostBlocks) return
    const middle = blockOf(wanted.from)
    const free = [...blocks.keys()].filter((block) => startOf(block + 1) <= held.from || startOf(block) >= held.to)
    free.sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle))
    for (const block of free.slice(0, blocks.size - mostBlocks)) blocks.delete(block)
  }

  function fetchWanted(): void {
    const first = blockOf(wanted.from)
    const last = blockOf(Math.max(wanted.from, wanted.to - 1))
    for (const [block, controller] of underWay) if (block < first || block > last) controller.abort()
    for (let block = first; block <= last && problem === null; block++) {
      const past = exact && startOf(block) >= count && block > 0
      if (blocks.has(block) || underWay.has(block) || past) continue
      if (underWay.size >= mostUnderWay) return
      // Its end looks again at what is in view by then.
      void fetchBlock(block).then(fetchWanted)
    }
  }

  const found = (row: number): { page: PackedPage; at: number } | null => {
    const block = blockOf(row)
    const page = blocks.get(block)
    const at = row - startOf(block)
    return page === undefined || at >= page.rows ? null : { page, at }
  }

  const value = (row: number, column: number): Value | undefined => {
    const place = found(row)
    return place === null ? undefined : place.page.value(place.at, column)
  }

  const isCut = (row: number, column: number): boolean => {
    const place = found(row)
    // A character has at least one byte, so most values need not be decoded to be told.
    if (place === null || place.page.length(place.at, column) < cutAt) return false
    return [...(place.page.value(place.at, column) ?? '')].length >= cutAt
  }

  fetchWanted()

  return {
    get columns() {
      return columns
    },
    ready: ready.promise,
    version: () => version,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    rows: () => (columns.length === 0 && !exact ? 0 : count),
    exact: () => exact,
    value,
    isCut,
    problem: () => problem,
    retry() {
      problem = null
      changed()
      fetchWanted()
    },
    stop() {
      for (const controller of underWay.values()) controller.abort()
    },
    show(from, to) {
      wanted = { from, to }
      fetchWanted()
    },
    load(from, to, signal) {
      // One after another, because each may push the blocks of the other out.
      loading = loading.catch(() => {}).then(() => loadAll(from, to, signal))
      return loading
    },
    async whole(row, column, signal) {
      const text = value(row, column)
      if (text === undefined) throw new Error('The row is not here. Scroll to it and try again.')
      if (!isCut(row, column)) return { text, bytes: text === null ? 0 : new TextEncoder().encode(text).length, truncated: false }
      if (key.length === 0) throw new Error('The table has no primary key, so that this value cannot be found again. Select it in Query.')
      const values = key.map(
        (name) =>
          value(
            row,
            columns.findIndex((one) => one.name === name),
          ) ?? null,
      )
      return deps.cell({ key: values, column: columns[column]?.name ?? '' }, signal)
    },
  }

  async function loadAll(from: number, to: number, signal: AbortSignal): Promise<void> {
    held = { from, to }
    for (let block = blockOf(from); block <= blockOf(to - 1); block++) {
      signal.throwIfAborted()
      if (blocks.has(block) || (exact && startOf(block) >= count)) continue
      const answer = await deps.rows({ ...placeBefore(startOf(block)), limit: limitOf(block) }, signal)
      take(block, answer)
    }
    changed()
  }
}
