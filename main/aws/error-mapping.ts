import { type ErrorCode, type ErrorData, Failure } from '../../preload/contract/errors.ts'
import { isRead, NotAws } from './answer.ts'
import { CutOff } from './http-handler.ts'

/** What was being done, in whose name, when an error came. */
export interface About {
  /** `list the instances`. */
  readonly what: string
  /** The IAM prefix of the service: `rds`, `ec2`. */
  readonly service: string
  readonly region: string
  /** The name of the profile whose credentials were used. */
  readonly profile: string
  /** The profile as a sentence names it: `profile work`. */
  readonly spoken: string
  /** How it signs in, in words: `SSO`, `access keys`. */
  readonly kind: string
  /** What the configuration knows of the profile at all. */
  readonly known: boolean
  /** What to run in a terminal to sign in; null where no command does it. */
  readonly signIn: string | null
  /** Where the requests go: `AWS`, or the address of what stands for it. */
  readonly where: string
  /** The action that was sent last; empty while nothing was. */
  readonly action: string
  /** Whether the same keys were accepted in another region, and not yet in this one. */
  readonly worksElsewhere: boolean
  /** Texts that must not get out: the keys that were used. */
  readonly secrets: readonly string[]
}

/** Past this AWS' signatures are in danger: it refuses them at fifteen minutes. */
const mostSkewMs = 5 * 60_000

/** The codes of AWS' services for one thing; each service has words of its own for it. */
const expired = /^(ExpiredToken(Exception)?|TokenRefreshRequired|ExpiredIdentityToken|RequestExpired|UnauthorizedException)$/
const unknownKeys =
  /^(InvalidClientTokenId|UnrecognizedClient(Exception)?|SignatureDoesNotMatch|InvalidSignature(Exception)?|InvalidAccessKeyId|AuthFailure|IncompleteSignature(Exception)?|MissingAuthenticationToken(Exception)?|MissingAuthToken|NotAuthorized|InvalidIdentityToken|InvalidGrantException)$/
const clock = /^(RequestTimeTooSkewed|RequestInTheFuture)$/
const denied = /^(AccessDenied(Exception)?|UnauthorizedOperation|NotAuthorizedException|AuthorizationError|ForbiddenException)$/
const throttling =
  /^(Throttling(Exception)?|ThrottledException|RequestThrottled(Exception)?|RequestLimitExceeded|TooManyRequests(Exception)?|EC2ThrottledException|SlowDown|BandwidthLimitExceeded)$/
const notCarriedOut = /^(ServiceUnavailable(Exception)?|Unavailable)$/
const wrongState = /^(Invalid\w*State(Fault)?|Incorrect(Instance)?State)$/
const gone = /(\.|^\w+)NotFound(Fault|Exception)?$/
const inTheWay = /(AlreadyExists(Fault)?|Duplicate|InUse|OperationInProgress(Fault)?|DependencyViolation)$/
const invalid =
  /^(InvalidParameter\w*|Validation(Error|Exception)|InvalidInput(Exception)?|InvalidRequest(Exception)?|MissingParameter|MissingRequiredParameterException|UnknownParameter|InvalidSubnet|InvalidNextToken(Exception)?|\w+\.Malformed|StorageTypeNotSupported(Fault)?)$/

