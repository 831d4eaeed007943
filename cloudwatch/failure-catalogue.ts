import type { FailureKind, FailureMend } from './invocation.ts'

/** One kind of failure: the words at the beginning of a line by which it is known, what it means with what to do, and what the page offers. */
export interface KnownFailure {
  readonly kind: FailureKind
  readonly seen: RegExp
  /** `names` are what `seen` catches: a table, a column, a module. */
  readonly sentence: (...names: string[]) => string
  readonly mend: FailureMend | null
}

const named = '"([^"\\r\\n]{1,120})"'
const quoted = "'([^'\\r\\n]{1,120})'"
const known = (
  kind: FailureKind,
  mend: FailureMend | null,
  seen: readonly string[],
  sentence: (...names: string[]) => string,
): KnownFailure => ({ kind, mend, seen: new RegExp(`^(?:${seen.join('|')})`, 'i'), sentence })

const unreachable =
  'Look whether its instance is running, whether the function is in the VPC of the database, and whether the security group lets the function in.'

/**
 * The failures that are known, the narrower before the wider. The phrases are those of PostgreSQL's server and libpq (as psycopg2 and psycopg
 * give them on), of node-postgres, of Python, of Node, and of Lambda's runtimes.
 */
export const knownFailures: readonly KnownFailure[] = [
  known(
    'column missing',
    'open_table',
    [`column ${named} of relation ${named} does not exist`],
    (column, table) =>
      `The table ${table} has no column ${column}: change the table or the function's INSERT, so that they name the same columns.`,
  ),
  known(
    'column missing',
    'open_table',
    [`column ${named} does not exist`, 'column ([\\w.]{1,120}) does not exist'],
    (column) =>
      `The statement names a column ${column} that is not there: change the table or the function's statement (a value in double quotes is taken for a column, too).`,
  ),
  known(
    'table missing',
    'load_schema',
    [`relation ${named} does not exist`],
    (table) => `The database has no table ${table}: load the schema there, or correct the database that the function connects to.`,
  ),
  known(
    'database missing',
    'create_database',
    [`database ${named} does not exist`],
    (database) => `The server has no database ${database}: create it, or correct the database in the function's CONNECTION_URL.`,
  ),
  known(
    'duplicate',
    'open_table',
    [`duplicate key value violates unique constraint ${named}`],
    (constraint) =>
      `A row had this value already (constraint ${constraint}); where one transaction wrote both, neither is there now: look at the table. Cognito may have called the function more than once, so its INSERT should do nothing on a conflict.`,
  ),
  known(
    'value missing',
    'open_table',
    [`null value in column ${named} (?:of relation ${named} )?violates not-null constraint`],
    (column, table) =>
      `The column ${column}${table === undefined ? '' : ` of ${table}`} must have a value, and the function gave none: fill it in the function, or give the column a default.`,
  ),
  known(
    'no privilege',
    'open_table',
    ['permission denied for (?:table|relation|schema|sequence|database) ([^\\s]{1,120})'],
    (object) => `The function's role has no privilege on ${object}: grant it, or have the function sign in as a role that has it.`,
  ),
  known(
    'too many connections',
    'free_sessions',
    ['sorry, too many clients already', 'remaining connection slots are reserved', 'too many connections for (?:role|database) '],
    () =>
      'The server has no free connection for the function: end sessions that nobody needs, and have the function close its connections.',
  ),
  known(
    'sign-in refused',
    null,
    [`password authentication failed for user ${named}`, `PAM authentication failed for user ${named}`, `role ${named} does not exist`],
    (...users) => `The server refuses the user ${users.find(Boolean) ?? ''}: correct user and password in the function's CONNECTION_URL.`,
  ),
  known(
    'sign-in refused',
    null,
    [
      'no pg_hba\\.conf entry for host',
      'pg_hba\\.conf rejects connection for host',
      'no password supplied',
      'fe_sendauth: no password supplied',
    ],
    () =>
      "The server lets this connection not in as it comes: ask for TLS with sslmode=require, and give user and password in the function's CONNECTION_URL.",
  ),
  known(
    'broken SQL',
    null,
    [`syntax error at or near ${named}`],
    (near) =>
      `The statement breaks at ${near}: a value was put into its text, where a quote in a name ends it. Give the values as parameters (%s in psycopg, $1 in node-postgres).`,
  ),
  known(
    'broken SQL',
    null,
    [
      'syntax error at end of input',
      'unterminated quoted (?:string|identifier) at or near',
      'unterminated quoted string',
      'zero-length delimited identifier',
    ],
    () => 'The statement is broken: a value was put into its text. Give the values as parameters (%s in psycopg, $1 in node-postgres).',
  ),
  known(
    'cannot connect',
    'open_access',
    [
      '(?:could not connect to server: )?(?:Connection timed out|No route to host|Network is unreachable)',
      'connect ETIMEDOUT',
      'ETIMEDOUT',
      'timeout expired',
      'connection timeout expired',
      'Connection terminated due to connection timeout',
    ],
    () => `The database gave no answer. ${unreachable}`,
  ),
  known(
    'cannot connect',
    'open_instances',
    [`could not translate host name ${named}`, `failed to resolve host ${quoted}`, 'getaddrinfo (?:ENOTFOUND|EAI_AGAIN) ([^\\s]{1,120})'],
    (...hosts) =>
      `No server is known by the name ${hosts.find(Boolean) ?? ''}: correct the host in the function's CONNECTION_URL, or look whether the instance still exists.`,
  ),
  known(
    'cannot connect',
    'start_instance',
    [
      '(?:could not connect to server: )?Connection refused',
      'connect ECONNREFUSED',
      'the database system is (?:starting up|shutting down)',
    ],
    () =>
      "Nothing takes connections at that address and port: start the instance, or correct host and port in the function's CONNECTION_URL.",
  ),
  known(
    'cannot connect',
    'open_instances',
    [
      'could not connect to server',
      `connection to server (?:at|on) ${named}`,
      'connection failed: ',
      'connect (?:EHOSTUNREACH|ENETUNREACH|ECONNRESET)',
      'server closed the connection unexpectedly',
      'terminating connection due to administrator command',
      'Connection terminated unexpectedly',
      'connection already closed',
      'self[- ]signed certificate',
      'unable to (?:get local issuer certificate|verify the first certificate)',
    ],
    () => `The connection to the database failed. ${unreachable}`,
  ),
  known(
    'cannot connect',
    null,
    ['missing dsn and no parameters', 'invalid dsn:', 'invalid connection option', 'missing "=" after'],
    () =>
      'The function has no connection string that can be read: set CONNECTION_URL among its environment variables, under the name that its code asks for.',
  ),
  known(
    'module missing',
    null,
    [
      `Unable to import module ${quoted}: No module named ${quoted}`,
      `No module named ${quoted}`,
      `Cannot find (?:module|package) ${quoted}`,
    ],
    (...names) =>
      `The function cannot import ${names.filter(Boolean).at(-1) ?? 'a module'}: add it to the function's package or a layer that is made for its runtime.`,
  ),
  known(
    'module missing',
    null,
    [`Unable to import module ${quoted}`],
    (module) => `The function's module ${module} cannot be imported: look at the rest of the line for what it lacks.`,
  ),
  known(
    'syntax error in the function',
    null,
    [`Syntax error in module ${quoted}`],
    (module) =>
      `The function's file ${module} is no valid Python, so it cannot even start: correct the line that is named and deploy it again.`,
  ),
  known(
    'handler missing',
    null,
    [`Handler ${quoted} missing on module ${quoted}`, '([\\w./-]{1,120}) is undefined or not exported', `Bad handler ${quoted}`],
    (...names) =>
      `Lambda does not find the handler ${names.find(Boolean) ?? ''}: set the function's handler to file and function name, for instance lambda_function.lambda_handler.`,
  ),
  known(
    'unbound variable',
    null,
    [
      `local variable ${quoted} referenced before assignment`,
      `cannot access (?:local|free) variable ${quoted} where it is not associated with a value`,
      `name ${quoted} is not defined`,
      `([\\w$]{1,120}) is not defined`,
      `Cannot access ${quoted} before initialization`,
    ],
    (...names) => {
      const name = names.find(Boolean) ?? 'a variable'
      return `The function uses ${name} before it has a value, often in a finally block after a connection that failed: set ${name} before the try (${name} = None).`
    },
  ),
  known(
    'out of memory',
    null,
    ['Runtime exited with error: signal: killed', 'Runtime\\.OutOfMemory', 'JavaScript heap out of memory'],
    () => 'The function used all of its memory and was ended: give it more memory, or have it hold less.',
  ),
]

/** Types of exceptions, without the module before them, that name the kind where their message does not. */
export const knownTypes: Readonly<Record<string, FailureKind>> = {
  ImportModuleError: 'module missing',
  UserCodeSyntaxError: 'syntax error in the function',
  HandlerNotFound: 'handler missing',
  MalformedHandlerName: 'handler missing',
  OutOfMemory: 'out of memory',
  ModuleNotFoundError: 'module missing',
  UnboundLocalError: 'unbound variable',
  MemoryError: 'out of memory',
}

/** The sentences where only the type tells the kind. */
export const sentenceOfKind: Partial<Record<FailureKind, string>> = {
  'module missing':
    "The function cannot import one of its modules: add it to the function's package or a layer that is made for its runtime.",
  'syntax error in the function':
    "The function's code cannot be read, so it cannot even start: correct the line that is named and deploy it again.",
  'handler missing':
    "Lambda does not find the function's handler: set it to file and function name, for instance lambda_function.lambda_handler.",
  'unbound variable': 'The function uses a variable before it has a value: set it before the try.',
  'out of memory': 'The function used all of its memory and was ended: give it more memory, or have it hold less.',
}
