import { useSyncExternalStore } from 'react'
import { createStore } from '../ui/store.ts'

const open = createStore(false)

export const setPanelOpen = open.set
export const togglePanel = (): void => open.set(!open.get())

/** Whether the panel is open; it stays so while the screens change. */
export function usePanelOpen(): boolean {
  return useSyncExternalStore(open.subscribe, open.get)
}
