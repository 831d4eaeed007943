import { Failure } from '../../preload/contract/errors.ts'

/** Where to work from without holding the environment's own database open: a server has it unless somebody dropped it. */
export const maintenanceDatabase = 'postgres'

/** Whether a database is missing, or not for this role, so that another one has to be asked. */
export function isShutOut(error: unknown): boolean {
  return error instanceof Failure && (error.code === 'NO_DATABASE' || error.code === 'FORBIDDEN')
}
