import type { PracticeFunction, PracticeState, PracticeUser } from '../../preload/contract/practice.ts'

export interface SignUpsChange {
  readonly function?: { readonly [Name in keyof PracticeFunction]?: PracticeFunction[Name] | undefined } | undefined
  readonly perMinute?: number | undefined
  readonly lateIngestion?: boolean | undefined
}

/** The practice user pool with its post-confirmation function, as the panel sees them. */
export interface SignUps {
  state(): PracticeState['signUps']
  change(change: SignUpsChange): Promise<void>
  /** Fails with INVALID in Cognito's words, as for an e-mail that is taken. */
  signUp(user: { readonly name: string; readonly email: string; readonly handle: string; readonly confirm: boolean }): Promise<PracticeUser>
  /** Fails with GONE, and with WRONG_STATE where the user is CONFIRMED. */
  confirm(sub: string): Promise<PracticeUser>
  /** Fails with GONE, and with WRONG_STATE where the user is not CONFIRMED. */
  resetPassword(sub: string): Promise<PracticeUser>
  removeUser(sub: string): Promise<void>
  onChange(listener: () => void): () => void
  close(): Promise<void>
}
