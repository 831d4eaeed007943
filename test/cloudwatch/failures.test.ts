import { describe, expect, test } from 'vitest'
import { createGrouping } from '../../cloudwatch/grouping.ts'
import { invocationsOf } from '../../cloudwatch/invocations.ts'
import { end, eventsOf, idOf, jsonDone, jsonLine, jsonReport, jsonStart, report, run, start } from './lambda-log.ts'

const id = idOf(1)
const inRun = (...lines: readonly string[]) => {
  const [one] = invocationsOf(eventsOf(run(id, ...lines)))
  if (one === undefined) throw new Error('There is no invocation.')
  return one
}
const kinds = (...lines: readonly string[]) => inRun(...lines).failures.map(({ kind }) => kind)

describe('a failure inside an invocation that succeeded', () => {
  test.each([
    ['relation "users" does not exist\n', 'table missing', 'load_schema', 'users'],
    ['ERROR:  relation "public.users" does not exist\n', 'table missing', 'load_schema', 'public.users'],
    ['psycopg2.errors.UndefinedTable: relation "users" does not exist\n', 'table missing', 'load_schema', 'users'],
    ['(psycopg2.errors.UndefinedTable) relation "users" does not exist\n', 'table missing', 'load_schema', 'users'],
    ['Error while inserting: relation "users" does not exist\n', 'table missing', 'load_schema', 'users'],
    ['psycopg ERROR: relation "users" does not exist\nLINE 1: INSERT INTO users\n', 'table missing', 'load_schema', 'users'],
    ['column "email" of relation "users" does not exist\n', 'column missing', 'open_table', 'email'],
    ['column "andrew" does not exist\n', 'column missing', 'open_table', 'andrew'],
    ['duplicate key value violates unique constraint "users_email_key"\n', 'duplicate', 'open_table', 'users_email_key'],
    ['null value in column "handle" of relation "users" violates not-null constraint\n', 'value missing', 'open_table', 'handle'],
    ['null value in column "handle" violates not-null constraint\n', 'value missing', 'open_table', 'handle'],
    ['syntax error at or near "Brien"\n', 'broken SQL', null, 'Brien'],
    ['unterminated quoted string at or near "\'x)"\n', 'broken SQL', null, 'parameters'],
    ['permission denied for table users\n', 'no privilege', 'open_table', 'users'],
    ['FATAL:  sorry, too many clients already\n', 'too many connections', 'free_sessions', 'connection'],
    [
      'FATAL:  remaining connection slots are reserved for non-replication superuser connections\n',
      'too many connections',
      'free_sessions',
      '',
    ],
    ['FATAL:  password authentication failed for user "root"\n', 'sign-in refused', null, 'root'],
    ['FATAL:  no pg_hba.conf entry for host "10.0.0.1", user "root", database "cruddur", SSL off\n', 'sign-in refused', null, 'TLS'],
    ['FATAL:  database "cruddur" does not exist\n', 'database missing', 'create_database', 'cruddur'],
    [
      'connection to server at "db.example" (10.0.0.9), port 5432 failed: FATAL:  database "cruddur" does not exist\n',
      'database missing',
      'create_database',
      'cruddur',
    ],
    [
      'connection failed: connection to server at "10.0.0.9", port 5432 failed: FATAL:  sorry, too many clients already\n',
      'too many connections',
      'free_sessions',
      '',
    ],
    [
      'connection to server at "db.example" (10.0.0.9), port 5432 failed: Connection timed out\n\tIs the server running on that host and accepting TCP/IP connections?\n',
      'cannot connect',
      'open_access',
      'VPC',
    ],
    ['could not connect to server: Connection timed out\n', 'cannot connect', 'open_access', 'VPC'],
    ['connection to server at "db.example" (10.0.0.9), port 5432 failed: Connection refused\n', 'cannot connect', 'start_instance', 'port'],
    ['could not translate host name "db" to address: Name or service not known\n', 'cannot connect', 'open_instances', 'db'],
    ['timeout expired\n', 'cannot connect', 'open_access', ''],
    [
      `2026-11-21T15:00:00.000Z\t${id}\tERROR\terror: relation "users" does not exist\r    at Parser.parseErrorMessage (/var/task/node_modules/pg-protocol/dist/parser.js:285:98)\r`,
      'table missing',
      'load_schema',
      'users',
    ],
    [
      `2026-11-21T15:00:00.000Z\t${id}\tINFO\tError: connect ETIMEDOUT 10.0.0.9:5432\r    at TCPConnectWrap`,
      'cannot connect',
      'open_access',
      '',
    ],
    [
      `2026-11-21T15:00:00.000Z\t${id}\tERROR\tError: getaddrinfo ENOTFOUND db.example\r    at x`,
      'cannot connect',
      'open_instances',
      'db.example',
    ],
    [
      `[ERROR]\t2026-11-21T15:00:00.000Z\t${id}\tInsert failed\nTraceback (most recent call last):\n  File "/var/task/a.py", line 3, in f\n    x()\npsycopg2.errors.UniqueViolation: duplicate key value violates unique constraint "users_pkey"\nDETAIL:  Key (uuid)=(1) already exists.\n`,
      'duplicate',
      'open_table',
      'users_pkey',
    ],
    [`[ERROR]\t2026-11-21T15:00:00.000Z\t${id}\tThe insert failed\n`, 'exception', null, ''],
    ["cannot access local variable 'conn' where it is not associated with a value\n", 'unbound variable', null, 'conn'],
    ["local variable 'conn' referenced before assignment\n", 'unbound variable', null, 'conn'],
    [
      'Traceback (most recent call last):\n  File "/var/task/a.py", line 3, in f\n    x()\nKeyError: \'name\'\n',
      'exception',
      null,
      'KeyError',
    ],
  ] as const)('%s', (line, kind, mend, named) => {
    const one = inRun('entered-try\n', line)
    expect(one.outcome).toBe('hidden error')
    expect(one.failures).toHaveLength(1)
    expect(one.failures[0]).toMatchObject({ kind, mend, hidden: true })
    expect(one.failures[0]?.sentence).toContain(named)
    expect(one.failures[0]?.event.message).toBe(line)
  })

  test('is seen in a traceback that is spread over several events, by its last line', () => {
    const one = inRun(
      'Traceback (most recent call last):\n',
      '  File "/var/task/a.py", line 3, in f\n',
      '    x()\n',
      'psycopg2.OperationalError: timeout expired\n',
      'done\n',
    )
    expect(one.failures.map(({ kind, text }) => [kind, text])).toEqual([['cannot connect', 'psycopg2.OperationalError: timeout expired']])
  })

  test('is told once, however often it is written', () => {
    expect(kinds('relation "users" does not exist\n', 'relation "users" does not exist\n')).toEqual(['table missing'])
  })

  test('is shown by its first line, and 500 characters of that at most', () => {
    const [failure] = inRun(`relation "users" does not exist ${'x'.repeat(250_000)}\nLINE 1: y\n`).failures
    expect(failure?.text).toHaveLength(500)
  })
})

