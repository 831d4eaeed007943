import { NavLink } from 'react-router'
import { useEnvironmentId } from '../ui/environment.ts'
import { EnvironmentSwitch } from './environment-switch.tsx'
import { screens } from './screens.ts'

export function Rail() {
  const id = useEnvironmentId()
  return (
    <nav className="rail" aria-label="Screens">
      <div className="brand">
        <i aria-hidden />
        Basepair
      </div>
      <EnvironmentSwitch />
      {screens.map(({ path, title, letter, icon: Icon, apart }) => (
        <NavLink key={path} to={`/${id}/${path}`} aria-label={title} data-apart={apart || undefined}>
          <Icon size={15} stroke={1.75} aria-hidden />
          <span>{title}</span>
          <kbd aria-hidden data-keys={`g ${letter}`} />
        </NavLink>
      ))}
    </nav>
  )
}
