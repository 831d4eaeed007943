import { useHotkeys } from '@mantine/hooks'
import { useEffect, useSyncExternalStore } from 'react'
import { createStore } from './store.ts'

/** One key and what it does, for the help. `keys` as Mantine writes them: `mod+Enter`, `shift+R`. */
export interface Key {
  readonly keys: string
  readonly does: string
}

export interface BoundKey extends Key {
  run(event: KeyboardEvent): void
}

const listed = createStore<ReadonlyMap<object, { readonly where: string; readonly keys: readonly Key[] }>>(new Map())

/** Lists keys in the help under `where` while the calling component stands, for parts that handle their keys themselves. Give a memoised array. */
export function useListedKeys(where: string, keys: readonly Key[]): void {
  useEffect(() => {
    const owner = {}
    listed.set(new Map(listed.get()).set(owner, { where, keys }))
    return () => {
      const rest = new Map(listed.get())
      rest.delete(owner)
      listed.set(rest)
    }
  }, [where, keys])
}

/** True where keys are text: not for radios and check boxes, which keep the focus after they were clicked. */
export function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !['radio', 'checkbox', 'button', 'submit'].includes(target.type)
  return target instanceof HTMLElement && (target.isContentEditable || ['TEXTAREA', 'SELECT'].includes(target.tagName))
}

/** Binds keys anywhere outside of text fields and lists them in the help. Give a memoised array. */
export function useKeys(where: string, keys: readonly BoundKey[]): void {
  useListedKeys(where, keys)
  useHotkeys(
    keys.map(({ keys: combination, run }) => [
      combination,
      (event) => {
        if (isTyping(event.target)) return
        event.preventDefault()
        run(event)
      },
      { preventDefault: false },
    ]),
    [],
    true,
  )
}

export function useAllKeys() {
  return [...useSyncExternalStore(listed.subscribe, listed.get).values()]
}
