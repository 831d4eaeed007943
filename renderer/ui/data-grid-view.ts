import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'
import { type Extent, scrollTopFor, topAfterScroll, topShowing } from './data-grid-window.ts'

export interface GridView {
  /** Pixels from the first row to the first one seen. */
  readonly top: number
  /** What the browser says it scrolled, which is less than `top` in very long lists. */
  readonly scrollTop: number
  readonly left: number
  readonly width: number
  /** Of what rows are seen in, the header apart. */
  readonly height: number
}

/** Follows an element that scrolls rows of one height under a header. */
export function useGridView(
  count: number,
  rowHeight: number,
  headerHeight: number,
): {
  scroller: RefObject<HTMLDivElement | null>
  view: GridView
  extent: Extent
  onScroll: () => void
  scrollTo: (place: { readonly row?: number; readonly left?: number; readonly right?: number }) => void
  toStart: () => void
} {
  const scroller = useRef<HTMLDivElement>(null)
  const [view, setView] = useState<GridView>({ top: 0, scrollTop: 0, left: 0, width: 0, height: 0 })
  const extent: Extent = { count, rowHeight, viewport: view.height }
  const latest = useRef(extent)
  latest.current = extent

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const measure = () =>
      setView((before) => {
        const width = element.clientWidth
        const height = Math.max(0, element.clientHeight - headerHeight)
        return before.width === width && before.height === height ? before : { ...before, width, height }
      })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [headerHeight])

  const onScroll = useCallback(() => {
    const element = scroller.current
    if (element === null) return
    setView((before) => {
      const top = topAfterScroll(latest.current, before, element.scrollTop)
      if (top === before.top && element.scrollTop === before.scrollTop && element.scrollLeft === before.left) return before
      return { ...before, top, scrollTop: element.scrollTop, left: element.scrollLeft }
    })
  }, [])

  /** Scrolls as little as it takes to see a row and a span of columns whole. */
  const scrollTo = useCallback((place: { readonly row?: number; readonly left?: number; readonly right?: number }) => {
    const element = scroller.current
    if (element === null) return
    setView((before) => {
      const top = place.row === undefined ? before.top : topShowing(latest.current, before.top, place.row)
      if (top !== before.top) element.scrollTop = scrollTopFor(latest.current, top)
      if (place.left !== undefined && place.left < before.left) element.scrollLeft = place.left
      else if (place.right !== undefined && place.right > before.left + before.width) element.scrollLeft = place.right - before.width
      return { ...before, top, scrollTop: element.scrollTop, left: element.scrollLeft }
    })
  }, [])

  const toStart = useCallback(() => {
    const element = scroller.current
    if (element === null) return
    element.scrollTop = 0
    setView((before) => ({ ...before, top: 0, scrollTop: 0 }))
  }, [])

  return { scroller, view, extent, onScroll, scrollTo, toStart }
}