describe('what an innocent line says', () => {
  test.each([
    ['no error\n'],
    ['0 errors, 3 rows\n'],
    ['errors: 0\n'],
    ['Error\n'],
    ['name: Error\n'],
    ['Mr Error signs up\n'],
    ['Database connection closed.\n'],
    ['connected to server at "db.example"\n'],
    ['{"errors": 0, "errorRate": 0}\n'],
    [jsonLine(id, '0 errors').trimEnd()],
    [`{'sub': 'x', 'name': 'duplicate key value violates unique constraint "users_email_key"', 'email': 'error@example.com'}\n`],
    [`{'sub': 'x', 'name': 'Traceback (most recent call last):', 'email': 'error@example.com'}\n`],
    [`\n            "INSERT INTO users (display_name) VALUES(\n 'relation "users" does not exist',\n 'x')"\n`],
    [`            'relation "users" does not exist',\n`],
    [JSON.stringify({ request: { userAttributes: { sub: 'x', name: 'syntax error at or near "x"' } } })],
    [`2026-11-21T15:00:00.000Z\t${id}\tINFO\t{\r  sub: 'x',\r  name: 'relation "users" does not exist'\r}`],
    [jsonLine(id, { userAttributes: { name: 'relation "users" does not exist', errorMessage: 'x' } })],
    [
      '[WARNING]\t2026-11-21T15:00:00.000Z\t\tLAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code.\n',
    ],
    [`[INFO]\t2026-11-21T15:00:00.000Z\t${id}\tretrying after an exception was handled\n`],
  ])('%s', (line) => {
    expect(inRun(line)).toMatchObject({ outcome: 'ok', failures: [] })
  })
})

test('somebody who is called like an error is none', () => {
  const name = 'relation "users" does not exist'
  expect(inRun(`{'sub': 'x', 'name': '${name}', 'email': 'a@example.com'}\n`, `${name}\n`)).toMatchObject({ outcome: 'ok', failures: [] })
})