const unreachable = /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ENETDOWN|EHOSTDOWN|EADDRNOTAVAIL)$/
const lost = /^(ECONNRESET|EPIPE|ETIMEDOUT|ERR_STREAM_PREMATURE_CLOSE)$/
const certificate = /^(CERT_|ERR_TLS|ERR_SSL|EPROTO|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/

/** What the SDK throws, as far as it is looked at. Its hidden fields hold keys; nothing of it leaves this file but what is read here. */
interface Refusal {
  readonly code: string
  readonly message: string
  readonly status: number
  readonly request: string | null
  /** How far this machine's clock is ahead of AWS', by the answer's Date; 0 where it has none. */
  readonly skewMs: number
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function textOf(value: unknown, name: string): string | undefined {
  const found = field(value, name)
  return typeof found === 'string' && found !== '' ? found : undefined
}

/** An error that AWS answered with; null where the error is none of AWS'. */
function refusalOf(error: unknown): Refusal | null {
  if (error instanceof NotAws || error instanceof CutOff) return null
  const metadata = field(error, '$metadata')
  const status = field(metadata, 'httpStatusCode')
  // After a good status AWS has carried it out, and only its answer could not be read.
  if (typeof status !== 'number' || status < 400) return null
  // RDS' own code stands in Code, `InvalidDBInstanceState`, and the SDK's class in name, `InvalidDBInstanceStateFault`; EC2 has name alone.
  const said = textOf(error, 'Code') ?? textOf(field(error, 'Error'), 'Code') ?? textOf(error, 'name') ?? ''
  const code = said.replace(/^.*#/, '')
  const request = textOf(metadata, 'requestId') ?? textOf(error, 'RequestId') ?? textOf(error, 'RequestID')
  const date = Date.parse(textOf(field(field(error, '$response'), 'headers'), 'date') ?? '')
  return {
    code: /^[\w.:-]{1,100}$/.test(code) ? code : 'Unknown',
    message: textOf(error, 'message') ?? '',
    status,
    request: request !== undefined && /^[\w-]{1,100}$/.test(request) ? request : null,
    skewMs: Number.isNaN(date) ? 0 : Date.now() - date,
  }
}

/** Node tries several addresses of one name and reports them together. */
function nodeCode(error: unknown): string {
  const own = textOf(error, 'code')
  if (own !== undefined) return own
  return error instanceof AggregateError && error.errors.length > 0 ? nodeCode(error.errors[0]) : ''
}

/** The SDK's handler gave up before there was a connection: nothing was sent. */
const isUnconnected = (error: unknown) => error instanceof Error && error.name === 'TimeoutError' && nodeCode(error) === ''

const isLateSignature = ({ code, message }: Refusal) =>
  clock.test(code) ||
  (/^(InvalidSignature|SignatureDoesNotMatch|RequestExpired)/.test(code) && /Signature (expired|not yet)/i.test(message))

/** Whether AWS asks with this error to call less often. */
export function isThrottling(error: unknown): boolean {
  const refusal = refusalOf(error)
  return refusal !== null && (throttling.test(refusal.code) || refusal.status === 429)
}

/**
 * Whether the SDK may send it again. What surely was not carried out may always: throttled, refused for the clock, never connected, or a 503
 * that says so. What may have been (a connection lost before the answer, any other failure of a server) only where the action just looks:
 * a second StopDBInstance could meet an instance that someone has started in between.
 */
export function maySendAgain(error: unknown, action: string): boolean {
  const refusal = refusalOf(error)
  if (refusal !== null) {
    if (isThrottling(error) || isLateSignature(refusal)) return true
    return refusal.status >= 500 && (isRead(action) || (refusal.status === 503 && notCarriedOut.test(refusal.code)))
  }
  if (error instanceof NotAws) return isRead(action) && error.$metadata !== undefined
  if (isUnconnected(error) || unreachable.test(nodeCode(error))) return true
  return isRead(action) && lost.test(nodeCode(error))
}

/** What may be repeated of AWS' own words: no keys, no tokens, no control characters, and not without end. */
function clean(text: string, secrets: readonly string[]): string {
  const without = secrets.filter((secret) => secret !== '').reduce((said, secret) => said.replaceAll(secret, '…'), text)
  return without
    .replace(/\bA[A-Z]{3}[A-Z0-9]{12,}\b/g, '…')
    .replace(/[\w+/=-]{60,}/g, '…')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 500)
}

const sentence = (text: string) => (text === '' ? '' : ` AWS says: ${/[.!?…]$/.test(text) ? text : `${text}.`}`)
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
const could = (about: About) => `Basepair could not ${about.what}`
const changes = (about: About) => about.action !== '' && !isRead(about.action)
/** Stands after a failure that does not tell whether a change was made. */
const unsure = (about: About) => (changes(about) ? ' Whether it was carried out is not known: look before doing it again.' : '')

function withData(about: About, code: ErrorCode, message: string, data: ErrorData = {}): Failure {
  return new Failure(code, message, { profile: about.profile, ...data })
}

/** What to do about credentials that do not work. */
function howToSignIn({ signIn, kind }: About): string {
  if (signIn !== null) return `Run ${signIn} in a terminal, then look again.`
  if (kind === 'environment') return 'Set new ones and start Basepair again.'
  if (kind === 'practice') return 'Renew them in the practice panel.'
  if (kind === 'process') return 'See what its credential_process says when it is run in a terminal.'
  return 'Renew them where this machine gets them from, then look again.'
}

function credentialsFailure(about: About, said: string, data: ErrorData = {}): Failure {
  const command = about.signIn === null ? {} : { command: about.signIn }
  return withData(about, 'CREDENTIALS', `${said} ${howToSignIn(about)}`, { ...data, ...command })
}

/** The SDK's providers found no credentials, or none that hold. Trouble on the wire is told as what it is. */
export function describeCredentialsError(error: unknown, trouble: unknown, about: About): Failure {
  if (error instanceof Failure) return error
  if (refusalOf(error) !== null) return describeAwsError(error, about)
  const wire = trouble !== undefined && refusalOf(trouble) === null ? describeWireError(trouble, about) : null
  if (wire !== null) return wire
  const so = `, so ${could(about)}.`
  const data: ErrorData = { source: { vendor: 'aws', code: 'CredentialsProviderError' } }
  if (!about.known) {
    const none =
      about.profile === 'default' ? 'There are no AWS credentials on this machine' : `There is no ${about.spoken} in the AWS configuration`
    return credentialsFailure(about, `${none}${so}`, data)
  }
  if (about.kind === 'SSO' || about.kind === 'login')
    return credentialsFailure(about, `The sign-in of ${about.spoken} has ended${so}`, data)
  return credentialsFailure(about, `${capital(about.spoken)} has no credentials that can be used${so}`, data)
}

/** How far a call had come when its time was up. */
interface Late {
  readonly stage: 'credentials' | 'turn' | 'sent'
  /** What its latest attempt had failed with; undefined where none had. */
  readonly last: unknown
  readonly budget: { readonly slowed: boolean }
}

/** The call's time was up. */
export function describeLate(about: About, { stage, last, budget }: Late, limitMs: number): Failure {
  const within = `within ${Math.max(1, Math.round(limitMs / 1000))} s`
  if (last !== undefined && (isThrottling(last) || refusalOf(last) === null)) return describeAwsError(last, about)
  if (stage === 'credentials')
    return withData(about, 'TIMEOUT', `${capital(about.spoken)} gave no credentials ${within}, so ${could(about)}.`)
  if (stage === 'turn' && budget.slowed) return sayThrottled(about)
  if (stage === 'turn')
    return withData(about, 'THROTTLED', `${could(about)} ${within}: too many calls of ${about.spoken} wait in line. Look again.`)
  return withData(
    about,
    'TIMEOUT',
    `${capital(about.where)} did not answer ${within}, so ${could(about)}.${unsure(about) || ' Look again.'}`,
  )
}

/** The user's own cancelling, or the end of the console. */
export function describeCancelled(about: About): Failure {
  return withData(about, 'CANCELLED', `Cancelled.${unsure(about)}`)
}

function sayThrottled(about: About, data: ErrorData = {}): Failure {
  const asks = `AWS asks the account of ${about.spoken} to call less often`
  return withData(about, 'THROTTLED', `${asks}, so ${could(about)}. Basepair slows down by itself; look again in half a minute.`, data)
}

/** What Node or our own checks of the answer report; null where it is something else. */
function describeWireError(error: unknown, about: About): Failure | null {
  if (error instanceof NotAws) {
    const advice = error.damaged
      ? 'Look again.'
      : 'Is there a sign-in page or a proxy between this machine and AWS? Open any page in a browser, then look again.'
    const known = error.damaged ? unsure(about) : ''
    return withData(
      about,
      'NOT_AWS',
      `${could(about)}: what answered for ${about.where} is not AWS, it sent ${error.seen}.${known} ${advice}`,
    )
  }
  if (error instanceof CutOff) {
    return withData(about, 'NOT_AWS', `${could(about)}: the answer of ${about.where} was cut off on its way.${unsure(about)} Look again.`)
  }
  const code = nodeCode(error)
  const source: ErrorData = code === '' ? {} : { source: { vendor: 'node', code } }
  if (isUnconnected(error)) {
    return withData(
      about,
      'UNREACHABLE',
      `${could(about)}: ${about.where} cannot be reached. Is this machine online, and does a firewall let it through?`,
    )
  }
  if (unreachable.test(code)) {
    const why = code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'its name is not found' : 'nothing answers there'
    return withData(about, 'UNREACHABLE', `${could(about)}: ${about.where} cannot be reached, ${why}. Is this machine online?`, source)
  }
  if (lost.test(code)) {
    if (changes(about))
      return withData(about, 'LOST', `The connection to ${about.where} was lost while asking to ${about.what}.${unsure(about)}`, source)
    return withData(about, 'UNREACHABLE', `${could(about)}: ${about.where} closed the connection without an answer. Look again.`, source)
  }
  if (certificate.test(code)) {
    const why = "Is there a sign-in page or a proxy between this machine and AWS, or is this machine's clock wrong?"
    return withData(about, 'NOT_AWS', `${could(about)}: what answered for ${about.where} cannot prove that it is AWS. ${why}`, source)
  }
  return null
}

/** How far off a clock is, in words: `62 minutes ahead`. */
function sayOffset(aheadMs: number): string {
  const minutes = Math.round(Math.abs(aheadMs) / 60_000)
  return `${minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`} ${aheadMs > 0 ? 'ahead' : 'behind'}`
}

/** The clock's error as a failure, where it is past what signatures bear; `aheadMs` is how far it is ahead of AWS'. */
export function describeClock(about: About, aheadMs: number, data: ErrorData = {}): Failure {
  const off = Math.abs(aheadMs) > mostSkewMs ? `is ${sayOffset(aheadMs)}` : "differs from AWS' by more than fifteen minutes"
  return withData(
    about,
    'CLOCK',
    `This machine's clock ${off}, so AWS does not accept its signatures and ${could(about)}. Set the clock.`,
    data,
  )
}

