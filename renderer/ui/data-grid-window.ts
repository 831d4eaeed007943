/** Rows of one height in a box that scrolls. */
export interface Extent {
  readonly count: number
  readonly rowHeight: number
  /** Pixels of rows that are seen at once. */
  readonly viewport: number
}

/** Browsers stop counting pixels near 33 million, fewer on dense screens: above this, the scrollbar moves by fraction. */
export const pixelLimit = 12_000_000

/** The height that the browser is told. */
export function scrollHeight({ count, rowHeight }: Extent): number {
  return Math.min(count * rowHeight, pixelLimit)
}

/** The largest distance of the first row seen from the first of all. */
function lastTop({ count, rowHeight, viewport }: Extent): number {
  return Math.max(0, count * rowHeight - viewport)
}

const lastScroll = (extent: Extent): number => Math.max(0, scrollHeight(extent) - extent.viewport)

/**
 * Where the rows stand after the browser scrolled, in pixels from the first row. Small steps move pixel by pixel,
 * as a wheel does; jumps go to the same fraction of all rows.
 */
export function topAfterScroll(extent: Extent, before: { readonly top: number; readonly scrollTop: number }, scrollTop: number): number {
  const last = lastTop(extent)
  if (extent.count * extent.rowHeight <= pixelLimit) return Math.min(scrollTop, last)
  if (scrollTop <= 0) return 0
  if (scrollTop >= lastScroll(extent) - 1) return last
  const step = scrollTop - before.scrollTop
  if (Math.abs(step) < extent.viewport) return Math.min(Math.max(0, before.top + step), last)
  return (scrollTop / lastScroll(extent)) * last
}

/** What the scrollbar says where the rows stand at `top`. */
export function scrollTopFor(extent: Extent, top: number): number {
  if (extent.count * extent.rowHeight <= pixelLimit) return top
  const last = lastTop(extent)
  return last === 0 ? 0 : (top / last) * lastScroll(extent)
}

/** The rows in view, and some more on either side: from the first up to, not including, the last. */
export function rowsInView({ count, rowHeight, viewport }: Extent, top: number, more: number): { from: number; to: number } {
  const from = Math.max(0, Math.floor(top / rowHeight) - more)
  const to = Math.min(count, Math.ceil((top + viewport) / rowHeight) + more)
  return { from: Math.min(from, to), to }
}

/** The nearest place from which a row is seen whole. */
export function topShowing(extent: Extent, top: number, row: number): number {
  const start = row * extent.rowHeight
  if (start < top) return start
  if (start + extent.rowHeight > top + extent.viewport) return Math.max(0, start + extent.rowHeight - extent.viewport)
  return top
}

/** The left edge of each column, and of what would follow the last. */
export function edgesOf(widths: readonly number[]): number[] {
  const edges = [0]
  for (const width of widths) edges.push((edges.at(-1) ?? 0) + width)
  return edges
}

/** The columns that touch the view. */
export function columnsInView(edges: readonly number[], left: number, viewport: number): { from: number; to: number } {
  const count = edges.length - 1
  let from = 0
  while (from < count - 1 && (edges[from + 1] ?? 0) <= left) from++
  let to = from
  while (to < count && (edges[to] ?? 0) < left + viewport) to++
  return { from, to }
}
