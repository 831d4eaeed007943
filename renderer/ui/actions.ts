import { useEffect, useSyncExternalStore } from 'react'
import { createStore } from './store.ts'

/** Something the palette offers. */
export interface PaletteAction {
  readonly id: string
  readonly label: string
  /** Heading it stands under. */
  readonly group: string
  readonly description?: string
  readonly keywords?: readonly string[]
  /** The keys that do the same, as the help names them. */
  readonly keys?: string
  run(): void
}

const registered = createStore<ReadonlyMap<object, readonly PaletteAction[]>>(new Map())

/** Offers actions in the palette for as long as the calling component stands. Give a memoised array. */
export function useActions(actions: readonly PaletteAction[]): void {
  useEffect(() => {
    const owner = {}
    registered.set(new Map(registered.get()).set(owner, actions))
    return () => {
      const rest = new Map(registered.get())
      rest.delete(owner)
      registered.set(rest)
    }
  }, [actions])
}

export function useAllActions(): readonly PaletteAction[] {
  const byOwner = useSyncExternalStore(registered.subscribe, registered.get)
  return [...byOwner.values()].flat()
}
