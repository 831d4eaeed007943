import { AsyncLocalStorage } from 'node:async_hooks'
import { requireContent } from './answer.ts'
import type { Budget } from './budget.ts'
import { isThrottling, maySendAgain } from './error-mapping.ts'

/** One call while it is under way. */
export interface UnderWay {
  readonly budget: Budget
  /** Ends the waiting for it. */
  readonly ends: AbortSignal
  /** The action sent last; empty until then. */
  action: string
  /** How far it has come. */
  stage: 'credentials' | 'turn' | 'sent'
  /** What the last attempt failed with; undefined before that. */
  last: unknown
}

/** Knows which call an SDK middleware runs for: the SDK hands nothing of ours down to it. */
export const underWay = new AsyncLocalStorage<UnderWay>()

/** Ends the SDK's retries: it sends again whatever it thinks may pass, an ambiguous change too. Carries the error on. */
export class Final extends Error {
  readonly error: unknown
  constructor(error: unknown) {
    super('Not sent again.')
    this.error = error
  }
}

interface Stack {
  add(middleware: (next: Next, context: { readonly commandName?: string }) => Next, options: object): void
}
// The SDK's types of a middleware depend on each client's inputs and outputs; this one looks at neither.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Next = (args: any) => Promise<any>

/** Looks at each attempt of a client's calls: tells the budget of throttling, and lets the SDK try again only what may be sent twice. */
export function watchAttempts(stack: unknown): void {
  // Every client's stack takes a middleware of any types; its own type names those of its inputs.
  const { add } = stack as Stack
  add(
    (next, context) => async (args) => {
      const call = underWay.getStore()
      const action = (context.commandName ?? '').replace(/Command$/, '')
      if (call !== undefined) call.action = action
      try {
        const result = await next(args)
        requireContent(action, result.output)
        return result
      } catch (error) {
        if (call !== undefined && !call.ends.aborted) call.last = error
        if (isThrottling(error)) call?.budget.slow()
        throw maySendAgain(error, action) ? error : new Final(error)
      }
    },
    // Within the SDK's retries and signing, around its reading of the answer.
    { name: 'basepairAttempts', step: 'finalizeRequest', priority: 'low', override: true },
  )
}
