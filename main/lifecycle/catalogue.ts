import { setTimeout as pause } from 'node:timers/promises'
import { Failure } from '../../preload/contract/errors.ts'
import { consoleSql } from '../postgres/console-sql.ts'
import type { Connection, Rows, RunOptions, Value } from '../postgres/driver.ts'
import type { Names } from './names.ts'

/** Whoever runs one statement: a connection, or the pool with a target. */
export interface Runner {
  run(statement: { readonly text: string; readonly values?: readonly Value[] }, options?: RunOptions): Promise<Rows>
}

/** A database as pg_database has it. */
export interface DatabaseFacts {
  readonly name: string
  readonly oid: string
  readonly owner: string
  /** The role owns it, itself or by membership. */
  readonly mayOwn: boolean
  readonly protected: boolean
  readonly comment: string | null
  /** For instance `7953 kB`; null where the role may not connect to it. */
  readonly size: string | null
  /** -1 is without limit; -2 marks one that a DROP DATABASE left half removed. */
  readonly connectionLimit: number
  readonly locale: Locale
  readonly tablespace: string
}

export interface Locale {
  readonly encoding: string
  readonly collate: string
  readonly ctype: string
  /** `c` libc, `i` ICU, `b` built in; null before Postgres 15. */
  readonly provider: string | null
  readonly locale: string | null
  readonly icuRules: string | null
}

export interface ServerFacts {
  readonly mayCreate: boolean
  readonly standby: boolean
  readonly version: number
  /** On the database, without the console's own. */
  readonly sessions: number
  /** Who they are, as `psql of ada, pool of app × 3`; null where there are none. */
  readonly sessionNames: string | null
  readonly preparedTransactions: string | null
  readonly replicationSlots: string | null
}

/** What exists under the names around a database. */
export interface Around {
  readonly current: DatabaseFacts | null
  readonly next: DatabaseFacts | null
  readonly previous: DatabaseFacts | null
  readonly replaced: DatabaseFacts | null
}

const run = (runner: Runner, name: string, values: readonly Value[], options?: RunOptions) =>
  runner.run({ text: consoleSql(name), values }, options)

export async function readDatabases(runner: Runner, names: readonly string[], options?: RunOptions): Promise<readonly DatabaseFacts[]> {
  const { rows } = await run(runner, 'lifecycle-databases', [JSON.stringify(names)], options)
  return rows.map((row) => {
    const [name, oid, owner, mayOwn, isProtected, comment, size, limit, encoding, collate, ctype, provider, locale, icuRules, tablespace] =
      row
    return {
      name: name ?? '',
      oid: oid ?? '',
      owner: owner ?? '',
      mayOwn: mayOwn === 't',
      protected: isProtected === 't',
      comment: comment ?? null,
      size: size ?? null,
      connectionLimit: Number(limit),
      locale: {
        encoding: encoding ?? '',
        collate: collate ?? '',
        ctype: ctype ?? '',
        provider: provider ?? null,
        locale: locale ?? null,
        icuRules: icuRules ?? null,
      },
      tablespace: tablespace ?? '',
    }
  })
}

export async function lookAround(runner: Runner, names: Names, options?: RunOptions): Promise<Around> {
  const found = await readDatabases(runner, Object.values(names), options)
  const named = (name: string) => found.find((one) => one.name === name) ?? null
  return { current: named(names.current), next: named(names.next), previous: named(names.previous), replaced: named(names.replaced) }
}

export async function readServer(runner: Runner, database: string, options?: RunOptions): Promise<ServerFacts> {
  const { rows } = await run(runner, 'lifecycle-server', [database], options)
  const [mayCreate, standby, version, sessions, sessionNames, prepared, slots] = rows[0] ?? []
  return {
    mayCreate: mayCreate === 't',
    standby: standby === 't',
    version: Number(version),
    sessions: Number(sessions),
    sessionNames: sessionNames ?? null,
    preparedTransactions: prepared ?? null,
    replicationSlots: slots ?? null,
  }
}

export interface Table {
  readonly schema: string
  readonly name: string
  /** Null before the first ANALYZE. */
  readonly rows: number | null
}

const estimate = (value: Value | undefined) => (value == null || value === '-1' ? null : Number(value))

/** The tables of the database that the runner is connected to. */
export async function readTables(runner: Runner, options?: RunOptions): Promise<readonly Table[]> {
  const { rows } = await run(runner, 'lifecycle-tables', [], options)
  return rows.map(([schema, name, tuples]) => ({ schema: schema ?? '', name: name ?? '', rows: estimate(tuples) }))
}

export interface Relation extends Table {
  readonly wanted: { readonly schema: string | null; readonly name: string | null }
  readonly columns: readonly string[]
}

/** Where wanted relations are found; those that are not there are left out. */
export async function findRelations(
  runner: Runner,
  wanted: readonly Relation['wanted'][],
  options?: RunOptions,
): Promise<readonly Relation[]> {
  if (wanted.length === 0) return []
  const { rows } = await run(runner, 'lifecycle-relations', [JSON.stringify(wanted)], options)
  return rows.map(([wantedSchema, wantedName, schema, name, tuples, columns]) => ({
    wanted: { schema: wantedSchema ?? null, name: wantedName ?? null },
    schema: schema ?? '',
    name: name ?? '',
    rows: estimate(tuples),
    // json_agg of names is an array of strings, or null where there are no columns.
    columns: (JSON.parse(columns ?? '[]') ?? []) as string[],
  }))
}

/** Takes the lock that keeps two consoles from working on the same databases. @throws Failure BUSY */
export async function takeLock(connection: Connection, database: string, patienceMs: number, signal?: AbortSignal): Promise<void> {
  const until = Date.now() + patienceMs
  for (;;) {
    const { rows } = await run(connection, 'lifecycle-lock', [database], { signal })
    if (rows[0]?.[0] === 't') return
    if (Date.now() >= until)
      throw new Failure(
        'BUSY',
        `Another console is at work on ${database}, or a run of this one has not ended on the server. Try again in a moment.`,
      )
    await pause(100)
  }
}
