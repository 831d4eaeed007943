import type { Node } from 'libpg-query'
import { reachOf } from './admin-functions.ts'
import { type ParsedStatement, parseStatements, SyntaxFault, syntaxFailure } from './parser.ts'
import {
  type CalledFunction,
  type Contents,
  contentsOf,
  dottedName,
  field,
  list,
  option,
  type RelationName,
  relationName,
  stringValue,
  text,
} from './statement-facts.ts'

export type StatementKind = 'read' | 'write' | 'ddl' | 'admin' | 'transaction' | 'session'

/** What a statement takes away that no later statement brings back. */
export interface Destructive {
  readonly what: 'drop' | 'drop-column' | 'drop-database' | 'truncate' | 'delete-all' | 'update-all'
  /** For instance `TRUNCATE public.users`. */
  readonly sentence: string
  readonly relations: readonly RelationName[]
  readonly schemas: readonly string[]
  /** False where only definitions go: a view, an index, a function. */
  readonly losesData: boolean
}

export interface ClassifiedStatement extends ParsedStatement {
  readonly kind: StatementKind
  /** Postgres' command tag: `SELECT`, `CREATE TABLE`. */
  readonly tag: string
  /** True where it changes anything, or may: a locked environment refuses it. */
  readonly writes: boolean
  /** Why it counts as a write where its verb does not tell; null elsewhere. */
  readonly reason: string | null
  readonly destructive: readonly Destructive[]
  readonly transactionControl: boolean
  /** True for statements that Postgres refuses inside a transaction block (25001). */
  readonly refusesTransaction: boolean
  readonly functions: readonly CalledFunction[]
  readonly creates: readonly RelationName[]
  readonly drops: readonly RelationName[]
  readonly inserts: readonly { readonly relation: RelationName; readonly columns: readonly string[] }[]
  readonly copy: 'from-client' | 'to-client' | 'file' | 'program' | null
}

/**
 * Splits a text with Postgres' own parser and says of each statement what it does.
 * A function that only the server knows can do more than its name tells: `functions` lists what is called.
 * @throws Failure SQL with the position of a syntax error.
 */
export async function classify(sql: string): Promise<{ readonly statements: readonly ClassifiedStatement[] }> {
  return { statements: (await splitStatements(sql)).map(classifyStatement) }
}

/** The statements of a text with their boundaries. @throws Failure SQL with the position of a syntax error. */
export async function splitStatements(sql: string): Promise<readonly ParsedStatement[]> {
  try {
    return await parseStatements(sql)
  } catch (error) {
    throw error instanceof SyntaxFault ? syntaxFailure(error, sql) : error
  }
}

/** One parsed statement, classified. */
export function classifyStatement(statement: ParsedStatement): ClassifiedStatement {
  const { node } = statement
  const contents = contentsOf(node)
  const [type = '', tree] = Object.entries(node)[0] ?? []
  const kind = kindOf(type, tree, contents)
  const reason = reasonOf(type, tree, kind, contents)
  return {
    ...statement,
    kind: reason !== null && kind === 'read' ? 'admin' : kind,
    tag: tagOf(type, tree),
    writes: kind === 'write' || kind === 'ddl' || kind === 'admin' || reason !== null,
    reason,
    destructive: destructiveOf(type, tree, contents),
    transactionControl: type === 'TransactionStmt',
    refusesTransaction: refusesTransaction(type, tree),
    functions: contents.functions,
    creates: [...createdBy(type, tree), ...contents.selectsInto],
    drops: type === 'DropStmt' && field(tree, 'removeType') === 'OBJECT_TABLE' ? list(field(tree, 'objects')).map(dottedName) : [],
    inserts: contents.changes.flatMap((one) => (one.verb === 'INSERT' ? [{ relation: one.relation, columns: one.columns }] : [])),
    copy: type === 'CopyStmt' ? copyOf(tree) : null,
  }
}

