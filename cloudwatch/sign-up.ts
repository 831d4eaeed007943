import type { Invocation, Outcome, SeenFailure } from './invocation.ts'

/** Who signs up, as far as the lines of an invocation tell: Cognito's user attributes. */
export interface Person {
  /** Cognito's `sub`. */
  readonly sub: string | null
  readonly email: string | null
  readonly name: string | null
  /** Cognito's `preferred_username`. */
  readonly handle: string | null
}

/** `password_reset`: Cognito calls the same trigger after ConfirmForgotPassword. */
export type Trigger = 'sign_up' | 'password_reset' | 'unknown'

/** The attempts of Cognito at one confirmation, joined: it calls up to three times, and waits five seconds for each answer. */
export interface SignUpTrace {
  /** The sub, else the e-mail, with when the first attempt began; else the invocation's key. */
  readonly key: string
  readonly person: Person
  readonly trigger: Trigger
  /** In order of time; at least one. */
  readonly attempts: readonly Invocation[]
  /** Of the attempt that went furthest: `ok` where one succeeded. */
  readonly outcome: Outcome
  /** Why there may be no row, where a line tells. */
  readonly failure: SeenFailure | null
}
