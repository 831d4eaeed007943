import { useMemo } from 'react'
import type { InstanceRow } from '../../preload/contract/instances.ts'
import { client } from '../client.ts'
import { type PaletteAction, useActions } from '../ui/actions.ts'
import { announce } from '../ui/announce.ts'
import { toProblem } from '../ui/problem.ts'
import { openStopDialog } from './stop-dialog.tsx'

/** Offers what can be done with the environment's own instance, and on this screen, in the palette. */
export function useInstanceActions(environment: string, own: InstanceRow | null, onCreate: () => void, onChoose: () => void): void {
  const offered = useMemo(() => {
    const group = 'Instances'
    const screen: PaletteAction[] = [
      { id: 'instances create', group, label: 'New instance', run: onCreate },
      { id: 'instances choose', group, label: 'Choose profiles and regions', run: onChoose },
    ]
    if (own === null) return screen
    const { identifier } = own.key
    const changes: PaletteAction[] = []
    if (own.start.possible)
      changes.push({
        id: 'instances start',
        group,
        label: `Start ${identifier}`,
        run: () =>
          client.instances.start({ environment, key: own.key }).then(
            () => announce(`AWS was asked to start ${identifier}`),
            (error: unknown) => announce(`Start ${identifier}: ${toProblem(error).message}`, { tone: 'bad', notice: true }),
          ),
      })
    if (own.stop.possible)
      changes.push({ id: 'instances stop', group, label: `Stop ${identifier}`, run: () => openStopDialog(environment, own) })
    return [...changes, ...screen]
  }, [environment, own, onCreate, onChoose])
  useActions(offered)
}
