import { whenRunning } from './running.ts'
import { Session } from './session.ts'
import { strict } from './strict.ts'

export const defaultSession = strict('session', new Session(() => whenRunning()))
