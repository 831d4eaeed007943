import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { orpc, useStream } from '../client.ts'
import { announce } from '../ui/announce.ts'
import { useEnvironments } from '../ui/environment.ts'
import { resultOf } from '../ui/runs.tsx'

/** Tells in the status bar how each run of one environment goes on and ends, on whatever screen the user is, and has the lists read anew after it. */
function RunReporter({ environment }: { environment: string }) {
  const { data: run } = useStream(orpc.lifecycle.watch, { environment })
  const cache = useQueryClient()
  const running = useRef<string | null>(null)
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
    announce(resultOf(run, environment), { tone, notice: document.hidden })
    void cache.invalidateQueries({ queryKey: orpc.key({ type: 'query' }) })
  }, [run, environment, cache])
  return null
}

export function RunReporters() {
  const { data = [] } = useEnvironments()
  return data.map(({ environment: { id } }) => <RunReporter key={id} environment={id} />)
}
