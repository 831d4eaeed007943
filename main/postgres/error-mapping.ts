import type { ErrorCode, ErrorData, Mend } from '../../preload/contract/errors.ts'
import type { Target } from './driver.ts'
import { DriverError } from './driver-error.ts'
import type { Described } from './wire.ts'

/** What was being done to whom when an error came. */
export interface About {
  readonly target: Target
  /** `connecting` until the server has said that it is ready. */
  readonly phase: 'connecting' | 'working'
}

interface Said {
  readonly code: ErrorCode
  readonly message: string
  readonly mend?: Mend
}

interface PostgresError {
  readonly code: string
  readonly message: string
  readonly detail?: string
  readonly hint?: string
  readonly position?: string
}

const settings: Mend = 'open_settings'
/** The driver's own time limit ran out before the system's. */
const noAnswer = { vendor: 'node', code: 'ETIMEDOUT' } as const

/** Turns what pg, Node, OpenSSL or the driver report into a failure of the contract; an unknown error stays as it is. */
export function describeError(error: unknown, about: About): Described {
  if (error instanceof DriverError) return describeDriverError(error, about)
  if (isPostgresError(error)) return describePostgresError(error, about)
  const code = errorCode(error)
  const said = code === null ? null : sayNode(code, about)
  if (said !== null && code !== null) return withData(said, { source: { vendor: 'node', code } })
  const message = error instanceof Error ? error.message : String(error)
  if (isNotProtocol(error, message)) return withData(sayLost(about), { detail: 'The bytes received are not valid.' })
  if (isEndOfConnection(message)) return withData(sayLost(about), {})
  if (/^SASL/.test(message)) return withData(saySasl(message, about), {})
  return { code: null, message, stack: error instanceof Error ? error.stack : undefined }
}

const place = ({ target }: About) => (target.host.startsWith('/') ? target.host : `${target.host}:${target.port}`)
const who = (about: About) => `${about.target.user} at ${place(about)}`

function withData(said: Said, data: ErrorData): Described {
  const whole = said.mend === undefined ? data : { ...data, mend: said.mend }
  return { code: said.code, message: said.message, data: Object.keys(whole).length === 0 ? undefined : whole }
}

function isPostgresError(error: unknown): error is PostgresError {
  return error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string' && error.code.length === 5
}

/** Node tries several addresses of one name and reports them together. */
function errorCode(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if ('code' in error && typeof error.code === 'string') return error.code
  return error instanceof AggregateError ? errorCode(error.errors[0]) : null
}

/** What pg makes of bytes that are not Postgres' protocol: an error of the server without a code, or a message out of turn. */
function isNotProtocol(error: unknown, message: string): boolean {
  return (error instanceof Error && 'severity' in error) || /^(received invalid response|Received unexpected )/.test(message)
}

function isEndOfConnection(message: string): boolean {
  return /^(Connection terminated|Client was closed|Client has encountered a connection error|Cannot use a pool after)/.test(message)
}

function sayLost(about: About): Said {
  if (about.phase === 'connecting') {
    return {
      code: 'UNREACHABLE',
      message: `${place(about)} closed the connection before the sign-in was complete. The server may be starting or stopping, or something else listens there.`,
    }
  }
  return {
    code: 'LOST',
    message: `The connection to ${about.target.database} at ${place(about)} was lost. What was under way may or may not have been done; look before doing it again.`,
  }
}

function sayNode(code: string, about: About): Said | null {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return {
        code: 'UNREACHABLE',
        message: `No address is known for ${about.target.host}. Check the host name; an instance that was deleted or is still being created has none.`,
        mend: settings,
      }
    case 'ECONNREFUSED':
      return { code: 'UNREACHABLE', message: `Nothing listens on ${place(about)}. Start the server, or check the port.`, mend: settings }
    case 'ENOENT':
      return {
        code: 'UNREACHABLE',
        message: `There is no socket in ${place(about)}. Start the server, or check the folder.`,
        mend: settings,
      }
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return about.phase === 'working' ? sayLost(about) : saySilence(about)
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
    case 'ERR_STREAM_DESTROYED':
    case 'ERR_STREAM_WRITE_AFTER_END':
      return sayLost(about)
    default:
      return null
  }
}

function saySilence(about: About): Said {
  return {
    code: 'UNREACHABLE',
    message: `${place(about)} does not answer. A stopped instance, a security group without this address, an instance that is not public, or a missing VPN looks like this.`,
    mend: settings,
  }
}

