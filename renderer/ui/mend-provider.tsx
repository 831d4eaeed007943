import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useCallback } from 'react'
import { useNavigate } from 'react-router'
import { client, orpc } from '../client.ts'
import { announce } from './announce.ts'
import { confirmByName } from './confirm-by-name.tsx'
import { MendContext, type Mender } from './mend-context.ts'
import { askPassword } from './password-dialog.tsx'
import { countOf } from './quantities.ts'
import { runToEnd } from './runs.tsx'

async function askRemoveProtection(environment: string, onDone: () => void): Promise<void> {
  const { database } = await client.lifecycle.state({ environment })
  confirmByName({
    title: `Remove the protection of ${database} in ${environment}`,
    name: database,
    action: 'Remove protection',
    losses: [`${database} can be reset and dropped afterwards.`],
    environment,
    run: async (confirm) => {
      await client.lifecycle.protect({ environment, protect: false, confirm })
      onDone()
    },
  })
}

/** Starts the instance of an environment and waits until AWS has done with it. */
async function startAndFollow(environment: string, onProgress: (progress: string) => void, onAsked: () => void): Promise<void> {
  onProgress('Asking AWS')
  await client.instances.startNeeded({ environment })
  await client.environments.reconnect({ environment })
  onAsked()
  const controller = new AbortController()
  try {
    for await (const { instances, places } of await client.instances.watch({ environment }, { signal: controller.signal })) {
      const row = instances.find((one) => one.environments.includes(environment))
      if (row?.change?.action === 'start') onProgress(row.status)
      // Where it is in none of the places that are looked at, the path alone tells how it goes.
      else if (row !== undefined || places.every((place) => place.state !== 'loading')) return
    }
  } finally {
    controller.abort()
  }
}

/** Knows how to do what each mending button says. */
export function MendProvider({ children }: { children: ReactNode }) {
  const navigate = useNavigate()
  const cache = useQueryClient()
  const mender: Mender = useCallback(
    async (mend, environment, onProgress) => {
      const readAnew = () => void cache.invalidateQueries({ queryKey: orpc.key({ type: 'query' }) })
      switch (mend) {
        case 'create_database':
          await runToEnd(environment, 'create', onProgress)
          break
        case 'load_schema':
          await runToEnd(environment, 'load-schema', onProgress)
          break
        case 'seed':
          await runToEnd(environment, 'seed', onProgress)
          break
        case 'set_up':
          await runToEnd(environment, 'set-up', onProgress)
          break
        case 'start_instance':
          await startAndFollow(environment, onProgress, readAnew)
          await client.environments.reconnect({ environment })
          break
        case 'allow_address': {
          onProgress('Asking AWS')
          announce((await client.access.allow({ environment })).sentence)
          await client.environments.reconnect({ environment })
          break
        }
        case 'look_again':
          await client.environments.reconnect({ environment })
          break
        case 'open_instances':
          await navigate(`/${environment}/instances`)
          return false
        case 'open_logs':
          await navigate(`/${environment}/logs/sign-ups`)
          return false
        case 'open_table':
          await navigate(`/${environment}/tables/public.users`)
          return false
        case 'open_access':
          await navigate(`/${environment}/access`)
          return false
        case 'unlock':
          await client.environments.unlock({ environment })
          announce(`${environment} is unlocked for this window`)
          return true
        case 'enter_password':
          askPassword(environment, readAnew)
          return false
        case 'free_sessions': {
          const outcomes = await client.sessions.free({ environment })
          announce(`Ended ${countOf(outcomes.filter((each) => each.outcome === 'signalled').length, 'session')} in ${environment}`)
          break
        }
        case 'remove_protection':
          await askRemoveProtection(environment, readAnew)
          return false
        case 'open_settings':
          await navigate(`/${environment}/settings`)
          return false
        case 'open_lifecycle':
          await navigate(`/${environment}/lifecycle`)
          return false
        default:
          return mend satisfies never
      }
      readAnew()
      return true
    },
    [cache, navigate],
  )
  return <MendContext value={mender}>{children}</MendContext>
}
