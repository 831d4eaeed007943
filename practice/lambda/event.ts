/** Why Cognito calls the trigger. */
export type TriggerSource = 'PostConfirmation_ConfirmSignUp' | 'PostConfirmation_ConfirmForgotPassword'

/** What Cognito hands to the post-confirmation function. */
export interface TriggerEvent {
  readonly version: '1'
  readonly region: string
  readonly userPoolId: string
  readonly userName: string
  readonly triggerSource: TriggerSource
  readonly request: { readonly userAttributes: UserAttributes }
}

/** In the order in which Cognito tells them. */
export interface UserAttributes {
  readonly sub: string
  readonly email_verified: 'true'
  readonly 'cognito:user_status': 'CONFIRMED'
  readonly name: string
  readonly preferred_username: string
  readonly email: string
}

/** What Lambda answers to who called. */
export type Answer =
  | { readonly state: 'answered' }
  /** The function failed; `message` is the `errorMessage` of what it answered. */
  | { readonly state: 'failed'; readonly type: string; readonly message: string }
  | { readonly state: 'timed out'; readonly message: string }
