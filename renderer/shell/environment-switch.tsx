import { useEffect, useState } from 'react'
import { useNavigate } from 'react-router'
import type { EnvironmentState } from '../../preload/contract/environments.ts'
import { useEnvironmentId, useEnvironments } from '../ui/environment.ts'
import { useScreen } from './use-screen.ts'

/** What the switch adds for eyes and ears where a connection is not there. */
function stateOf({ connection }: EnvironmentState): string | null {
  switch (connection.state) {
    case 'connected':
    case 'connecting':
      return null
    case 'lost':
      return 'connection lost'
    case 'failed':
      return 'not connected'
    default:
      return connection satisfies never
  }
}

/** Chooses the environment that the screens show; the screen stays. */
export function EnvironmentSwitch() {
  const id = useEnvironmentId()
  const screen = useScreen()
  const navigate = useNavigate()
  const { data = [] } = useEnvironments()
  // The choice shows at once; the address follows when the screen is ready.
  const [chosen, setChosen] = useState(id)
  useEffect(() => setChosen(id), [id])
  return (
    <div className="environment-switch" role="radiogroup" aria-label="Environment">
      {data.map((each) => {
        const { environment } = each
        const trouble = stateOf(each)
        return (
          <label key={environment.id} data-colour={environment.colour} title={trouble ?? environment.label}>
            <input
              type="radio"
              name="environment"
              aria-label={environment.id}
              aria-description={trouble ?? undefined}
              checked={environment.id === chosen}
              onChange={() => {
                setChosen(environment.id)
                void navigate(`/${environment.id}/${screen.path}`)
              }}
            />
            <span>{environment.id}</span>
            {trouble && <i aria-hidden>!</i>}
          </label>
        )
      })}
    </div>
  )
}
