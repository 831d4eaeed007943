import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { ORPCError } from '@orpc/contract'
import { AsyncIteratorClass } from '@orpc/server'
import { errors, Failure } from '../preload/contract/errors.ts'

/** Writes one entry of the console's own log. */
export type Log = (entry: string) => void

const secrets = [
  // Up to the last @: a password that was not escaped may hold one itself.
  /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:)\S+@/gi,
  /(password['"]?\s*[:=]\s*)('[^']*'|"[^"]*"|\S+)/gi,
  /(PASSWORD\s+)('(?:[^']|'')*')/g,
  /(\bBearer\s+)\S+/gi,
  // The console's own tokens: 256 bits in base64url.
  /((?<![\w-]))[\w-]{43}(?![\w-])/g,
]

/** The text with passwords taken out, as far as they can be told. */
export function redact(text: string): string {
  return secrets.reduce((redacted, pattern) => redacted.replace(pattern, '$1…'), text)
}

/**
 * Options for the handler of each line: an error of the contract passes as it is; input that does not parse becomes INVALID;
 * anything else is a defect of the console, logged whole and shown as INTERNAL with the id of its log entry.
 */
export function incidentOptions(log: Log) {
  const told = (operation: string, error: unknown, signal: AbortSignal | undefined): unknown => {
    if (error instanceof ORPCError) {
      if (error.code in errors || error.code === 'NOT_FOUND') return error
      if (error.code === 'BAD_REQUEST') return new Failure('INVALID', invalidMessage(error))
    }
    // Whatever breaks off because of it: nobody waits for the answer any more.
    if (signal?.aborted === true || (error instanceof Error && error.name === 'AbortError')) return new Failure('CANCELLED', 'Cancelled.')
    const incident = randomUUID().slice(0, 8)
    log(`incident ${incident} in ${operation}: ${redact(inspect(error, { depth: 4 }))}`)
    return new Failure('INTERNAL', `Basepair made an error that it did not expect. It is in its log as ${incident}.`, { incident })
  }

  /** Ends the stream when its call is aborted, and not only when its next event is due. */
  const guarded = (operation: string, stream: AsyncIterator<unknown>, signal: AbortSignal | undefined) => {
    const end = async (): Promise<void> => {
      signal?.removeEventListener('abort', aborted)
      await stream.return?.()
    }
    const aborted = () => void end().catch((error: unknown) => told(operation, error, signal))
    if (signal?.aborted === true) aborted()
    else signal?.addEventListener('abort', aborted)
    return new AsyncIteratorClass(async () => {
      try {
        return await stream.next()
      } catch (error) {
        throw told(operation, error, signal)
      }
    }, end)
  }

  return {
    clientInterceptors: [
      async ({ next, path, signal }: Intercepted): Promise<unknown> => {
        const operation = path.join('.')
        try {
          const output = await next()
          return isStream(output) ? guarded(operation, output, signal) : output
        } catch (error) {
          throw told(operation, error, signal)
        }
      },
    ],
  }
}

interface Intercepted {
  readonly path: readonly string[]
  readonly signal?: AbortSignal | undefined
  next(): Promise<unknown>
}

const isStream = (value: unknown): value is AsyncIterator<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value

/** Names the first field that did not parse. The value itself is not repeated: it may be a secret. */
function invalidMessage(error: ORPCError<string, unknown>): string {
  const issues = typeof error.data === 'object' && error.data !== null && 'issues' in error.data ? error.data.issues : undefined
  const [first] = Array.isArray(issues) ? issues : []
  if (typeof first !== 'object' || first === null || !('message' in first)) return 'The input does not hold what this operation asks for.'
  const path = 'path' in first && Array.isArray(first.path) ? first.path.join('.') : ''
  return path === '' ? String(first.message) : `${path}: ${String(first.message)}`
}
