import { notifications } from '@mantine/notifications'
import { useSyncExternalStore } from 'react'
import { createStore } from './store.ts'

export interface Result {
  readonly text: string
  readonly tone: 'ok' | 'bad' | 'plain'
  readonly at: string
}

const last = createStore<Result | null>(null)

/** Puts the result of what the user did into the status bar. `notice` shows it as a notification too, for work that ran in the background. */
export function announce(text: string, { tone = 'ok', notice = false }: { tone?: Result['tone']; notice?: boolean } = {}): void {
  last.set({ text, tone, at: new Date().toISOString() })
  // Named after its words: the same said twice is shown once.
  if (notice)
    notifications.show({ id: text, message: text, color: tone === 'bad' ? 'red' : 'teal', autoClose: tone === 'bad' ? false : 5000 })
}

export function useLastResult(): Result | null {
  return useSyncExternalStore(last.subscribe, last.get)
}
