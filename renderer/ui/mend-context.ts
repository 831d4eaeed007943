import { createContext, useContext } from 'react'
import type { Mend } from '../../preload/contract/errors.ts'

/** The words on the button of each way to mend an error. */
export const mendWords: Record<Mend, string> = {
  create_database: 'Create database',
  load_schema: 'Load schema',
  seed: 'Seed',
  set_up: 'Set up',
  unlock: 'Unlock',
  enter_password: 'Enter password',
  free_sessions: 'Free sessions',
  remove_protection: 'Remove protection',
  open_settings: 'Open settings',
  open_lifecycle: 'Open lifecycle',
  start_instance: 'Start',
  allow_address: 'Allow my address',
  open_instances: 'Open instances',
  open_access: 'Open access',
  look_again: 'Look again',
  open_logs: 'Open sign-ups',
  open_table: 'Open users',
}

/**
 * Does what a mending button says and tells how far it is. Its promise is true where it worked, false where it leads elsewhere or
 * waits for the user.
 */
export type Mender = (mend: Mend, environment: string, onProgress: (progress: string) => void) => Promise<boolean>

export const MendContext = createContext<Mender | null>(null)

export function useMender(): Mender {
  const mender = useContext(MendContext)
  if (mender === null) throw new Error('There is no MendProvider above this part of the page.')
  return mender
}
