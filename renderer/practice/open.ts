import { useSyncExternalStore } from 'react'
import { createStore } from '../ui/store.ts'

const open = createStore(false)

export const setPanelOpen = open.set
export const togglePanel = (): void => open.set(!open.get())

/** Whether the panel is open; it stays so while the screens change. */
export function usePanelOpen(): boolean {
  return useSyncExternalStore(open.subscribe, open.get)
}

const parts = createStore<readonly string[]>(['sign-up', 'function', 'users', 'refusals', 'time', 'seventh-day', 'clients'])

export const setOpenParts = parts.set

/** The parts of the panel that are unfolded. */
export function useOpenParts(): readonly string[] {
  return useSyncExternalStore(parts.subscribe, parts.get)
}
