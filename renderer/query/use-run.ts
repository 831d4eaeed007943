import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { EnvironmentId } from '../../preload/contract/environments.ts'
import { client, fetchPage, orpc } from '../client.ts'
import { readPackedPage } from '../ui/packed-reader.ts'
import { createResultSource, type ResultSource } from '../ui/packed-source.ts'
import { toProblem } from '../ui/problem.ts'
import { after, ended, idle, type RunState, started } from './run-state.ts'

export type Run = RunState<ResultSource>

/** Runs text in an environment, one run at a time; a new one or leaving the screen cancels the one under way, on the server too. */
export function useRun(environment: EnvironmentId) {
  const cache = useQueryClient()
  const [state, setState] = useState<Run>(idle)
  const controller = useRef<AbortController | null>(null)
  useEffect(() => () => controller.current?.abort(), [])

  const start = useCallback(
    async (text: string, parameters: Readonly<Record<string, string | null>>) => {
      controller.current?.abort()
      const own = new AbortController()
      controller.current = own
      let run: Run = started
      const show = (next: Run) => {
        run = next
        if (controller.current === own) setState(next)
      }
      show(started)
      try {
        await follow(environment, text, parameters, own.signal, () => run, show)
        show(ended(run))
      } catch (error) {
        const phase = own.signal.aborted ? 'cancelled' : 'failed'
        show({ ...run, phase, error: own.signal.aborted ? null : toProblem(error) })
      }
      void cache.invalidateQueries({ queryKey: orpc.query.history.key({ input: { environment } }) })
      // What was run may have changed what the lists show.
      void cache.invalidateQueries({ queryKey: orpc.query.catalogue.key({ input: { environment } }), refetchType: 'active' })
      void cache.invalidateQueries({ queryKey: orpc.tables.key(), refetchType: 'none' })
    },
    [cache, environment],
  )
  const cancel = useCallback(() => controller.current?.abort(), [])
  return { run: state, start, cancel }
}

/** Hands each event on; rows are fetched side by side and appended in their order. */
async function follow(
  environment: EnvironmentId,
  text: string,
  parameters: Readonly<Record<string, string | null>>,
  signal: AbortSignal,
  current: () => Run,
  show: (next: Run) => void,
): Promise<void> {
  let appended: Promise<void> = Promise.resolve()
  let failed: unknown = null
  for await (const event of await client.query.run({ environment, text, parameters: { ...parameters } }, { signal })) {
    signal.throwIfAborted()
    if (event.event === 'page') {
      const fetched = fetchPage(event.page.address, signal)
      const before = appended
      appended = Promise.all([fetched, before]).then(
        ([buffer]) =>
          current()
            .statements.find((one) => one.statement === event.statement)
            ?.rows?.append(readPackedPage(buffer)),
        (error: unknown) => {
          failed ??= error
        },
      )
      continue
    }
    // A result is told complete when its rows are here.
    if (event.event === 'complete' || event.event === 'error') await appended
    if (failed !== null) throw failed
    show(after(current(), event, ({ columns }) => createResultSource(columns)))
  }
  await appended
  if (failed !== null) throw failed
}
