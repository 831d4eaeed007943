import { reachOf } from './admin-functions.ts'
import { constantText, field, list, option, stringsIn, stringValue, text } from './statement-facts.ts'
import type { ClassifiedStatement } from './statement-kind.ts'

const beyondTheDatabase =
  /^(Createdb|Dropdb|AlterDatabase|AlterDatabaseSet|AlterDatabaseRefreshColl|AlterSystem|CreateTableSpace|DropTableSpace|AlterTableSpaceOptions|Load)Stmt$/

/** Languages whose functions stay inside the database, as far as Postgres vouches for it. */
const trustedLanguages = new Set(['sql', 'plpgsql', 'plperl', 'pltcl', 'plv8'])

/**
 * Why a statement has no place in a script that is run on one chosen database; null where it has.
 * It keeps the script on its database and off the server's files and programs. Dynamic SQL inside a body
 * can still reach them where the role may: a role that is no superuser cannot.
 */
export function refusalOf(statement: ClassifiedStatement): string | null {
  const [type = '', tree] = Object.entries(statement.node)[0] ?? []
  if (statement.copy !== null && statement.copy !== 'from-client') return copyRefusals[statement.copy]
  if (beyondTheDatabase.test(type)) return `${statement.tag} acts on another database or on the whole server`
  for (const { schema, name } of statement.functions) {
    const reach = reachOf(schema, name)
    if (reach === 'server' || reach === 'files' || reach === 'remote') return `${name}() reaches beyond this database`
  }
  if (type === 'VariableSetStmt') return settingRefusal(text(field(tree, 'name')), list(field(tree, 'args')).map(constantText).join(','))
  const setting = callOfSetConfig(tree)
  if (setting !== null) return settingRefusal(setting.name, setting.value)
  if (type === 'CreateFunctionStmt') {
    const language = stringValue(option(field(tree, 'options'), 'language')).toLowerCase()
    if (language !== '' && !trustedLanguages.has(language)) return `functions in language ${language} run outside of what Postgres controls`
  }
  if (type === 'CreateForeignTableStmt' && option(field(tree, 'options'), 'program') !== undefined)
    return 'its option program runs a program on the server'
  if (/^(DoStmt|CreateFunctionStmt)$/.test(type) && stringsIn(tree).some((body) => /\bcopy\b[\s\S]*\bprogram\b/i.test(body)))
    return 'its body holds COPY … PROGRAM, which runs a program on the server'
  return null
}

const copyRefusals = {
  program: 'COPY … PROGRAM runs a program on the server',
  file: 'COPY with a file name reads or writes a file of the server: use COPY … FROM stdin with the rows in the script',
  'to-client': 'COPY … TO STDOUT has no reader here',
} as const

/** Settings under which the server would read the text otherwise than it was split and sent. */
function settingRefusal(name: string, value: string): string | null {
  if (name === 'standard_conforming_strings' && /^(off|false|no|0|f|n)$/i.test(value))
    return 'with standard_conforming_strings off the server reads quotes otherwise than this script was split'
  if ((name === 'client_encoding' || name === 'names') && !/^(utf-?8|unicode|)$/i.test(value))
    return 'scripts are sent as UTF-8: save the file as UTF-8 and leave client_encoding out'
  return null
}

/** The first call of `set_config('name', 'value', …)` with constants. */
function callOfSetConfig(tree: unknown): { readonly name: string; readonly value: string } | null {
  if (Array.isArray(tree)) return tree.map(callOfSetConfig).find((one) => one !== null) ?? null
  if (typeof tree !== 'object' || tree === null) return null
  const called = field(tree, 'FuncCall')
  if (called !== undefined && stringValue(list(field(called, 'funcname')).at(-1)) === 'set_config') {
    const [name, value] = list(field(called, 'args')).map(constantText)
    return { name: name ?? '', value: value ?? '' }
  }
  return (
    Object.values(tree)
      .map(callOfSetConfig)
      .find((one) => one !== null) ?? null
  )
}