/** Whether the clock is so wrong that what it signs is refused. */
export const isClockWrong = (aheadMs: number): boolean => Math.abs(aheadMs) > mostSkewMs

function describeDenied(refusal: Refusal, about: About, data: ErrorData): Failure {
  const named = /not authorized to perform:? ?([a-z0-9-]+:[A-Za-z*]+)/.exec(refusal.message)?.[1]
  const permission = named ?? (about.action === '' ? null : `${about.service}:${about.action}`)
  const lacks = permission === null ? 'it lacks a permission' : `it lacks the permission ${permission}`
  const deny = /explicit deny/i.test(refusal.message) ? ', which a policy denies explicitly' : ''
  return withData(
    about,
    'FORBIDDEN',
    `${could(about)}: ${about.spoken} may not, ${lacks}${deny}. Who manages the AWS account can grant it.`,
    data,
  )
}

/** Turns what the SDK, Node or our own checks report into a failure of the contract. One that is a failure already stays as it is. */
export function describeAwsError(error: unknown, about: About): Failure {
  if (error instanceof Failure) return error
  const refusal = refusalOf(error)
  if (refusal === null) {
    const wire = describeWireError(error, about)
    if (wire !== null) return wire
    // A defect, of the SDK or of this console; its own text may hold keys.
    const name = error instanceof Error && /^\w{1,60}$/.test(error.name) ? error.name : 'Error'
    return withData(about, 'AWS', `${could(about)}: the request or its answer could not be understood (${name}).${unsure(about)}`)
  }
  const { code, skewMs } = refusal
  const skewed = isClockWrong(skewMs)
  const words = clean(refusal.message, about.secrets)
  const data: ErrorData = {
    source: { vendor: 'aws', code },
    ...(refusal.request === null ? {} : { request: refusal.request }),
    ...(skewed ? { hint: `This machine's clock is ${sayOffset(skewMs)} of AWS'.` } : {}),
  }
  if (isThrottling(error)) return sayThrottled(about, data)
  if (isLateSignature(refusal) || (skewed && (unknownKeys.test(code) || expired.test(code)))) return describeClock(about, skewMs, data)
  const so = `, so ${could(about)}.`
  if (expired.test(code)) return credentialsFailure(about, `The credentials of ${about.spoken} have expired${so}`, data)
  if (unknownKeys.test(code)) {
    if (about.worksElsewhere) {
      const region = `${could(about)}: AWS accepts ${about.spoken} elsewhere, but not in ${about.region}.`
      return withData(about, 'FORBIDDEN', `${region} The account has probably not enabled this region.`, data)
    }
    return credentialsFailure(about, `AWS does not accept the credentials of ${about.spoken}${so}`, data)
  }
  if (denied.test(code)) return describeDenied(refusal, about, data)
  if (wrongState.test(code)) return withData(about, 'WRONG_STATE', `${could(about)} in its present state.${sentence(words)}`, data)
  if (gone.test(code)) return withData(about, 'GONE', `${could(about)}: AWS does not find it (any more).${sentence(words)}`, data)
  if (inTheWay.test(code)) return withData(about, 'BUSY', `${could(about)}: something is in the way.${sentence(words)}`, data)
  if (invalid.test(code)) return withData(about, 'INVALID', `AWS refused to ${about.what}.${sentence(words)}`, data)
  if (refusal.status >= 500) {
    const status = code === 'Unknown' ? `status ${refusal.status}` : `${code}, status ${refusal.status}`
    return withData(
      about,
      'AWS',
      `${could(about)}: ${about.where} has a failure of its own (${status}).${unsure(about)} Look again in a moment.`,
      data,
    )
  }
  return withData(about, 'AWS', `AWS refused to ${about.what} (${code}).${sentence(words)}`, data)
}
