import { useCallback } from 'react'
import { useSearchParams } from 'react-router'
import { type Tab, tabOf } from './tabs.ts'

/** The instance whose details the address names, and on which tab. */
export function useOpened(): {
  readonly opened: string | null
  readonly tab: Tab
  readonly open: (key: string, tab?: Tab) => void
  readonly close: () => void
} {
  const [address, setAddress] = useSearchParams()
  const open = useCallback(
    (key: string, tab?: Tab) =>
      setAddress((before) => {
        const next = new URLSearchParams(before)
        next.set('instance', key)
        if (tab === 'overview') next.delete('tab')
        else if (tab) next.set('tab', tab)
        return next
      }),
    [setAddress],
  )
  const close = useCallback(() => setAddress({}), [setAddress])
  return { opened: address.get('instance'), tab: tabOf(address.get('tab')), open, close }
}
