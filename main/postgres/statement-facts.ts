import type { Node } from 'libpg-query'

/** A relation as the statement names it; `schema` is null where it relies on the search path. */
export interface RelationName {
  readonly schema: string | null
  readonly name: string
}

export interface CalledFunction {
  readonly schema: string | null
  readonly name: string
}

/** What stands anywhere inside a statement, subqueries and WITH included. */
export interface Contents {
  readonly functions: readonly CalledFunction[]
  /** Trees of INSERT, UPDATE, DELETE and MERGE. */
  readonly changes: readonly Change[]
  readonly selectsInto: readonly RelationName[]
  readonly locksRows: boolean
}

export type Change =
  | { readonly verb: 'INSERT'; readonly relation: RelationName; readonly columns: readonly string[] }
  | { readonly verb: 'UPDATE' | 'DELETE'; readonly relation: RelationName; readonly everyRow: boolean }
  | { readonly verb: 'MERGE'; readonly relation: RelationName }

type Tree = Readonly<Record<string, unknown>>

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Walks a statement's tree. Its shape is Postgres' own, too wide to name: fields are looked at one by one. */
export function contentsOf(node: Node): Contents {
  const functions: CalledFunction[] = []
  const changes: Change[] = []
  const selectsInto: RelationName[] = []
  let locksRows = false
  const waiting: unknown[] = [node]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (Array.isArray(next)) {
      for (const item of next) waiting.push(item)
      continue
    }
    if (!isTree(next)) continue
    for (const [key, value] of Object.entries(next)) {
      if (isTree(value)) {
        if (key === 'FuncCall' || key === 'funccall') functions.push(calledFunction(value))
        else if (key === 'intoClause') selectsInto.push(relationName(value['rel']))
        else if (key === 'InsertStmt' || key === 'UpdateStmt' || key === 'DeleteStmt' || key === 'MergeStmt')
          changes.push(change(key, value))
      } else if (key === 'lockingClause') locksRows = true
      waiting.push(value)
    }
  }
  return { functions, changes, selectsInto, locksRows }
}

function change(key: 'InsertStmt' | 'UpdateStmt' | 'DeleteStmt' | 'MergeStmt', tree: Tree): Change {
  const relation = relationName(tree['relation'])
  switch (key) {
    case 'InsertStmt':
      return { verb: 'INSERT', relation, columns: list(tree['cols']).map((column) => text(field(field(column, 'ResTarget'), 'name'))) }
    case 'MergeStmt':
      return { verb: 'MERGE', relation }
    case 'UpdateStmt':
    case 'DeleteStmt':
      return { verb: key === 'UpdateStmt' ? 'UPDATE' : 'DELETE', relation, everyRow: isAlwaysTrue(tree['whereClause']) }
  }
}

/** No WHERE, or one that is the constant TRUE. */
function isAlwaysTrue(where: unknown): boolean {
  return where === undefined || field(field(field(where, 'A_Const'), 'boolval'), 'boolval') === true
}

/** `a.b` and `c.a.b` name relation b in schema a. */
export function relationName(range: unknown): RelationName {
  const schema = field(range, 'schemaname')
  return { schema: typeof schema === 'string' ? schema : null, name: text(field(range, 'relname')) }
}

/** The name in a list of strings, as DROP and function calls hold it. */
export function dottedName(value: unknown): RelationName {
  const parts = list(isTree(value) && 'List' in value ? field(value['List'], 'items') : value).map(stringValue)
  return { schema: parts.at(-2) ?? null, name: parts.at(-1) ?? '' }
}

function calledFunction(tree: Tree): CalledFunction {
  return dottedName(tree['funcname'])
}

/** The value of an option such as `LANGUAGE x` in a list of them. */
export function option(options: unknown, name: string): unknown {
  const found = list(options).find((one) => field(field(one, 'DefElem'), 'defname') === name)
  return found === undefined ? undefined : (field(field(found, 'DefElem'), 'arg') ?? true)
}

/** Every string constant in a tree: bodies of functions and DO blocks among them. */
export function stringsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(stringsIn)
  if (!isTree(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => (key === 'sval' && typeof inner === 'string' ? [inner] : stringsIn(inner)))
}

export function stringValue(value: unknown): string {
  return text(field(field(value, 'String'), 'sval'))
}

/** The text of a constant argument, as in `SET name = value`. */
export function constantText(value: unknown): string {
  const constant = field(value, 'A_Const')
  return text(field(field(constant, 'sval'), 'sval'))
}

export function field(value: unknown, name: string): unknown {
  return isTree(value) ? value[name] : undefined
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
