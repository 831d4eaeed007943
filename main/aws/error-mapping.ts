import { type ErrorCode, type ErrorData, Failure } from '../../preload/contract/errors.ts'
import { isRead, NotAws } from './answer.ts'
import { CutOff } from './http-handler.ts'

/** What was being done, in whose name, when an error came. */
export interface About {
  /** `list the instances`. */
  readonly what: string
  /** The profile as a sentence names it: `profile work`. */
  readonly spoken: string
  readonly profile: string
  /** `SSO`, `access keys`. */
  readonly kind: string
  /** What to run in a terminal to sign in; null where no command does it. */
  readonly signIn: string | null
  /** Where the requests go: `Amazon`, or the address of what stands for it. */
  readonly where: string
  /** The action that was sent last; empty while nothing was. */
  readonly action: string
  /** Texts that must not get out: the keys that were used. */
  readonly secrets: readonly string[]
}

/** Past this AWS' signatures are in danger: it refuses them at fifteen minutes. */
export const mostSkewMs = 5 * 60_000

const expired = ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired', 'ExpiredIdentityToken']
const unknownKeys = [
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'InvalidAccessKeyId',
  'AuthFailure',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'NotAuthorized',
]
const clock = ['RequestTimeTooSkewed', 'RequestInTheFuture']
const denied = [
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'OptInRequired',
  'NotAuthorizedException',
  'AuthorizationError',
]
const throttling = [
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'EC2ThrottledException',
  'SlowDown',
  'BandwidthLimitExceeded',
]
const notCarriedOut = ['ServiceUnavailable', 'ServiceUnavailableException', 'Unavailable']
const unreachable = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN', 'ETIMEDOUT', 'EADDRNOTAVAIL']
const lost = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']

/** What the SDK throws, as far as it is looked at. Its hidden fields hold keys and never leave this file. */
interface Vendor {
  readonly code: string
  readonly message: string
  readonly status: number | null
  readonly request: string | null
  readonly skewMs: number
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
const textField = (value: unknown, name: string) => {
  const found = field(value, name)
  return typeof found === 'string' && found !== '' ? found : undefined
}

function vendorOf(error: unknown): Vendor | null {
  const metadata = field(error, '$metadata')
  const status = field(metadata, 'httpStatusCode')
  if (typeof status !== 'number') return null
  const name = textField(error, 'name') ?? 'Unknown'
  const code = textField(error, 'Code') ?? textField(field(error, 'Error'), 'Code') ?? name.replace(/^.*#/, '')
  const date = Date.parse(textField(field(field(error, '$response'), 'headers'), 'date') ?? '')
  return {
    code: /^[\w.:-]{1,100}$/.test(code) ? code : 'Unknown',
    message: textField(error, 'message') ?? '',
    status,
    request: textField(metadata, 'requestId') ?? textField(error, 'RequestId') ?? null,
    skewMs: Number.isNaN(date) ? 0 : Date.now() - date,
  }
}

const nodeCode = (error: unknown): string | null =>
  textField(error, 'code') ?? (error instanceof AggregateError ? nodeCode(error.errors[0]) : null)

/** Whether the SDK may send it again: what AWS has surely not carried out always, what is not known to be only where it just looks. */
export function maySendAgain(error: unknown, action: string): boolean {
  const vendor = vendorOf(error)
  if (vendor !== null) {
    if (isThrottling(error) || clock.includes(vendor.code) || isLateSignature(vendor)) return true
    if (vendor.status === null || vendor.status < 500) return false
    return isRead(action) || (vendor.status === 503 && notCarriedOut.includes(vendor.code))
  }
  if (error instanceof NotAws) return false
  if (textField(error, 'name') === 'TimeoutError' && !lost.includes(nodeCode(error) ?? '')) return true
  if (unreachable.includes(nodeCode(error) ?? '')) return nodeCode(error) !== 'ETIMEDOUT' || isRead(action)
  return isRead(action) && lost.includes(nodeCode(error) ?? '')
}

export function isThrottling(error: unknown): boolean {
  const vendor = vendorOf(error)
  return vendor !== null && (throttling.includes(vendor.code) || vendor.status === 429)
}

const isLateSignature = ({ code, message }: Vendor) =>
  /^(InvalidSignatureException|SignatureDoesNotMatch|RequestExpired)$/.test(code) && /Signature (expired|not yet current)/i.test(message)

/** What a sentence may repeat of AWS' own words: no keys, no tokens, no control characters, and not without end. */
function clean(text: string, secrets: readonly string[]): string {
  const without = secrets.filter((one) => one.length > 3).reduce((said, secret) => said.replaceAll(secret, '…'), text)
  return without
    .replace(/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b/g, '…')
    .replace(/[\w+/=-]{60,}/g, '…')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 500)
}

export function describeMissing(error: unknown, about: About): Failure {
  return new Failure('CREDENTIALS', `${about.spoken} ${String(field(error, 'name'))}`)
}

/** Turns what the SDK, Node or our own checks report into a failure of the contract. A failure stays as it is. */
export function describeAwsError(error: unknown, about: About): Failure {
  if (error instanceof Failure) return error
  const data: ErrorData = { profile: about.profile }
  const fail = (code: ErrorCode, message: string, more: ErrorData = {}) => new Failure(code, message, { ...data, ...more })
  if (error instanceof NotAws) return fail('NOT_AWS', `Could not ${about.what}: ${about.where} answered with ${error.seen}.`)
  if (error instanceof CutOff) return fail('NOT_AWS', `Could not ${about.what}: the answer was cut off.`)
  const vendor = vendorOf(error)
  if (vendor === null) {
    const code = nodeCode(error)
    return fail('UNREACHABLE', `Could not ${about.what}: AWS cannot be reached.`, code === null ? {} : { source: { vendor: 'node', code } })
  }
  const source = { source: { vendor: 'aws', code: vendor.code } as const, ...(vendor.request === null ? {} : { request: vendor.request }) }
  const detail = clean(vendor.message, about.secrets)
  if (expired.includes(vendor.code) || unknownKeys.includes(vendor.code)) return fail('CREDENTIALS', `Sign in again.`, source)
  if (denied.includes(vendor.code)) return fail('FORBIDDEN', `Not allowed: ${detail}`, source)
  return fail('AWS', `AWS refused to ${about.what}: ${detail}`, source)
}
