import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import type { Mend } from '../../preload/contract/errors.ts'
import type { Action } from '../../preload/contract/lifecycle.ts'
import { client } from '../client.ts'
import { announce } from './announce.ts'
import { confirmByName } from './confirm-by-name.tsx'
import { askPassword } from './password-dialog.tsx'

/** The words on the button of each way to mend an error. */
export const mendings: Record<Mend, string> = {
  create_database: 'Create database',
  load_schema: 'Load schema',
  seed: 'Seed',
  unlock: 'Unlock',
  enter_password: 'Enter password',
  free_sessions: 'Free sessions',
  remove_protection: 'Remove protection',
  open_settings: 'Open settings',
  open_lifecycle: 'Open lifecycle',
}

/** Runs a lifecycle action that loses nothing and waits for its end. Fails with the run's error. */
async function runToEnd(environment: string, action: Action): Promise<void> {
  const { id } = await client.lifecycle.start({ environment, action, confirm: null })
  const controller = new AbortController()
  try {
    for await (const run of await client.lifecycle.watch({ environment }, { signal: controller.signal })) {
      if (run?.id !== id || run.state === 'running') continue
      if (run.error) throw run.error
      return
    }
  } finally {
    controller.abort()
  }
}

/** What the button of a mending does. Its promise is true where it worked, false where it leads elsewhere or waits for the user. */
export function useMending(mend: Mend, environment: string): () => Promise<boolean> {
  const navigate = useNavigate()
  const cache = useQueryClient()
  const done = async () => {
    await cache.invalidateQueries()
    return true
  }
  return async () => {
    switch (mend) {
      case 'create_database':
        await runToEnd(environment, 'create')
        return done()
      case 'load_schema':
        await runToEnd(environment, 'load-schema')
        return done()
      case 'seed':
        await runToEnd(environment, 'seed')
        return done()
      case 'unlock':
        await client.environments.unlock({ environment })
        announce(`${environment} is unlocked for this window`)
        return true
      case 'enter_password':
        askPassword(environment, () => void done())
        return false
      case 'free_sessions': {
        const freed = await client.sessions.free({ environment })
        announce(`Ended ${freed.filter((each) => each.outcome === 'signalled').length} sessions of ${environment}`)
        return done()
      }
      case 'remove_protection': {
        const { database } = await client.lifecycle.state({ environment })
        confirmByName({
          title: `Remove the protection of ${database}`,
          name: database,
          action: 'Remove protection',
          losses: [`${database} can be reset and dropped afterwards.`],
          environment,
          run: async (confirm) => {
            await client.lifecycle.protect({ environment, protect: false, confirm })
            await done()
          },
        })
        return false
      }
      case 'open_settings':
        await navigate(`/${environment}/settings`)
        return false
      case 'open_lifecycle':
        await navigate(`/${environment}/lifecycle`)
        return false
      default:
        return mend satisfies never
    }
  }
}
