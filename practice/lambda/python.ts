import { DatabaseError } from 'pg'
import type { PracticeFunction } from '../../preload/contract/practice.ts'
import { ConnectFailure, type Connection, Frozen, NameNotFound, privateAddress } from './database.ts'
import { libpqMessage } from './libpq-message.ts'
import { pythonDict, pythonJson } from './python-text.ts'
import { connectFor, type Handler, type Run, type Uncaught, whileAlive } from './run.ts'
import { builtByHand, insertText, insertValues } from './statement.ts'

/** An exception as Python's runtime sees it: its class, its text, and where in the code it was. */
class PythonError extends Error {
  readonly type: string
  readonly trace: readonly string[]
  constructor(type: string, message: string, place: { readonly line: number; readonly code: string }) {
    super(message)
    this.type = type
    this.trace = [`  File "/var/task/lambda_function.py", line ${place.line}, in lambda_handler\n    ${place.code}\n`]
  }
}

/** Where the statements stand in the function's file. */
const places = {
  cursor: { line: 20, code: 'cur = conn.cursor()' },
  connect: { line: 36, code: "conn = psycopg2.connect(os.getenv('CONNECTION_URL'))" },
  execute: { line: 38, code: 'cur.execute(sql, parameters)' },
  finally: { line: 45, code: 'if conn is not None:' },
} as const

const unbound = "cannot access local variable 'conn' where it is not associated with a value"

/** psycopg2.errors: the class of each SQLSTATE that an insert may meet. */
const classes: Readonly<Record<string, string>> = {
  '22001': 'StringDataRightTruncation',
  '22021': 'CharacterNotInRepertoire',
  '23502': 'NotNullViolation',
  '23503': 'ForeignKeyViolation',
  '23505': 'UniqueViolation',
  '23514': 'CheckViolation',
  '25006': 'ReadOnlySqlTransaction',
  '25P02': 'InFailedSqlTransaction',
  '42501': 'InsufficientPrivilege',
  '42601': 'SyntaxError',
  '42703': 'UndefinedColumn',
  '42804': 'DatatypeMismatch',
  '42P01': 'UndefinedTable',
  '53100': 'DiskFull',
  '55P03': 'LockNotAvailable',
  '57014': 'QueryCanceled',
  '57P01': 'AdminShutdown',
}

/** The journals' function, in Lambda's Python: what it prints, and what its runtime writes of what it raises. awslambdaric/bootstrap.py. */
export function createPython(format: PracticeFunction['format']): Handler {
  const logError = (write: (message: string) => void, now: Date, uncaught: Uncaught, trace: readonly string[], requestId: string) => {
    if (format === 'json') {
      const { type, message } = uncaught
      const whole = { errorMessage: message, errorType: type, requestId, stackTrace: trace }
      write(pythonJson({ timestamp: seconds(now), level: 'ERROR', ...whole }))
      return
    }
    const lines = trace.flatMap((element) => element.trimEnd().split('\n'))
    const indented = lines.map((line) => line.replace(/^ +/, (spaces) => '\u00a0'.repeat(spaces.length)))
    write([`[ERROR] ${uncaught.type}: ${uncaught.message}`, 'Traceback (most recent call last):', ...indented].join('\n'))
  }
  return {
    load(write, now) {
      const at = now()
      write(
        format === 'json'
          ? pythonJson({ timestamp: seconds(at), level: 'WARNING', message: warning, logger: 'root', requestId: '' })
          : `[WARNING]\t${at.toISOString()}\t\t${warning}\n`,
      )
      const message = "Syntax error in module 'lambda_function': '(' was never closed (lambda_function.py, line 14)"
      const failed = { type: 'Runtime.UserCodeSyntaxError', message }
      logError(write, at, failed, ['  File "/var/task/lambda_function.py" Line 14\n        print(user\n'], '')
      return failed
    },
    async run(run) {
      // A print goes to standard output, of which each line becomes an event, in JSON mode too.
      const print = (text: string): void => {
        for (const line of text.split('\n')) run.write(`${line}\n`)
      }
      const raised = await handle(run, print)
      if (raised === null) return null
      const uncaught = { type: raised.type, message: raised.message }
      logError(run.write, run.now(), uncaught, raised.trace, run.requestId)
      return uncaught
    },
  }
}

