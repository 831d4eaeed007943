import { useMemo } from 'react'
import { useNavigate } from 'react-router'
import { type PaletteAction, useActions } from '../ui/actions.ts'
import { type BoundKey, useKeys } from '../ui/keys.ts'
import { views, viewTitles } from './views.ts'

interface TailActions {
  readonly environment: string
  readonly paused: boolean
  readonly follow: () => void
  readonly pause: () => void
  readonly onChoose: () => void
}

/** The keys and the palette's actions of a tail. */
export function useTailActions({ environment, paused, follow, pause, onChoose }: TailActions): void {
  const navigate = useNavigate()
  const keys = useMemo(
    (): readonly BoundKey[] => [
      { keys: 'P', does: 'Pause, or tail again', run: paused ? follow : pause },
      { keys: 'C', does: 'Choose log groups', run: onChoose },
    ],
    [paused, follow, pause, onChoose],
  )
  const actions = useMemo((): readonly PaletteAction[] => {
    const group = `Logs of ${environment}`
    return [
      { id: 'logs tail', group, label: 'Tail', description: 'The newest lines and those that come', run: follow },
      { id: 'logs pause', group, label: 'Pause', description: 'What is shown stands still', run: pause },
      { id: 'logs groups', group, label: 'Choose log groups', keys: 'C', run: onChoose },
      ...views.map((view) => ({
        id: `logs view ${view}`,
        group,
        label: `Logs: ${viewTitles[view]}`,
        run: () => void navigate(`/${environment}/logs${view && `/${view}`}`),
      })),
    ]
  }, [environment, follow, pause, onChoose, navigate])
  useKeys('Logs', keys)
  useActions(actions)
}
