import { NavLink } from 'react-router'
import { views, viewTitles } from './views.ts'

/** The ways of looking at the tail; each has an address of its own. */
export function ViewLinks({ environment }: { environment: string }) {
  return (
    <nav className="log-views" aria-label="Views of the logs">
      {views.map((view) => (
        <NavLink key={view} to={`/${environment}/logs${view && `/${view}`}`} end>
          {viewTitles[view]}
        </NavLink>
      ))}
    </nav>
  )
}