async function handle(run: Run, print: (text: string) => void): Promise<PythonError | null> {
  const { event, failure, swallows, signal } = run
  const attributes = event.request.userAttributes
  print(`triggerSource ${event.triggerSource}`)
  print('userAttributes')
  print(pythonDict(attributes))
  let connection: Connection | null = null
  let raised: PythonError | null = null
  try {
    print('entered-try')
    if (failure === 'unbound variable' && swallows) throw new PythonError('UnboundLocalError', unbound, places.cursor)
    const isBuilt = failure === 'quote in the name'
    const shown = isBuilt ? builtByHand(attributes) : insertText(failure, ['%s', '%s', '%s', '%s'])
    print('SQL Statement ----')
    print(shown)
    if (failure === 'unbound variable') {
      // As in the journals: the variable of the URL has another name, what that raises is printed, and `finally` looks at what was never set.
      print('missing dsn and no parameters')
      return new PythonError('UnboundLocalError', unbound, places.finally)
    }
    connection = await connectFor(run)
    const { client } = connection
    const literals = insertValues(attributes).map((value) => client.escapeLiteral(value))
    // psycopg2 puts the values into the text itself, escaped, so that marks under a line count them.
    const sql = isBuilt ? shown : insertText(failure, literals)
    if (sql.includes('\0')) throw new PythonError('ValueError', 'A string literal cannot contain NUL (0x00) characters.', places.execute)
    try {
      await whileAlive(signal, client.query('BEGIN'))
      await whileAlive(signal, client.query(sql))
      if (failure === 'duplicate') await whileAlive(signal, client.query(sql))
      await whileAlive(signal, client.query('COMMIT'))
    } catch (error) {
      throw statementError(error, sql)
    }
  } catch (error) {
    raised = asRaised(error)
  }
  if (raised !== null && swallows) print(raised.message)
  if (connection !== null) {
    await connection.client.end().catch(() => {})
    print('Database connection closed.')
  }
  return swallows ? null : raised
}

function statementError(error: unknown, sql: string): unknown {
  if (error instanceof Frozen) return error
  if (!(error instanceof DatabaseError)) return new PythonError('OperationalError', lost, places.execute)
  return new PythonError(classes[error.code ?? ''] ?? 'DatabaseError', libpqMessage(error, sql), places.execute)
}

const lost =
  'server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.\n'

function asRaised(error: unknown): PythonError {
  if (error instanceof PythonError) return error
  if (error instanceof NameNotFound)
    return new PythonError(
      'OperationalError',
      `could not translate host name "${error.host}" to address: Name or service not known\n`,
      places.connect,
    )
  if (error instanceof ConnectFailure) {
    const { host, port } = error.reach
    const said = connectWords(error)
    const message = `connection to server at "${host}" (${privateAddress}), port ${port} failed: ${said}`
    return new PythonError('OperationalError', message, places.connect)
  }
  throw error
}

function connectWords({ cause }: ConnectFailure): string {
  if (cause instanceof DatabaseError) return `${cause.severity ?? 'FATAL'}:  ${cause.message}\n`
  if (cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED')
    return 'Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?\n'
  return lost
}

/** `%Y-%m-%dT%H:%M:%SZ`. */
const seconds = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`

/** awslambdaric/lambda_literals.py. */
const warning = [
  'LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code.',
  'However, in rare cases, a Lambda runtime update can cause unexpected function behavior.',
  'For functions using managed runtimes, runtime updates can be triggered by a function change, or can be applied automatically.',
  'To determine if the runtime has been updated, check the runtime version in the INIT_START log entry.',
  'If this error correlates with a change in the runtime version, you may be able to mitigate this error by temporarily rolling back to the previous runtime version.',
  'For more information, see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html',
].join(' ')
