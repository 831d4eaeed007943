import { useLocation } from 'react-router'
import { type Screen, screens } from './screens.ts'

/** The screen that the address names, the first one where it names none. */
export function useScreen(): Screen {
  const path = useLocation().pathname.split('/')[2]
  const found = screens.find((screen) => screen.path === path) ?? screens[0]
  if (!found) throw new Error('There are no screens.')
  return found
}