const readTypes = new Set(['SelectStmt', 'VariableShowStmt', 'FetchStmt', 'DeclareCursorStmt', 'ExplainStmt'])
const writeTypes = new Set([
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'TruncateStmt',
  'CallStmt',
  'DoStmt',
  'ExecuteStmt',
  'LockStmt',
])
const sessionTypes = new Set([
  'VariableSetStmt',
  'DiscardStmt',
  'PrepareStmt',
  'DeallocateStmt',
  'ListenStmt',
  'UnlistenStmt',
  'ClosePortalStmt',
  'ConstraintsSetStmt',
])
/** What reaches beyond the database, or keeps the server busy on its behalf. */
const adminTypes = new Set([
  'VacuumStmt',
  'NotifyStmt',
  'CheckPointStmt',
  'ClusterStmt',
  'ReindexStmt',
  'LoadStmt',
  'AlterSystemStmt',
  'CreatedbStmt',
  'DropdbStmt',
  'AlterDatabaseStmt',
  'AlterDatabaseSetStmt',
  'AlterDatabaseRefreshCollStmt',
  'CreateRoleStmt',
  'AlterRoleStmt',
  'AlterRoleSetStmt',
  'DropRoleStmt',
  'GrantRoleStmt',
  'DropOwnedStmt',
  'ReassignOwnedStmt',
  'CreateTableSpaceStmt',
  'DropTableSpaceStmt',
  'AlterTableSpaceOptionsStmt',
  'CreateSubscriptionStmt',
  'AlterSubscriptionStmt',
  'DropSubscriptionStmt',
])

function kindOf(type: string, tree: unknown, contents: Contents): StatementKind {
  if (type === 'TransactionStmt') return 'transaction'
  if (type === 'CopyStmt') return copyKind(copyOf(tree))
  if (sessionTypes.has(type)) return 'session'
  if (adminTypes.has(type)) return 'admin'
  if (writeTypes.has(type)) return 'write'
  if (!readTypes.has(type)) return 'ddl'
  if (type === 'ExplainStmt' && !runsWhatItExplains(tree)) return 'read'
  if (contents.selectsInto.length > 0) return 'ddl'
  if (contents.changes.length > 0 || contents.locksRows) return 'write'
  if (type === 'ExplainStmt' && Object.keys(asNode(field(tree, 'query'))).some((inner) => !readTypes.has(inner))) return 'write'
  return 'read'
}

/** `EXPLAIN (ANALYZE)`, unless it says false. */
function runsWhatItExplains(tree: unknown): boolean {
  const analyze = option(field(tree, 'options'), 'analyze')
  if (analyze === undefined) return false
  const said = stringValue(analyze).toLowerCase()
  return !(said === 'false' || said === 'off' || field(field(analyze, 'Integer'), 'ival') === 0 || isZero(analyze))
}

/** The tree leaves out fields that hold 0. */
const isZero = (value: unknown) => field(value, 'Integer') !== undefined && field(field(value, 'Integer'), 'ival') === undefined

function copyOf(tree: unknown): ClassifiedStatement['copy'] {
  if (field(tree, 'is_program') === true) return 'program'
  if (text(field(tree, 'filename')) !== '') return 'file'
  return field(tree, 'is_from') === true ? 'from-client' : 'to-client'
}

function copyKind(copy: ClassifiedStatement['copy']): StatementKind {
  if (copy === 'program' || copy === 'file') return 'admin'
  return copy === 'from-client' ? 'write' : 'read'
}

/** Settings that lift a read-only transaction or change who acts. */
const liftingSettings =
  /^(transaction_read_only|default_transaction_read_only|role|session_authorization|session_replication_role|transaction|session characteristics)$/i

function reasonOf(type: string, tree: unknown, kind: StatementKind, contents: Contents): string | null {
  for (const { schema, name } of contents.functions) {
    const reach = reachOf(schema, name)
    if (reach !== null) return `${name}() ${reachSentence[reach]}`
  }
  if (type === 'VariableSetStmt') {
    const name = text(field(tree, 'name'))
    if (field(tree, 'kind') === 'VAR_RESET_ALL' || liftingSettings.test(name))
      return `${tagOf(type, tree)} can lift a read-only transaction or change the role`
  }
  if (type === 'DiscardStmt') return 'DISCARD takes back what the session was set to'
  if (type === 'TransactionStmt' && /PREPARE/.test(text(field(tree, 'kind')))) return 'a prepared transaction outlives its session'
  if (kind === 'session' && contents.changes.length > 0) return 'it prepares a change'
  if (kind === 'read' && type === 'CopyStmt' && contents.changes.length > 0) return 'it copies the result of a change'
  if (type === 'DoStmt' || type === 'CallStmt' || type === 'ExecuteStmt') return `what ${tagOf(type, tree)} runs cannot be seen beforehand`
  return null
}

