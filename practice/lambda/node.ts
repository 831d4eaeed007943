import { format as formatText } from 'node:util'
import type { PracticeFunction } from '../../preload/contract/practice.ts'
import { ConnectFailure, type Connection, Frozen, NameNotFound, privateAddress } from './database.ts'
import { connectFor, type Handler, type Run, type Uncaught, whileAlive } from './run.ts'
import { builtByHand, insertText, insertValues } from './statement.ts'

type Level = 'INFO' | 'ERROR'
type Console = (level: Level, requestId: string | undefined, ...values: readonly unknown[]) => void

/** The class that Lambda's runtime gives to what cannot be imported. */
class UserCodeSyntaxError extends Error {
  override name = 'Runtime.UserCodeSyntaxError'
}

/** The journals' function, in Lambda's Node: what console writes, and what its runtime writes of what is thrown. LogPatch.js and Errors.js of its runtime interface client. */
export function createNode(format: PracticeFunction['format']): Handler {
  const consoleOf =
    (write: (message: string) => void, now: () => Date): Console =>
    (level, requestId, ...values) => {
      const time = now().toISOString()
      write(format === 'json' ? jsonLine(time, level, requestId, values) : `${time}\t${requestId}\t${level}\t${formatText(...values)}\n`)
    }
  const logError = (log: Console, requestId: string | undefined, title: string, error: Error): Uncaught => {
    if (format === 'json') log('ERROR', requestId, error)
    else log('ERROR', requestId, title, `\t${JSON.stringify(withFields(error))}`)
    return { type: error.name, message: error.message }
  }
  return {
    load(write, now) {
      const error = placed(new UserCodeSyntaxError('SyntaxError: missing ) after argument list'), [
        'at _loadUserApp (file:///var/runtime/index.mjs:1084:17)',
        'at async UserFunction.js.module.exports.load (file:///var/runtime/index.mjs:1119:21)',
        'at async start (file:///var/runtime/index.mjs:1282:23)',
        'at async file:///var/runtime/index.mjs:1288:1',
      ])
      return logError(consoleOf(write, now), undefined, 'Uncaught Exception', error)
    },
    async run(run) {
      const log = consoleOf(run.write, run.now)
      const thrown = await handle(run, (...values) => log('INFO', run.requestId, ...values))
      if (thrown === null) return null
      if (!run.swallows) return logError(log, run.requestId, 'Invoke Error', thrown)
      log('ERROR', run.requestId, thrown)
      return null
    },
  }
}

async function handle(run: Run, log: (...values: readonly unknown[]) => void): Promise<Error | null> {
  const { event, failure, signal } = run
  const { triggerSource } = event
  const { userAttributes } = event.request
  log({ triggerSource, userAttributes })
  let connection: Connection | null = null
  let thrown: Error | null = null
  try {
    log('entered-try')
    const isBuilt = failure === 'quote in the name'
    const sql = isBuilt ? builtByHand(userAttributes) : insertText(failure, ['$1', '$2', '$3', '$4'])
    log('SQL Statement ----')
    log(sql)
    if (failure === 'unbound variable') throw new ReferenceError('client is not defined')
    connection = await connectFor(run)
    const { client } = connection
    const insert = () => whileAlive(signal, isBuilt ? client.query(sql) : client.query(sql, [...insertValues(userAttributes)]))
    await whileAlive(signal, client.query('BEGIN'))
    await insert()
    if (failure === 'duplicate') await insert()
    await whileAlive(signal, client.query('COMMIT'))
  } catch (error) {
    thrown = asThrown(error)
  }
  if (connection !== null) {
    await connection.client.end().catch(() => {})
    log('Database connection closed.')
  }
  return thrown
}

function asThrown(error: unknown): Error {
  if (error instanceof Frozen || !(error instanceof Error)) throw error
  if (error instanceof NameNotFound) {
    const fields = { errno: -3008, code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: error.host }
    const place = ['at GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns:122:26)', handlerPlace(29)]
    return placed(Object.assign(new Error(`getaddrinfo ENOTFOUND ${error.host}`), fields), place)
  }
  if (error instanceof ConnectFailure) {
    return placed(asSeenInVpc(error), [...pgPlace, handlerPlace(29)])
  }
  if (error instanceof ReferenceError) return placed(error, [handlerPlace(36)])
  return placed(error, [...pgPlace, handlerPlace(31)])
}

/** A refusal names the address that was called: the instance's, not this machine's. */
function asSeenInVpc({ cause, message, reach }: ConnectFailure): Error {
  if (!(cause instanceof Error)) return new Error(message)
  if (!('address' in cause)) return cause
  const called = { address: privateAddress, port: reach.port }
  return Object.assign(new Error(`connect ECONNREFUSED ${called.address}:${called.port}`), { ...cause, ...called })
}

const pgPlace = [
  'at /var/task/node_modules/pg/lib/client.js:624:17',
  'at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
]
const handlerPlace = (line: number): string => `at async Runtime.handler (file:///var/task/index.mjs:${line}:5)`

/** The error with the places that it has in the function, and none of this machine's. */
function placed(error: Error, places: readonly string[]): Error {
  error.stack = [`${error.name}: ${error.message}`, ...places.map((place) => `    ${place}`)].join('\n')
  return error
}

const withFields = (error: Error): object => ({
  errorType: error.name,
  errorMessage: error.message,
  ...error,
  stack: error.stack?.split('\n'),
})

function jsonLine(timestamp: string, level: Level, requestId: string | undefined, values: readonly unknown[]): string {
  const line = { timestamp, level, requestId }
  const [first] = values
  if (values.length !== 1) return JSON.stringify({ ...line, message: formatText(...values) })
  if (!(first instanceof Error)) return JSON.stringify({ ...line, message: first })
  const { name: errorType } = first.constructor
  return JSON.stringify({ ...line, message: { errorType, errorMessage: first.message, stackTrace: first.stack?.split('\n'), ...first } })
}