function saySasl(message: string, about: About): Said {
  return { code: 'SIGN_IN', message: `${place(about)} and the console could not agree on a sign-in: ${message}` }
}

function describeDriverError(error: DriverError, about: About): Described {
  switch (error.kind) {
    case 'connect timeout':
      return withData(saySilence(about), { source: noAnswer })
    case 'sign-in timeout':
      return withData(
        {
          code: 'UNREACHABLE',
          message: `${place(about)} took the connection but did not answer as Postgres does. The server may be overloaded, or something else listens there.`,
        },
        { source: noAnswer },
      )
    case 'not Postgres':
      return withData(
        { code: 'UNREACHABLE', message: `What answers at ${place(about)} is not Postgres. Check host and port.`, mend: settings },
        {},
      )
    case 'TLS refused':
      return withData(
        {
          code: 'TLS',
          message: `${place(about)} offers no TLS, and this environment asks for it. Nothing was sent. Turn TLS on at the server, or off in the settings.`,
          mend: settings,
        },
        {},
      )
    case 'TLS handshake':
      return describeTls(error.cause, about)
    case 'clear-text password':
      return withData(
        {
          code: 'TLS',
          message: `${place(about)} asked for the password in a way that would give it away, without verified TLS. Nothing was sent. Turn on TLS with a CA, or SCRAM at the server.`,
          mend: settings,
        },
        {},
      )
    case 'no password':
      return withData(
        { code: 'SIGN_IN', message: `${who(about)} needs a password, and none is known. Enter it.`, mend: 'enter_password' },
        {},
      )
    case 'ended':
    case 'protocol':
      return withData(sayLost(about), error.kind === 'protocol' ? { detail: error.message } : {})
    case 'pool full':
      return withData({ code: 'BUSY', message: error.message, mend: 'free_sessions' }, {})
    case 'too large':
      return withData(
        {
          code: 'INVALID',
          message: `${error.message} is more than the console takes. Select a part of the value, as left(column, 1000) or substring(column, from, length).`,
        },
        {},
      )
    case 'unsendable':
      return withData({ code: 'INVALID', message: error.message }, {})
    case 'connection in use':
    case 'open transaction':
      return withData({ code: 'BUSY', message: error.message }, {})
    case 'copy refused':
      return withData({ code: 'INVALID', message: `${error.message}: this form of COPY needs a client that carries the data.` }, {})
    case 'cancelled':
      return withData({ code: 'CANCELLED', message: error.message }, {})
    case 'timeout':
      return withData({ code: 'TIMEOUT', message: error.message }, {})
    default:
      return error.kind satisfies never
  }
}

function describeTls(cause: unknown, about: About): Described {
  const code = errorCode(cause)
  const text = cause instanceof Error ? cause.message : String(cause)
  const name = about.target.tls?.servername ?? about.target.host
  const data: ErrorData = { detail: text, ...(code === null ? {} : { source: { vendor: 'node', code } }) }
  const fail = (message: string) => withData({ code: 'TLS', message: `${message} Nothing was sent.`, mend: settings }, data)
  const authority = about.target.tls?.authority ?? 'a CA that the settings name'
  switch (code) {
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_SIGNATURE_FAILURE':
    case 'INVALID_CA':
      return fail(
        `The certificate of ${place(about)} is not signed by ${authority}. Name the file with its CA in the settings; for RDS this is the bundle of the region.`,
      )
    case 'CERT_HAS_EXPIRED':
      return fail(
        `The certificate of ${place(about)}, or the CA that signed it, has ended. Renew it at the server, or check this machine's clock.`,
      )
    case 'CERT_NOT_YET_VALID':
      return fail(
        `The certificate of ${place(about)}, or the CA that signed it, is not valid yet. Check the clocks of the server and of this machine.`,
      )
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return fail(
        `The certificate of ${place(about)} is not for ${name}. Connect by the server's own name, or set the name in the settings.`,
      )
    case 'COMMON_NAME_ONLY':
      return fail(
        `The certificate of ${place(about)} holds its name as common name only, which does not count. Renew it with ${name} as subject alternative name.`,
      )
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
    case 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return fail(`${place(about)} speaks no TLS of version 1.2 or newer. Update the server.`)
    default:
      return fail(
        code === null || code === 'ECONNRESET'
          ? `${place(about)} closed the connection in the middle of the TLS handshake.`
          : `TLS with ${place(about)} failed.`,
      )
  }
}