describe('an invocation that failed', () => {
  test.each([
    [
      '[ERROR] UnboundLocalError: local variable \'conn\' referenced before assignment\nTraceback (most recent call last):\n\u00a0\u00a0File "/var/task/lambda_function.py", line 30, in lambda_handler\n',
      'unbound variable',
    ],
    [
      '[ERROR] UndefinedTable: relation "users" does not exist\nLINE 1: INSERT\n        ^\n\nTraceback (most recent call last):\n',
      'table missing',
    ],
    [
      "[ERROR] Runtime.ImportModuleError: Unable to import module 'lambda_function': No module named 'psycopg2'\nTraceback (most recent call last):\n",
      'module missing',
    ],
    [
      "[ERROR] Runtime.UserCodeSyntaxError: Syntax error in module 'lambda_function': unterminated string literal (lambda_function.py, line 16)\n",
      'syntax error in the function',
    ],
    ["[ERROR] Runtime.HandlerNotFound: Handler 'lambda_handler' missing on module 'lambda_function'\n", 'handler missing'],
    [
      `2026-11-21T15:00:00.000Z\t${id}\tERROR\tInvoke Error \t{"errorType":"error","errorMessage":"relation \\"users\\" does not exist","code":"42P01","stack":["error: …"]}\n`,
      'table missing',
    ],
    [
      `2026-11-21T15:00:00.000Z\tundefined\tERROR\tUncaught Exception \t{"errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module 'pg'\\nRequire stack:\\n- /var/task/index.js","stack":[]}\n`,
      'module missing',
    ],
    [
      `2026-11-21T15:00:00.000Z\tundefined\tERROR\tUncaught Exception \t{"errorType":"Runtime.HandlerNotFound","errorMessage":"index.handler is undefined or not exported"}\n`,
      'handler missing',
    ],
    [`RequestId: ${id} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n`, 'out of memory'],
    [`RequestId: ${id} Error: Runtime exited with error: exit status 1\nRuntime.ExitError\n`, 'exception'],
  ])('%s', (line, kind) => {
    const one = inRun(line)
    expect(one.outcome).toBe('failed')
    expect(one.failures.map((failure) => [failure.kind, failure.hidden])).toEqual([[kind, false]])
  })

  test('is told by its REPORT, where no line tells more', () => {
    const [one] = invocationsOf(eventsOf([start(id), end(id), report(id, 'Status: error\tError Type: Runtime.OutOfMemory')]))
    expect(one).toMatchObject({ outcome: 'failed', failures: [{ kind: 'out of memory' }] })
    const [json] = invocationsOf(eventsOf([jsonStart(id), jsonDone(id), jsonReport(id, 'failure')]))
    expect(json).toMatchObject({ outcome: 'failed', failures: [{ kind: 'exception' }] })
  })

  test('timed out, though no line holds the word error', () => {
    const line = `2026-11-21T15:00:00.000Z ${id} Task timed out after 3.00 seconds\n\n`
    for (const lines of [
      [start(id), line, end(id), report(id)],
      [start(id), end(id), report(id, 'Status: timeout')],
      [start(id), line, end(id), report(id, 'Status: timeout')],
      [jsonStart(id), jsonReport(id, 'timeout')],
    ]) {
      const [one] = invocationsOf(eventsOf(lines))
      expect(one).toMatchObject({ outcome: 'timed out', failures: [{ kind: 'timed out', mend: 'open_access' }] })
    }
    expect(inRun(`2026-11-21T15:00:00.000Z ${idOf(2)} Task timed out after 3.00 seconds\n`).outcome).toBe('ok')
  })

  test('of a report only what it tells of the failure is the line that matters', () => {
    const textOf = (lines: string[]) => invocationsOf(eventsOf(lines))[0]?.failures.map(({ text }) => text)
    expect(textOf([jsonStart(id), jsonReport(id, 'timeout')])).toEqual([expect.stringMatching(/^Status: timeout, Duration: [\d.]+ ms$/)])
    expect(textOf([start(id), end(id), report(id, 'Status: error\tError Type: ReferenceError')])).toEqual([
      expect.stringMatching(/^Status: error, Error Type: ReferenceError, Duration: [\d.]+ ms$/),
    ])
  })

  test('failed before it began, in its init', () => {
    const error =
      "[ERROR] Runtime.ImportModuleError: Unable to import module 'lambda_function': No module named 'psycopg2'\nTraceback (most recent call last):\n"
    const init = (phase: string) => [
      error,
      `INIT_REPORT Init Duration: 90.10 ms\tPhase: ${phase}\tStatus: error\tError Type: Runtime.ImportModuleError\n`,
    ]
    const failed = [
      ...init('init'),
      ...init('invoke'),
      start(id),
      end(id),
      report(id, 'Status: error\tError Type: Runtime.ImportModuleError'),
    ]
    const events = eventsOf([...run(idOf(2)), 'INIT_START Runtime Version: python:3.12.v36\tRuntime Version ARN: arn\n', ...failed])
    const [, one] = invocationsOf(events)
    expect(one).toMatchObject({ requestId: id, outcome: 'failed', coldStart: true, initMs: 90.1, failures: [{ kind: 'module missing' }] })
    expect(one?.failures).toHaveLength(1)
    expect(one?.failures[0]?.sentence).toContain('psycopg2')
    expect(one?.events).toHaveLength(8)
  })
})

test('an invocation that goes on is not read from its start with each failing line that comes', () => {
  const grouping = createGrouping()
  const lines = Array.from({ length: 1_000 }, (_, index) => `${index}\n${'psycopg2.errors.Error: error: a: b: connect \n'.repeat(250)}`)
  for (const event of eventsOf([start(id), ...lines, 'relation "users" does not exist\n'])) grouping.add([event])
  expect(grouping.invocations()).toMatchObject([
    { outcome: 'open', failures: expect.arrayContaining([expect.objectContaining({ kind: 'table missing' })]) },
  ])
})
