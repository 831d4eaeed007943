import { Failure } from '../../preload/contract/errors.ts'
import { consoleSql } from '../postgres/console-sql.ts'
import type { Connection } from '../postgres/driver.ts'
import { quoteIdentifier } from '../postgres/identifier.ts'
import { type DatabaseFacts, type Locale, readDatabases } from './catalogue.ts'
import { builtMark, quoteLiteral } from './names.ts'

export interface BuildOptions {
  readonly signal?: AbortSignal | undefined
  log(line: string): void
}

/**
 * Creates an empty database, with the encoding, locale and tablespace of `like` where one is given.
 * @returns its OID
 */
export async function createDatabase(
  connection: Connection,
  name: string,
  like: DatabaseFacts | null,
  options: BuildOptions,
): Promise<string> {
  const [template] = await readDatabases(connection, ['template1'], { signal: options.signal })
  const create = (clauses: string) =>
    connection.run({ text: `CREATE DATABASE ${quoteIdentifier(name)}${clauses}` }, { signal: options.signal, timeoutMs: 0 })
  const same = like === null || (template !== undefined && JSON.stringify(like.locale) === JSON.stringify(template.locale))
  const tablespace = like === null || like.tablespace === template?.tablespace ? '' : ` TABLESPACE ${quoteIdentifier(like.tablespace)}`
  const locale = (like ?? template)?.locale
  try {
    await create(`${same || locale === undefined ? '' : localeClauses(locale)}${tablespace}`)
  } catch (error) {
    if (!same || locale === undefined || !(error instanceof Failure) || error.data?.source?.code !== '55006') throw error
    options.log('template1 is in use; template0 was copied instead.')
    await create(`${localeClauses(locale)}${tablespace}`)
  }
  const [made] = await readDatabases(connection, [name], { signal: options.signal })
  if (made === undefined) throw new Failure('GONE', `${name} was created and is gone again: someone else is at work on this server.`)
  return made.oid
}

/** template0 takes any encoding and locale; template1 only its own. */
function localeClauses({ encoding, collate, ctype, provider, locale, icuRules }: Locale): string {
  const clauses = [
    `TEMPLATE template0 ENCODING ${quoteLiteral(encoding)} LC_COLLATE ${quoteLiteral(collate)} LC_CTYPE ${quoteLiteral(ctype)}`,
  ]
  if (provider === 'c') clauses.push('LOCALE_PROVIDER libc')
  if (provider === 'i') clauses.push(`LOCALE_PROVIDER icu ICU_LOCALE ${quoteLiteral(locale ?? '')}`)
  if (provider === 'i' && icuRules !== null) clauses.push(`ICU_RULES ${quoteLiteral(icuRules)}`)
  if (provider === 'b') clauses.push(`LOCALE_PROVIDER builtin BUILTIN_LOCALE ${quoteLiteral(locale ?? '')}`)
  return ` ${clauses.join(' ')}`
}

/** Says in the database itself who made it, so that a later start knows it as a leftover. */
export async function markBuilt(connection: Connection, name: string, at: string): Promise<void> {
  await comment(connection, name, builtMark(at))
}

export async function comment(connection: Connection, name: string, text: string | null): Promise<void> {
  await connection.run({ text: commentOn(name, text) })
}

export const commentOn = (name: string, text: string | null): string =>
  `COMMENT ON DATABASE ${quoteIdentifier(name)} IS ${text === null ? 'NULL' : quoteLiteral(text)}`

/** Settings whose value is a list of quoted names: as one literal it would become one name. */
const listSettings = /^(search_path|temp_tablespaces|(session|shared|local)_preload_libraries|unix_socket_directories)$/i

/** Gives a database the settings, connection limit, grants and owner of another one. What the role may not give is logged. */
export async function carryOver(connection: Connection, from: DatabaseFacts, name: string, { signal, log }: BuildOptions): Promise<void> {
  const to = quoteIdentifier(name)
  const attempt = async (what: string, statements: readonly string[]) => {
    try {
      for (const text of statements) await connection.run({ text }, { signal })
      log(`Carried over: ${what}.`)
    } catch (error) {
      if (!(error instanceof Failure) || (error.code !== 'FORBIDDEN' && error.code !== 'SQL')) throw error
      log(`Not carried over: ${what}: ${error.message}`)
    }
  }
  const { rows: settings } = await connection.run({ text: consoleSql('lifecycle-settings'), values: [from.oid] }, { signal })
  for (const [role, setting, value] of settings) {
    if (setting == null || value == null) continue
    const quoted = setting.split('.').map(quoteIdentifier).join('.')
    const place = role == null ? `ALTER DATABASE ${to}` : `ALTER ROLE ${quoteIdentifier(role)} IN DATABASE ${to}`
    const what = `${setting}${role == null ? '' : ` of ${role}`}`
    if (listSettings.test(setting)) {
      await attempt(what, [
        `SELECT set_config(${quoteLiteral(setting)}, ${quoteLiteral(value)}, false)`,
        `${place} SET ${quoted} FROM CURRENT`,
      ])
      await connection.run({ text: `RESET ${quoted}` }, { signal })
    } else await attempt(what, [`${place} SET ${quoted} TO ${quoteLiteral(value)}`])
  }
  if (from.connectionLimit >= 0)
    await attempt('the connection limit', [`ALTER DATABASE ${to} WITH CONNECTION LIMIT ${from.connectionLimit}`])
  const { rows: defaults } = await connection.run({ text: consoleSql('lifecycle-default-grants'), values: [from.oid] }, { signal })
  if (defaults[0]?.[0] !== 't') {
    const { rows: grants } = await connection.run({ text: consoleSql('lifecycle-grants'), values: [from.oid] }, { signal })
    const given = grants.map(([role, privilege, grantable]) => {
      const whom = role == null ? 'PUBLIC' : quoteIdentifier(role)
      return `GRANT ${privilege} ON DATABASE ${to} TO ${whom}${grantable === 't' ? ' WITH GRANT OPTION' : ''}`
    })
    await attempt('the privileges', [`REVOKE ALL ON DATABASE ${to} FROM PUBLIC`, ...given])
  }
  const { rows: who } = await connection.run({ text: 'SELECT current_user' }, { signal })
  if (who[0]?.[0] !== from.owner) await attempt(`the owner ${from.owner}`, [`ALTER DATABASE ${to} OWNER TO ${quoteIdentifier(from.owner)}`])
}
