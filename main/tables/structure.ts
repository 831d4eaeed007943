import { Failure } from '../../preload/contract/errors.ts'
import type { Relation, Structure } from '../../preload/contract/tables.ts'
import { consoleSql } from '../postgres/console-sql.ts'
import type { Driver, RunOptions, Target, Value } from '../postgres/driver.ts'

type Row = readonly Value[]

/** Some of the functions that write definitions down wait for a table that is locked. */
const limitMs = 5000

/** What the catalogue says of one relation. Fails with GONE where it was dropped, with TIMEOUT while somebody holds it exclusively. */
export async function readStructure(driver: Pick<Driver, 'run'>, target: Target, oid: number, options: RunOptions): Promise<Structure> {
  const ask = async (name: string, timeoutMs = limitMs): Promise<readonly Row[]> =>
    (await driver.run(target, { text: consoleSql(name), values: [String(oid)] }, { ...options, timeoutMs })).rows
  try {
    return await readParts(ask)
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'TIMEOUT') throw error
    const message = `The structure could not be read in ${limitMs / 1000} s. Another session may hold the table exclusively; Sessions shows which.`
    throw new Failure('TIMEOUT', message, error.data)
  }
}

type Ask = (name: string, timeoutMs?: number) => Promise<readonly Row[]>

async function readParts(ask: Ask): Promise<Structure> {
  const [relations, columns, indexes, constraints, triggers, totalBytes] = await Promise.all([
    ask('tables-relation'),
    ask('tables-columns'),
    ask('tables-indexes'),
    ask('tables-constraints'),
    ask('tables-triggers'),
    readSize(ask),
  ])
  const [relation] = relations
  if (relation === undefined) throw new Failure('GONE', 'The table is not there any more. Refresh the list of tables.')
  return {
    relation: toRelation(relation),
    columns: columns.map(toColumn),
    indexes: indexes.map((row) => ({
      name: text(row[0]),
      definition: text(row[1]),
      unique: row[2] === 't',
      primary: row[3] === 't',
      valid: row[4] === 't',
      bytes: Number(row[5]),
    })),
    constraints: constraints.map((row) => ({
      name: text(row[0]),
      kind: text(row[1]) as Structure['constraints'][number]['kind'],
      definition: text(row[2]),
      validated: row[3] === 't',
    })),
    triggers: triggers.map((row) => ({ name: text(row[0]), definition: text(row[1]), enabled: row[2] === 't' })),
    totalBytes,
    viewDefinition: relation[7] ?? null,
  }
}

/** A table that somebody holds exclusively is not waited for: its size is then not known. */
async function readSize(ask: Ask): Promise<number | null> {
  try {
    const [row] = await ask('tables-size', 1000)
    return row?.[0] == null ? null : Number(row[0])
  } catch (error) {
    // A relation without storage, or one dropped meanwhile, has no size either; whether it is there the other answers say.
    if (error instanceof Failure && ['TIMEOUT', 'SQL', 'GONE'].includes(error.code)) return null
    throw error
  }
}

function toRelation(row: Row): Relation {
  return {
    oid: Number(row[0]),
    schema: text(row[1]),
    name: text(row[2]),
    kind: text(row[3]) as Relation['kind'],
    estimatedRows: row[4] == null ? null : Number(row[4]),
    estimatedBytes: Number(row[5]),
    comment: row[6] ?? null,
  }
}

function toColumn(row: Row): Structure['columns'][number] {
  return {
    number: Number(row[0]),
    name: text(row[1]),
    type: text(row[2]),
    typeOid: Number(row[3]),
    nullable: row[4] === 't',
    default: row[5] ?? null,
    identity: (row[6] ?? null) as Structure['columns'][number]['identity'],
    comment: row[7] ?? null,
    primaryKey: row[8] == null ? null : Number(row[8]),
  }
}

const text = (value: Value | undefined): string => value ?? ''
