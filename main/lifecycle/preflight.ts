import { basename } from 'node:path'
import { Failure } from '../../preload/contract/errors.ts'
import { quoteQualified } from '../postgres/identifier.ts'
import type { Script } from '../postgres/script.ts'
import { field } from '../postgres/statement-facts.ts'
import { findRelations, type Relation, type Runner } from './catalogue.ts'
import { rowsOf } from './sentences.ts'

/** What scripts would do to a database that is there. */
export interface Preflight {
  /** Tables with rows that go, in sentences. */
  readonly losses: readonly string[]
  /** What would fail for certain; null where nothing is known to. */
  readonly refusal: Failure | null
}

type Wanted = { readonly schema: string | null; readonly name: string | null }
const key = (one: Wanted) => JSON.stringify([one.schema, one.name])

/** Looks at the tables that the scripts create, take from and insert into. Changes nothing. */
export async function preflight(runner: Runner, database: string, scripts: readonly Script[], signal: AbortSignal): Promise<Preflight> {
  const statements = scripts.flatMap((script) => script.statements.map((statement) => ({ ...statement, path: script.path })))
  const wanted = new Map<string, Wanted>()
  const want = (one: Wanted) => wanted.set(key(one), one)
  for (const { creates, inserts, destructive } of statements) {
    for (const one of creates) want(one)
    for (const { relation } of inserts) want(relation)
    for (const { relations, schemas } of destructive) {
      for (const one of relations) want(one)
      for (const schema of schemas) want({ schema, name: null })
    }
  }
  const found = await findRelations(runner, [...wanted.values()], { signal })
  const there = (one: Wanted) => found.filter((relation) => key(relation.wanted) === key(one))

  const losses = new Map<string, string>()
  /** As the script goes: what it has made or removed so far says nothing about the database any more. */
  const changed = new Set<string>()
  let refusal: Failure | null = null
  const refuse = (
    message: string,
    code: string,
    { path, line, column }: (typeof statements)[number],
    mend: 'load_schema' | 'open_lifecycle',
  ) => {
    refusal ??= new Failure('SQL', `${basename(path)}, line ${line}: ${message}`, {
      file: path,
      line,
      column,
      mend,
      source: { vendor: 'postgres', code },
    })
  }
  for (const statement of statements) {
    for (const { relations, schemas, sentence, losesData } of statement.destructive) {
      const gone = [...relations, ...schemas.map((schema) => ({ schema, name: null }))].flatMap((one) =>
        changed.has(key(one)) ? [] : there(one),
      )
      for (const relation of losesData ? gone : [])
        if (await holdsRows(runner, relation, signal))
          losses.set(
            `${relation.schema}.${relation.name}`,
            `${sentence}: ${relation.schema}.${relation.name} in ${database} holds ${rowsOf(relation.rows)}.`,
          )
      if (statement.tag.startsWith('DROP')) for (const relation of gone) for (const one of namesOf(relation)) changed.add(key(one))
    }
    for (const one of statement.drops) changed.add(key(one))
    for (const one of statement.creates) {
      const exists = !changed.has(key(one)) && there(one).length > 0
      if (exists && !createsOnlyIfMissing(statement.node))
        refuse(
          `${one.name} exists already in ${database}. Reset builds it anew, and keeps what is there.`,
          '42P07',
          statement,
          'open_lifecycle',
        )
      changed.add(key(one))
    }
    for (const { relation, columns } of statement.inserts) {
      if (changed.has(key(relation)) || isTemporary(relation.schema)) continue
      const [target] = there(relation)
      const createdUnderOtherName = [...changed].some((one) => JSON.parse(one)[1] === relation.name)
      if (target === undefined && !createdUnderOtherName && !scripts.some(makesRelationsUnseen))
        refuse(`${relation.name} does not exist in ${database}. Load the schema first.`, '42P01', statement, 'load_schema')
      const missing = target === undefined ? undefined : columns.find((column) => column !== '' && !target.columns.includes(column))
      if (missing !== undefined && !altersTables(statements))
        refuse(
          `${relation.name} in ${database} has no column ${missing}. The schema there is another one: Reset builds it anew.`,
          '42703',
          statement,
          'open_lifecycle',
        )
    }
  }
  return { losses: [...losses.values()], refusal }
}

/** A relation goes by its bare name and by its full one. */
const namesOf = ({ schema, name, wanted }: Relation): readonly Wanted[] => [wanted, { schema, name }, { schema: null, name }]

const isTemporary = (schema: string | null) => schema !== null && /^pg_temp/.test(schema)

/** Whether it is empty is asked of the table itself: estimates are old. A table that may not be read counts as full. */
async function holdsRows(runner: Runner, { schema, name }: Relation, signal: AbortSignal): Promise<boolean> {
  try {
    const { rows } = await runner.run({ text: `SELECT EXISTS (SELECT FROM ${quoteQualified(schema, name)})` }, { signal, readOnly: true })
    return rows[0]?.[0] === 't'
  } catch (error) {
    if (error instanceof Failure && (error.code === 'FORBIDDEN' || error.code === 'TIMEOUT')) return true
    throw error
  }
}

const createsOnlyIfMissing = (node: object) =>
  Object.values(node).some((tree) => field(tree, 'if_not_exists') === true || isTemporaryTable(tree))
const isTemporaryTable = (tree: unknown) => field(field(tree, 'relation'), 'relpersistence') === 't'

/** Views, functions and the like can make a relation under a name that is not read here. */
const makesRelationsUnseen = ({ statements }: Script) =>
  statements.some(({ tag }) => /^(DO|CALL|CREATE VIEW|CREATE EXTENSION|SET)$/.test(tag) || /^(ALTER TABLE|RENAME)/.test(tag))
const altersTables = (statements: readonly { readonly tag: string }[]) =>
  statements.some(({ tag }) => /^(ALTER TABLE|RENAME|DO|CALL|SET)$/.test(tag))
