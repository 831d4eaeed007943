import { useEffect, useMemo, useRef } from 'react'
import { useNavigate } from 'react-router'
import { useEnvironments } from '../ui/environment.ts'
import { type BoundKey, isTyping, useKeys, useListedKeys } from '../ui/keys.ts'
import { openKeysHelp } from './keys-help.tsx'
import { screens } from './screens.ts'

/** Milliseconds in which the letter must follow the `g`. */
const sequenceTime = 1500

/** The palette listens for its key itself. */
const paletteKeys = [{ keys: 'mod+K', does: 'Every screen and action' }]
const screenKeys = screens.map(({ letter, title }) => ({ keys: `g ${letter}`, does: title }))

/** Read from the address when a key is pressed: a key may come before the page was drawn for it. */
export function placeNow(): { readonly environment: string; readonly screen: string } {
  const [, environment = 'local', screen = 'overview'] = location.hash.split('/')
  return { environment, screen }
}

/** The keys that work on every screen. */
export function useShellKeys(): void {
  const navigate = useNavigate()
  const ids =
    useEnvironments()
      .data?.map((each) => each.environment.id)
      .join(' ') ?? ''
  /** When `g` was pressed last. */
  const since = useRef(Number.NEGATIVE_INFINITY)

  const keys = useMemo((): readonly BoundKey[] => {
    const step = (by: number) => {
      const { environment, screen } = placeNow()
      const all = ids.split(' ')
      const next = all.at((all.indexOf(environment) + by) % all.length)
      if (next) void navigate(`/${next}/${screen}`)
    }
    return [
      { keys: '[', does: 'Previous environment', run: () => step(-1) },
      { keys: ']', does: 'Next environment', run: () => step(1) },
      { keys: 'shift+?', does: 'Keys', run: openKeysHelp },
    ]
  }, [ids, navigate])
  useKeys('Everywhere', keys)
  useListedKeys('Everywhere', paletteKeys)
  useListedKeys('Go to', screenKeys)

  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === 'g') {
        since.current = event.timeStamp
        return
      }
      const screen = event.timeStamp - since.current < sequenceTime && screens.find(({ letter }) => letter === event.key)
      since.current = Number.NEGATIVE_INFINITY
      if (!screen) return
      event.preventDefault()
      void navigate(`/${placeNow().environment}/${screen.path}`)
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [navigate])
}
