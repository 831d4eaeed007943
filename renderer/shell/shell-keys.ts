import { useEffect, useMemo } from 'react'
import { useNavigate } from 'react-router'
import { useEnvironmentId, useEnvironments } from '../ui/environment.ts'
import { type BoundKey, isTyping, useKeys, useListedKeys } from '../ui/keys.ts'
import { openKeysHelp } from './keys-help.tsx'
import { screens } from './screens.ts'
import { useScreen } from './use-screen.ts'

/** Milliseconds in which the letter must follow the `g`. */
const sequenceTime = 1500

const screenKeys = screens.map(({ letter, title }) => ({ keys: `g ${letter}`, does: title }))

/** The keys that work on every screen. */
export function useShellKeys(): void {
  const id = useEnvironmentId()
  const { path } = useScreen()
  const navigate = useNavigate()
  const ids =
    useEnvironments()
      .data?.map((each) => each.environment.id)
      .join(' ') ?? ''

  const keys = useMemo((): readonly BoundKey[] => {
    const step = (by: number) => {
      const all = ids.split(' ')
      const next = all.at((all.indexOf(id) + by) % all.length)
      if (next) void navigate(`/${next}/${path}`)
    }
    return [
      { keys: '[', does: 'Previous environment', run: () => step(-1) },
      { keys: ']', does: 'Next environment', run: () => step(1) },
      { keys: 'shift+?', does: 'Keys', run: openKeysHelp },
    ]
  }, [id, ids, path, navigate])
  useKeys('Everywhere', keys)
  useListedKeys('Go to', screenKeys)

  useEffect(() => {
    let since = 0
    const listen = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === 'g') {
        since = event.timeStamp
        return
      }
      const screen = event.timeStamp - since < sequenceTime && screens.find(({ letter }) => letter === event.key)
      since = 0
      if (!screen) return
      event.preventDefault()
      void navigate(`/${id}/${screen.path}`)
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [id, navigate])
}
