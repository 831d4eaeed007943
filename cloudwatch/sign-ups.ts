import type { Invocation } from './invocation.ts'
import type { Person, SignUpTrace } from './sign-up.ts'

/** Whom an invocation of the post-confirmation function is about, as its lines tell. */
export function personOf(invocation: Invocation): Person {
  throw new Error(`not written yet ${invocation.key}`)
}

/** Joins the attempts of each confirmation, oldest first. `invocations` are of any streams, in any order. */
export function traceSignUps(invocations: readonly Invocation[]): SignUpTrace[] {
  throw new Error(`not written yet ${invocations.length}`)
}
