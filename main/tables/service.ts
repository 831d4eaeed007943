import type { InferContractRouterInputs, InferContractRouterOutputs } from '@orpc/contract'
import { Failure } from '../../preload/contract/errors.ts'
import type { PageAddress } from '../../preload/contract/packed.ts'
import type { tables } from '../../preload/contract/tables.ts'
import type { Call } from '../environments/caller.ts'
import type { Environments } from '../environments/environments.ts'
import { consoleSql } from '../postgres/console-sql.ts'
import type { Driver, RunOptions, Value } from '../postgres/driver.ts'
import type { PageStore } from '../postgres/pages.ts'
import { packRows } from './pack-rows.ts'
import { countRows, cutAt, orderOf, selectCell, selectRows } from './select-rows.ts'
import { readStructure } from './structure.ts'
import { columnOf, readTable } from './table.ts'

type Inputs = InferContractRouterInputs<typeof tables>
type Outputs = InferContractRouterOutputs<typeof tables>

export interface TablesDeps {
  readonly driver: Pick<Driver, 'run' | 'stream'>
  readonly environments: Pick<Environments, 'target' | 'isLocked'>
  readonly pages: Pick<PageStore, 'put'>
}

export type TablesService = { readonly [Name in keyof Inputs]: (input: Inputs[Name], call: Call) => Promise<Outputs[Name]> }

/** Relations in one page. */
const listPart = 20_000
const countLimitMs = 60_000
const cellLimit = 64 * 1024 * 1024

/** Reads tables: their list, structure, rows, counts and cells. Changes nothing. */
export function createTablesService({ driver, environments, pages }: TablesDeps): TablesService {
  const options = (input: { environment: string }, call: Call, timeoutMs?: number): RunOptions => ({
    signal: call.signal,
    readOnly: environments.isLocked(call, input.environment),
    timeoutMs,
  })
  const keep = (buffer: ArrayBuffer, rows: number, call: Call): PageAddress => ({
    // Apart from the pages of runs, which wait for room: an answer that nobody fetched must not hold those up.
    address: pages.put(buffer, `tables ${call.window}`),
    rows,
    bytes: buffer.byteLength,
  })
  const put = (rows: readonly (readonly Value[])[], columns: number, call: Call): PageAddress => {
    const buffer = packRows(rows, columns)
    return keep(buffer, rows.length, call)
  }

  return {
    async list(input, call) {
      const target = environments.target(input.environment)
      const found: PageAddress[] = []
      const streamed = { ...options(input, call), firstPage: listPart, pageRows: listPart }
      for await (const event of driver.stream(target, { text: consoleSql('tables-list') }, streamed)) {
        if (event.event === 'page') found.push(keep(event.buffer, event.rows, call))
      }
      return { database: target.database, pages: found }
    },

    structure: (input, call) => readStructure(driver, environments.target(input.environment), input.oid, options(input, call)),

    async rows(input, call) {
      const target = environments.target(input.environment)
      const table = await readTable(driver, target, input.oid, options(input, call))
      const order = orderOf(table, input.order)
      if (input.after !== null && input.after.length !== order.length) throw keyChanged()
      const answer = await driver.run(target, selectRows(table, input), options(input, call))
      const rows = answer.rows.slice(0, input.limit)
      const place = order.map((one) => rows.at(-1)?.[table.columns.indexOf(one.column)] ?? null)
      // A value that was cut does not say where its row stands in the order.
      const whole = order.every((one, at) => !one.column.unbounded || (place[at]?.length ?? 0) < cutAt)
      return {
        columns: table.columns.map(({ name, type, typeOid }) => ({ name, type, typeOid })),
        page: put(rows, table.columns.length, call),
        key: table.key.map((column) => column.name),
        lastKey: table.key.length > 0 && whole && rows.length > 0 ? place : null,
        end: answer.rows.length <= input.limit,
        cutAt,
      }
    },

    async count(input, call) {
      const target = environments.target(input.environment)
      const table = await readTable(driver, target, input.oid, options(input, call))
      const { rows } = await driver.run(target, countRows(table, input.filters), options(input, call, countLimitMs))
      return { rows: rows[0]?.[0] ?? '0' }
    },

    async cell(input, call) {
      const target = environments.target(input.environment)
      const table = await readTable(driver, target, input.oid, options(input, call))
      if (table.key.length === 0 || input.key.length !== table.key.length) throw keyChanged()
      const statement = selectCell(table, input.key, columnOf(table, input.column), cellLimit)
      const { rows } = await driver.run(target, statement, options(input, call))
      const [row] = rows
      if (row === undefined) throw new Failure('GONE', 'The row is not there any more. Refresh the table.')
      return { page: put([[row[0] ?? null]], 1, call), bytes: Number(row[1] ?? 0), truncated: row[2] === 't' }
    },
  }
}

const keyChanged = () => new Failure('GONE', 'The primary key of the table changed. Refresh the table.')
