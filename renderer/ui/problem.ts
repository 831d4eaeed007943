import { ORPCError } from '@orpc/client'
import type { ErrorData } from '../../preload/contract/errors.ts'

/** An error of the contract as it stands in values (a run's error, a plan's refusal, a lost connection). */
export interface Problem {
  readonly code: string
  readonly message: string
  readonly data?: ErrorData | undefined
}

/** Whatever was thrown, as something to show. */
export function toProblem(error: unknown): Problem {
  // Main sends nothing but errors of the contract, whose data its schema has checked.
  if (error instanceof ORPCError) return { code: String(error.code), message: error.message, data: error.data as ErrorData | undefined }
  if (isProblem(error)) return error
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value && !(value instanceof Error)
}
