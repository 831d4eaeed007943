import type { Column } from '../../preload/contract/packed.ts'
import type { Field } from './execution.ts'

/** Types whose name needs no catalogue: by OID, the name that `format_type` gives, and how a modifier shows in it. */
const builtIn = new Map<number, readonly [name: string, modifier?: 'length' | 'precision' | 'bits']>([
  [16, ['boolean']],
  [17, ['bytea']],
  [18, ['"char"']],
  [19, ['name']],
  [20, ['bigint']],
  [21, ['smallint']],
  [23, ['integer']],
  [25, ['text']],
  [26, ['oid']],
  [27, ['tid']],
  [28, ['xid']],
  [30, ['oidvector']],
  [114, ['json']],
  [142, ['xml']],
  [600, ['point']],
  [650, ['cidr']],
  [700, ['real']],
  [701, ['double precision']],
  [790, ['money']],
  [829, ['macaddr']],
  [869, ['inet']],
  [1002, ['"char"[]']],
  [1015, ['character varying[]']],
  [1034, ['aclitem[]']],
  [1043, ['character varying', 'length']],
  [1082, ['date']],
  [1700, ['numeric', 'precision']],
  [1562, ['bit varying', 'bits']],
  [1114, ['timestamp without time zone']],
  [1184, ['timestamp with time zone']],
  [1186, ['interval']],
  [1083, ['time without time zone']],
  [1266, ['time with time zone']],
  [194, ['pg_node_tree']],
  [2205, ['regclass']],
  [2206, ['regtype']],
  [3220, ['pg_lsn']],
  [2950, ['uuid']],
  [3614, ['tsvector']],
  [3802, ['jsonb']],
  [705, ['unknown']],
  [2278, ['void']],
  [2249, ['record']],
  [1000, ['boolean[]']],
  [1003, ['name[]']],
  [1005, ['smallint[]']],
  [1007, ['integer[]']],
  [1009, ['text[]']],
  [1016, ['bigint[]']],
  [1022, ['double precision[]']],
  [1028, ['oid[]']],
  [1185, ['timestamp with time zone[]']],
  [2951, ['uuid[]']],
  [3807, ['jsonb[]']],
])

/** The name of a type as `format_type(oid, typmod)` writes it, where it is known without asking; undefined otherwise. */
export function builtInTypeName(oid: number, modifier: number): string | undefined {
  const known = builtIn.get(oid)
  if (known === undefined) return undefined
  const [name, shows] = known
  if (modifier < 0) return name
  switch (shows) {
    case 'length':
      return `${name}(${modifier - 4})`
    case 'bits':
      return `${name}(${modifier})`
    case 'precision': {
      // From Postgres 15 on the scale is a signed number of eleven bits.
      const scale = ((((modifier - 4) & 0x7ff) ^ 1024) - 1024) | 0
      return `${name}(${((modifier - 4) >> 16) & 0xffff},${scale})`
    }
    default:
      return undefined
  }
}

/** Asks the catalogue for names: a list of [oid, modifier] in, the names in the same order out; null for a type that is gone. */
export type AskTypeNames = (types: readonly (readonly [number, number])[]) => Promise<readonly (string | null)[]>

/** The names of the types of one database, remembered. */
export class TypeNames {
  readonly #ask: AskTypeNames
  readonly #known = new Map<string, string>()

  constructor(ask: AskTypeNames) {
    this.#ask = ask
  }

  /** The columns of a result. A promise only where the catalogue has to be asked. */
  columns(fields: readonly Field[]): readonly Column[] | Promise<readonly Column[]> {
    const unknown = new Map<string, readonly [number, number]>()
    for (const { dataTypeID, dataTypeModifier } of fields) {
      if (this.#name(dataTypeID, dataTypeModifier) === undefined) {
        unknown.set(`${dataTypeID}:${dataTypeModifier}`, [dataTypeID, dataTypeModifier])
      }
    }
    return unknown.size === 0 ? this.#columns(fields) : this.#learn(unknown).then(() => this.#columns(fields))
  }

  async #learn(unknown: ReadonlyMap<string, readonly [number, number]>): Promise<void> {
    try {
      const names = await this.#ask([...unknown.values()])
      for (const [index, key] of [...unknown.keys()].entries()) {
        const name = names[index]
        // A type that the transaction under way has just made is not seen from outside it.
        if (name !== undefined && name !== null && name !== '???') this.#known.set(key, name)
      }
    } catch {
      // A result is worth more than the names of its types: the OID stands in for them.
    }
  }

  #name(oid: number, modifier: number): string | undefined {
    return builtInTypeName(oid, modifier) ?? this.#known.get(`${oid}:${modifier}`)
  }

  #columns(fields: readonly Field[]): readonly Column[] {
    return fields.map(({ name, dataTypeID, dataTypeModifier }) => ({
      name,
      typeOid: dataTypeID,
      type: this.#name(dataTypeID, dataTypeModifier) ?? `oid ${dataTypeID}`,
    }))
  }
}
