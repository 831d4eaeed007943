import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useLocation } from 'react-router'
import type { Run } from '../../preload/contract/lifecycle.ts'
import { orpc, useStream } from '../client.ts'
import { announce } from '../ui/announce.ts'
import { useEnvironments } from '../ui/environment.ts'
import { resultOf } from '../ui/runs.tsx'
import { UndoButton } from '../ui/undo-button.tsx'
import { placeNow } from './shell-keys.ts'

const undoOf = (environment: string) => `undo of ${environment}`

/** True where the screen in view has an Undo of its own. */
function screenOffersUndo(environment: string): boolean {
  const place = placeNow()
  return place.screen === 'overview' || (place.screen === 'lifecycle' && place.environment === environment)
}

/** Says that a reset is done and offers to take it back, where the screen in view does not. */
function offerUndo(environment: string, run: Run): void {
  if (screenOffersUndo(environment) && !document.hidden) return
  notifications.show({
    id: undoOf(environment),
    color: 'teal',
    autoClose: 20_000,
    message: (
      <span className="row">
        {resultOf(run, environment)}. The database before is kept.
        <UndoButton environment={environment} previous={`${run.database}_prev`} />
      </span>
    ),
  })
}

/** Tells in the status bar how each run of one environment goes on and ends, on whatever screen the user is, and has the lists read anew after it. */
function RunReporter({ environment }: { environment: string }) {
  const { data: run } = useStream(orpc.lifecycle.watch, { environment })
  const cache = useQueryClient()
  const running = useRef<string | null>(null)
  const { pathname } = useLocation()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another screen is the occasion
  useEffect(() => {
    if (screenOffersUndo(environment)) notifications.hide(undoOf(environment))
  }, [environment, pathname])
  useEffect(() => {
    if (!run) return
    if (run.state === 'running') {
      running.current = run.id
      announce(resultOf(run, environment), { tone: 'plain' })
      return
    }
    if (running.current !== run.id) return
    running.current = null
    const tone = run.state === 'done' ? 'ok' : 'bad'
    const undoable = run.action === 'reset' && run.state === 'done'
    announce(resultOf(run, environment), { tone, notice: document.hidden && !undoable })
    if (undoable) offerUndo(environment, run)
    else notifications.hide(undoOf(environment))
    void cache.invalidateQueries({ queryKey: orpc.key({ type: 'query' }) })
  }, [run, environment, cache])
  return null
}

export function RunReporters() {
  const { data = [] } = useEnvironments()
  return data.map(({ environment: { id } }) => <RunReporter key={id} environment={id} />)
}
