import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'

interface Held {
  readonly viewport: RefObject<HTMLElement | null>
  readonly body: RefObject<HTMLElement | null>
  /** The keys of all items, in order. */
  readonly keys: readonly string[]
  /** Where an item begins below the top, in pixels. */
  readonly startOf: (index: number) => number
  /** An item is open or has the focus: what is looked at must not move, even at the top. */
  readonly isBusy: () => boolean
  /** Another choice of rows: begins at the top again. */
  readonly choice: unknown
}

/**
 * Keeps what is in view where it is while new items come above it; at the top, with nothing open, it follows. `newer` is the key of
 * what stood at the top when the holding began: all before it is new. Null while it follows.
 */
export function useHeldScroll({ viewport, body, keys, startOf, isBusy, choice }: Held) {
  const anchor = useRef<{ key: string; offset: number } | null>(null)
  const top = useRef<string | null>(null)
  const lastChoice = useRef(choice)
  const [newer, setNewer] = useState<string | null>(null)

  const note = useCallback(() => {
    const element = viewport.current
    if (element === null) return
    // The first that is in view, by halving.
    let [low, high] = [0, keys.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (startOf(middle) <= element.scrollTop) low = middle
      else high = middle - 1
    }
    const key = keys[low]
    anchor.current = key === undefined ? null : { key, offset: startOf(low) - element.scrollTop }
  }, [viewport, keys, startOf])

  const onScroll = useCallback(() => {
    note()
    if ((viewport.current?.scrollTop ?? 0) > 0) return
    top.current = keys[0] ?? null
    setNewer(null)
    if (body.current !== null) body.current.style.minHeight = ''
  }, [note, viewport, keys, body])

  useLayoutEffect(() => {
    const element = viewport.current
    if (element === null || body.current === null) return
    const changed = lastChoice.current !== choice
    lastChoice.current = choice
    const held = !changed && anchor.current !== null && (element.scrollTop > 0 || isBusy())
    const index = held ? keys.indexOf(anchor.current?.key ?? '') : -1
    if (index < 0) {
      body.current.style.minHeight = ''
      if (changed) element.scrollTop = 0
      top.current = keys[0] ?? null
      setNewer(null)
      note()
      return
    }
    const wanted = startOf(index) - (anchor.current?.offset ?? 0)
    if (Math.abs(wanted - element.scrollTop) >= 1) {
      // A list that is shorter than its window could not be scrolled so far: first it takes all the room there is, then just enough.
      const head = body.current.offsetTop
      body.current.style.minHeight = `${wanted + window.innerHeight}px`
      body.current.style.minHeight = `${wanted + element.clientHeight - head}px`
      element.scrollTop = wanted
    }
    const first = top.current === null ? 0 : keys.indexOf(top.current)
    if (first > 0) setNewer(top.current)
    else if (first < 0) top.current = keys[0] ?? null
  }, [keys, choice, startOf, viewport, body, isBusy, note])

  return { newer, onScroll }
}
