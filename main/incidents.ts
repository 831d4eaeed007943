import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { ORPCError } from '@orpc/contract'
import { errors, Failure } from '../preload/contract/errors.ts'

/** Writes one entry of the console's own log. */
export type Log = (entry: string) => void

const secrets = [
  /(postgres(?:ql)?:\/\/[^\s:@/]+:)[^\s@]+@/gi,
  /(password['"]?\s*[:=]\s*)('[^']*'|"[^"]*"|\S+)/gi,
  /(PASSWORD\s+)('(?:[^']|'')*')/g,
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
  const told = (error: unknown): unknown => {
    if (error instanceof ORPCError) {
      if (error.code in errors || error.code === 'NOT_FOUND') return error
      if (error.code === 'BAD_REQUEST') return new Failure('INVALID', invalidMessage(error))
    }
    if (error instanceof Error && error.name === 'AbortError') return new Failure('CANCELLED', 'Cancelled.')
    const incident = randomUUID().slice(0, 8)
    log(`incident ${incident}: ${redact(inspect(error, { depth: 4 }))}`)
    return new Failure('INTERNAL', `Basepair made an error that it did not expect. It is in its log as ${incident}.`, { incident })
  }

  async function* guarded(stream: AsyncIterable<unknown>): AsyncGenerator<unknown, void> {
    try {
      yield* stream
    } catch (error) {
      throw told(error)
    }
  }

  return {
    clientInterceptors: [
      async ({ next }: { next: () => Promise<unknown> }): Promise<unknown> => {
        try {
          const output = await next()
          return isStream(output) ? guarded(output) : output
        } catch (error) {
          throw told(error)
        }
      },
    ],
  }
}

const isStream = (value: unknown): value is AsyncIterable<unknown> => typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/** Names the first field that did not parse. The value itself is not repeated: it may be a secret. */
function invalidMessage(error: ORPCError<string, unknown>): string {
  const issues = typeof error.data === 'object' && error.data !== null && 'issues' in error.data ? error.data.issues : undefined
  const [first] = Array.isArray(issues) ? issues : []
  if (typeof first !== 'object' || first === null || !('message' in first)) return 'The input does not hold what this operation asks for.'
  const path = 'path' in first && Array.isArray(first.path) ? first.path.join('.') : ''
  return path === '' ? String(first.message) : `${path}: ${String(first.message)}`
}
