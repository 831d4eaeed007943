import { Failure } from '../../preload/contract/errors.ts'
import type { Relation } from '../../preload/contract/tables.ts'
import { consoleSql } from '../postgres/console-sql.ts'
import type { Driver, RunOptions, Target } from '../postgres/driver.ts'

/** A column as statements about its table need it. */
export interface TableColumn {
  readonly name: string
  readonly typeOid: number
  /** As Postgres shows it: `numeric(10,2)`. */
  readonly type: string
  /** Where the type is, so that a cast never depends on the search path. */
  readonly typeSchema: string
  readonly typeName: string
  readonly nullable: boolean
  /** Place in the primary key, from 1. */
  readonly primaryKey: number | null
  /** True where a value may be of any length, so that it is cut. */
  readonly unbounded: boolean
  /** True for bytea, whose text is made of a slice: the text of the whole would be twice as long. */
  readonly binary: boolean
}

export interface Table {
  readonly schema: string
  readonly name: string
  readonly kind: Relation['kind']
  readonly columns: readonly TableColumn[]
  /** Columns that name one row, in the order of the index; empty where nothing does. */
  readonly key: readonly TableColumn[]
}

/** Reads a table's names from the catalogue by its OID. Fails with GONE where it was dropped. */
export async function readTable(driver: Pick<Driver, 'run'>, target: Target, oid: number, options: RunOptions): Promise<Table> {
  const { rows } = await driver.run(target, { text: consoleSql('tables-names'), values: [String(oid)] }, options)
  const [first] = rows
  if (first === undefined) throw new Failure('GONE', 'The table is not there any more. Refresh the list of tables.')
  const columns = rows.filter((row) => row[4] !== null).map(column)
  // The primary key of a table with inheritors says nothing about the rows of those.
  const inherited = first[3] === 't'
  const key = inherited ? [] : columns.filter((one) => one.primaryKey !== null)
  key.sort((a, b) => (a.primaryKey ?? 0) - (b.primaryKey ?? 0))
  return { schema: first[0] ?? '', name: first[1] ?? '', kind: (first[2] ?? 'table') as Relation['kind'], columns, key }
}

function column(row: readonly (string | null)[]): TableColumn {
  return {
    name: row[4] ?? '',
    typeOid: Number(row[5]),
    type: row[6] ?? '',
    typeSchema: row[7] ?? '',
    typeName: row[8] ?? '',
    nullable: row[9] === 't',
    primaryKey: row[10] === null || row[10] === undefined ? null : Number(row[10]),
    // An index bounds what a key can hold, and a key that was cut would name no row.
    unbounded: row[11] === 't' && row[10] === null,
    binary: row[12] === 't',
  }
}

/** The column of that name. Fails with GONE where the table has none. */
export function columnOf(table: Table, name: string): TableColumn {
  const found = table.columns.find((one) => one.name === name)
  if (found === undefined)
    throw new Failure('GONE', `The column ${name} is not in ${table.schema}.${table.name} any more. Refresh the table.`)
  return found
}
