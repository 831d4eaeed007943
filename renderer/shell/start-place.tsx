import { Navigate } from 'react-router'
import { useEnvironments } from '../ui/environment.ts'
import { LoadingRows } from '../ui/loading-rows.tsx'
import { usePreferences } from '../ui/preferences.ts'
import { screens } from './screens.ts'

/** Leads to where the user was last, or to the first environment's first screen. */
export function StartPlace() {
  const { preferences, known } = usePreferences()
  const { data } = useEnvironments()
  if (!known || data === undefined) return <LoadingRows label="Starting" />
  const ids = data.map((each) => each.environment.id)
  const [, environment, screen] = preferences.place.split('/')
  const remembered = environment && ids.includes(environment) && screens.some(({ path }) => path === screen)
  return <Navigate to={remembered ? preferences.place : `/${ids[0] ?? 'local'}/overview`} replace />
}
