import type { Structure } from '../../preload/contract/tables.ts'

const plainName = /^[a-z_][a-z0-9_$]*$/

/** A name as it must be written in SQL. Quoted where it is more than lower-case letters, and where it could be a keyword. */
function identifier(name: string): string {
  return plainName.test(name) && !keywords.has(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/** Postgres' reserved words. */
const keywords = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate collation column
  concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp
  current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike
  in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null
  offset on only or order outer overlaps placing primary references returning right select session_user similar some symmetric
  system_user table tablesample then to trailing true union unique user using variadic verbose when where window with`.split(/\s+/),
)

/** The relation as a statement that would make it again: a reading aid, without privileges, storage options and ownership. */
export function definitionOf(structure: Structure): string {
  const { relation, columns, constraints, indexes, triggers, viewDefinition } = structure
  const name = `${identifier(relation.schema)}.${identifier(relation.name)}`
  if (viewDefinition !== null) return `CREATE ${relation.kind.toUpperCase()} ${name} AS\n${viewDefinition}`
  const lines = columns.map((column) => {
    const parts = [identifier(column.name), column.type]
    if (!column.nullable) parts.push('NOT NULL')
    if (column.identity === 'generated') parts.push(`GENERATED ALWAYS AS ${generated(column.default ?? '')}`)
    else if (column.identity !== null) parts.push(`GENERATED ${column.identity.toUpperCase()} AS IDENTITY`)
    else if (column.default !== null) parts.push(`DEFAULT ${column.default}`)
    return parts.join(' ')
  })
  const named = constraints.filter(({ kind }) => kind !== 'not null' && kind !== 'trigger')
  lines.push(...named.map((one) => `CONSTRAINT ${identifier(one.name)} ${one.definition}`))
  const owned = new Set(named.map((one) => one.name))
  const rest = [
    ...indexes.filter((one) => !owned.has(one.name)).map((one) => `${one.definition};`),
    ...triggers.map((one) => `${one.definition};`),
  ]
  const foreign = relation.kind === 'foreign table' ? 'FOREIGN ' : ''
  return [`CREATE ${foreign}TABLE ${name} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n);`, ...rest].join('\n\n')
}

/** `upper(name) STORED` becomes `(upper(name)) STORED`. */
function generated(text: string): string {
  const [, expression = '', kind = ''] = /^(.*) (STORED|VIRTUAL)$/s.exec(text) ?? []
  return `${expression.startsWith('(') ? expression : `(${expression})`} ${kind}`
}