function describePostgresError(error: PostgresError, about: About): Described {
  const unverified = about.phase === 'connecting' && about.target.tls?.verify === false
  const said = about.phase === 'connecting' ? saySignIn(error, about) : sayStatement(error, about)
  const position = Number(error.position)
  return withData(unverified ? { ...said, message: `${said.message} (Said by a server whose certificate was not verified.)` } : said, {
    source: { vendor: 'postgres', code: error.code },
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(Number.isInteger(position) && position > 0 ? { position } : {}),
  })
}

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`)

function sayNoDatabase(about: About): Said {
  return {
    code: 'NO_DATABASE',
    message: `There is no database ${about.target.database} at ${place(about)}. Create it, or check the name.`,
    mend: 'create_database',
  }
}

function sayTooMany(about: About): Said {
  return {
    code: 'BUSY',
    message: `${place(about)} has no connection left for ${about.target.user}. End sessions that are not needed.`,
    mend: 'free_sessions',
  }
}

/** RDS checks IAM tokens by PAM, and takes nothing else from a role with rds_iam. */
function sayPam(about: About): Said {
  const { user, host } = about.target
  const partition = host.endsWith('.cn') ? 'aws-cn' : 'aws'
  return {
    code: 'SIGN_IN',
    message:
      `${place(about)} does not take the IAM token of ${user}, or ${user} has rds_iam and came with a password. The role needs GRANT rds_iam TO ${user}, ` +
      `and the profile a policy with rds-db:connect on arn:${partition}:rds-db:REGION:ACCOUNT:dbuser:RESOURCE/${user}, the name in this very case.`,
    mend: settings,
  }
}

function saySignIn(error: PostgresError, about: About): Said {
  switch (error.code) {
    case '28P01':
      // Postgres has 28000 for it; services in front of it answer either.
      if (/PAM/.test(error.message)) return sayPam(about)
      return {
        code: 'SIGN_IN',
        message: `${place(about)} refuses the password of ${about.target.user}. Enter it again.`,
        mend: 'enter_password',
      }
    case '28000':
      if (/no encryption|SSL off/.test(error.message)) {
        return {
          code: 'TLS',
          message: `${place(about)} lets ${about.target.user} in only over TLS. Turn it on in the settings.`,
          mend: settings,
        }
      }
      if (/PAM/.test(error.message)) return sayPam(about)
      return {
        code: 'SIGN_IN',
        message: `${place(about)} does not let ${about.target.user} in: ${sentence(error.message)}`,
        mend: settings,
      }
    case '3D000':
      return sayNoDatabase(about)
    case '42501':
      return {
        code: 'FORBIDDEN',
        message: `${about.target.user} may not connect to ${about.target.database} at ${place(about)}: ${sentence(error.message)}`,
      }
    case '53300':
      return sayTooMany(about)
    case '55000':
      return { code: 'BUSY', message: `${about.target.database} at ${place(about)} takes no connections now: ${sentence(error.message)}` }
    case '57P03':
    case '57P01':
      return { code: 'UNREACHABLE', message: `${place(about)} is not ready: ${sentence(error.message)} Try again in a moment.` }
    default:
      return { code: 'UNREACHABLE', message: `${place(about)} ended the sign-in of ${about.target.user}: ${sentence(error.message)}` }
  }
}

function sayStatement(error: PostgresError, about: About): Said {
  const text = sentence(error.message)
  switch (error.code) {
    case '42P01':
      return {
        code: 'SQL',
        message: `${text} If the schema is not loaded into ${about.target.database} yet, load it.`,
        mend: 'load_schema',
      }
    case '42501':
      return { code: 'FORBIDDEN', message: `${text} ${about.target.user} lacks the privilege.` }
    case '25006':
      return {
        code: 'LOCKED',
        message: `${text} ${about.target.environment} is read-only here; unlock it to make changes.`,
        mend: 'unlock',
      }
    case '3D000':
      return sayNoDatabase(about)
    case '53300':
      return sayTooMany(about)
    case '55006':
      return { code: 'BUSY', message: text, mend: 'free_sessions' }
    case '55P03':
      return { code: 'BUSY', message: `${text} Another session holds the lock.`, mend: 'free_sessions' }
    case '57014':
      if (/timeout/.test(error.message)) return { code: 'TIMEOUT', message: `${text} The time limit is the server's.` }
      return { code: 'CANCELLED', message: `${text} It was cancelled at the server, not here.` }
    case '57P01':
    case '57P02':
    case '57P05':
    case '25P03':
    case '25P04':
      return { code: 'LOST', message: `The server ended the connection to ${about.target.database} at ${place(about)}: ${text}` }
    default:
      return { code: 'SQL', message: error.message }
  }
}