const reachSentence = {
  server: 'acts on the server or on other sessions, which a read-only transaction does not stop',
  files: 'reads or writes files of the server',
  remote: 'acts outside this database',
  'large-object': 'can change large objects',
  sequence: 'moves a sequence, which no rollback takes back',
  session: 'can change the session',
  lock: 'takes locks that others may wait for',
  'any-sql': 'runs SQL from a text that cannot be seen beforehand',
} as const

function refusesTransaction(type: string, tree: unknown): boolean {
  switch (type) {
    case 'VacuumStmt':
      return field(tree, 'is_vacuumcmd') === true
    case 'IndexStmt':
    case 'DropStmt':
      return field(tree, 'concurrent') === true
    case 'ReindexStmt':
      return /SYSTEM|DATABASE|SCHEMA/.test(text(field(tree, 'kind'))) || option(field(tree, 'params'), 'concurrently') !== undefined
    case 'ClusterStmt':
      return field(tree, 'relation') === undefined
    case 'AlterTableStmt':
      return list(field(tree, 'cmds')).some(
        (one) => field(field(field(field(one, 'AlterTableCmd'), 'def'), 'PartitionCmd'), 'concurrent') === true,
      )
    default:
      return /^(Createdb|Dropdb|CreateTableSpace|DropTableSpace|AlterSystem|CreateSubscription|DropSubscription)Stmt$/.test(type)
  }
}

function createdBy(type: string, tree: unknown): readonly RelationName[] {
  if (type === 'CreateStmt') return [relationName(field(tree, 'relation'))]
  if (type === 'CreateForeignTableStmt') return [relationName(field(field(tree, 'base'), 'relation'))]
  if (type === 'CreateTableAsStmt' && field(tree, 'objtype') === 'OBJECT_TABLE') return [relationName(field(field(tree, 'into'), 'rel'))]
  return []
}

const dataObjects = new Set(['OBJECT_TABLE', 'OBJECT_SCHEMA', 'OBJECT_SEQUENCE', 'OBJECT_MATVIEW'])

function destructiveOf(type: string, tree: unknown, contents: Contents): readonly Destructive[] {
  const tag = tagOf(type, tree)
  const about = (what: Destructive['what'], names: readonly RelationName[], rest?: Partial<Destructive>): Destructive => ({
    what,
    sentence: `${rest?.sentence ?? tag} ${names.map(display).join(', ')}`.trimEnd(),
    relations: names,
    schemas: rest?.schemas ?? [],
    losesData: rest?.losesData ?? true,
  })
  const found: Destructive[] = contents.changes.flatMap((one) =>
    (one.verb === 'DELETE' || one.verb === 'UPDATE') && one.everyRow
      ? [about(one.verb === 'DELETE' ? 'delete-all' : 'update-all', [one.relation], { sentence: `${one.verb} without WHERE on` })]
      : [],
  )
  switch (type) {
    case 'DropStmt':
      return [...found, dropped(tree, tag)]
    case 'DropdbStmt':
      return [...found, about('drop-database', [], { sentence: `DROP DATABASE ${text(field(tree, 'dbname'))}` })]
    case 'DropOwnedStmt':
      return [...found, about('drop', [], { sentence: 'DROP OWNED' })]
    case 'TruncateStmt':
      return [
        ...found,
        about(
          'truncate',
          list(field(tree, 'relations')).map((one) => relationName(field(one, 'RangeVar'))),
        ),
      ]
    case 'AlterTableStmt': {
      const columns = list(field(tree, 'cmds')).flatMap((one) => {
        const command = field(one, 'AlterTableCmd')
        return field(command, 'subtype') === 'AT_DropColumn' ? [text(field(command, 'name'))] : []
      })
      if (columns.length === 0) return found
      return [...found, about('drop-column', [relationName(field(tree, 'relation'))], { sentence: `DROP COLUMN ${columns.join(', ')} of` })]
    }
    default:
      return found
  }
}

