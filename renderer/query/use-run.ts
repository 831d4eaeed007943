import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useCallback, useSyncExternalStore } from 'react'
import type { EnvironmentId } from '../../preload/contract/environments.ts'
import { client, fetchPage, orpc } from '../client.ts'
import { readPackedPage } from '../ui/packed-reader.ts'
import { createResultSource, type ResultSource } from '../ui/packed-source.ts'
import { toProblem } from '../ui/problem.ts'
import { createStore, type Store } from '../ui/store.ts'
import { after, ended, idle, mayHaveChanged, type RunState, started } from './run-state.ts'

export type Run = RunState<ResultSource>
export type Parameters = Readonly<Record<string, string | null>>

/** The run of one environment: it goes on, and its results stay, while the user looks at another screen. */
interface Running {
  readonly state: Store<Run>
  controller: AbortController | null
}

const byEnvironment = new Map<EnvironmentId, Running>()

function runningIn(environment: EnvironmentId): Running {
  const known = byEnvironment.get(environment)
  if (known !== undefined) return known
  const made: Running = { state: createStore<Run>(idle), controller: null }
  byEnvironment.set(environment, made)
  return made
}

/** Runs text in an environment, one run at a time: a new one cancels the one under way, on the server too. */
export function useRun(environment: EnvironmentId) {
  const cache = useQueryClient()
  const running = runningIn(environment)
  const run = useSyncExternalStore(running.state.subscribe, running.state.get)
  const start = useCallback(
    (text: string, parameters: Parameters) => void startRun(running, cache, environment, text, parameters),
    [running, cache, environment],
  )
  const cancel = useCallback(() => running.controller?.abort(), [running])
  return { run, start, cancel }
}

async function startRun(
  running: Running,
  cache: QueryClient,
  environment: EnvironmentId,
  text: string,
  parameters: Parameters,
): Promise<void> {
  running.controller?.abort()
  const own = new AbortController()
  running.controller = own
  let run: Run = started
  const show = (next: Run) => {
    run = next
    if (running.controller === own) running.state.set(next)
  }
  show(started)
  try {
    await follow(environment, text, parameters, own.signal, () => run, show)
    show(ended(run))
  } catch (error) {
    show(own.signal.aborted ? { ...run, phase: 'cancelled', error: null } : { ...run, phase: 'failed', error: toProblem(error) })
  }
  void cache.invalidateQueries({ queryKey: orpc.query.history.key({ input: { environment } }) })
  if (!mayHaveChanged(run)) return
  void cache.invalidateQueries({ queryKey: orpc.query.catalogue.key({ input: { environment } }) })
  void cache.invalidateQueries({ queryKey: orpc.tables.key(), refetchType: 'none' })
}

/** Hands each event on; rows are fetched side by side and appended in their order. */
async function follow(
  environment: EnvironmentId,
  text: string,
  parameters: Parameters,
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