function dropped(tree: unknown, tag: string): Destructive {
  const type = text(field(tree, 'removeType'))
  const cascade = field(tree, 'behavior') === 'DROP_CASCADE'
  const objects = list(field(tree, 'objects'))
  const names = objects.map((one) =>
    dottedName(field(one, 'String') === undefined ? (field(field(one, 'ObjectWithArgs'), 'objname') ?? one) : [one]),
  )
  return {
    what: 'drop',
    sentence: `${tag} ${names.map(display).join(', ')}${cascade ? ' CASCADE' : ''}`,
    relations: type === 'OBJECT_TABLE' ? names : [],
    schemas: type === 'OBJECT_SCHEMA' ? names.map((one) => one.name) : [],
    losesData: dataObjects.has(type) || cascade,
  }
}

const display = ({ schema, name }: RelationName) => (schema === null ? name : `${schema}.${name}`)

const asNode = (value: unknown): Node => (typeof value === 'object' && value !== null ? (value as Node) : ({} as Node))

const tags: Readonly<Record<string, string>> = {
  CreateStmt: 'CREATE TABLE',
  CreatedbStmt: 'CREATE DATABASE',
  DropdbStmt: 'DROP DATABASE',
  IndexStmt: 'CREATE INDEX',
  ViewStmt: 'CREATE VIEW',
  RuleStmt: 'CREATE RULE',
  CreateTrigStmt: 'CREATE TRIGGER',
  CreateSeqStmt: 'CREATE SEQUENCE',
  DefineStmt: 'CREATE',
  CompositeTypeStmt: 'CREATE TYPE',
  CreateEnumStmt: 'CREATE TYPE',
  CreateRangeStmt: 'CREATE TYPE',
  VariableShowStmt: 'SHOW',
  DeclareCursorStmt: 'DECLARE CURSOR',
  RefreshMatViewStmt: 'REFRESH MATERIALIZED VIEW',
  CheckPointStmt: 'CHECKPOINT',
  AlterTableStmt: 'ALTER TABLE',
  AlterSeqStmt: 'ALTER SEQUENCE',
  CreateTableSpaceStmt: 'CREATE TABLESPACE',
  LockStmt: 'LOCK TABLE',
}

function tagOf(type: string, tree: unknown): string {
  switch (type) {
    case 'DropStmt':
      return `DROP ${words(text(field(tree, 'removeType')).replace('OBJECT_', '')).replace('MATVIEW', 'MATERIALIZED VIEW')}`
    case 'CreateTableAsStmt':
      return field(tree, 'objtype') === 'OBJECT_MATVIEW' ? 'CREATE MATERIALIZED VIEW' : 'CREATE TABLE AS'
    case 'VariableSetStmt':
      return /RESET/.test(text(field(tree, 'kind'))) ? 'RESET' : 'SET'
    case 'VacuumStmt':
      return field(tree, 'is_vacuumcmd') === true ? 'VACUUM' : 'ANALYZE'
    case 'TransactionStmt':
      return words(text(field(tree, 'kind')).replace('TRANS_STMT_', ''))
    case 'GrantStmt':
    case 'GrantRoleStmt':
      return field(tree, 'is_grant') === true ? 'GRANT' : 'REVOKE'
    case 'CreateFunctionStmt':
      return field(tree, 'is_procedure') === true ? 'CREATE PROCEDURE' : 'CREATE FUNCTION'
    default:
      // `CreateExtensionStmt` names its own tag.
      return tags[type] ?? words(type.replace(/Stmt$/, '').replace(/(?<=[a-z])(?=[A-Z])/g, '_'))
  }
}

const words = (name: string) => name.replaceAll('_', ' ').toUpperCase()
