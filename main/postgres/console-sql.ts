import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const texts = new Map<string, string>()
let folder: string | undefined

/** `sql/console` is found by walking up: this file runs from the sources, from `out/main`, and from the packaged app. */
function findFolder(): string {
  let at = import.meta.dirname
  for (;;) {
    const candidate = join(at, 'sql', 'console')
    if (existsSync(candidate)) return candidate
    const above = dirname(at)
    if (above === at) throw new Error(`No folder sql/console above ${import.meta.dirname}`)
    at = above
  }
}

/** The text of `sql/console/NAME.sql`, one statement that the console itself runs. */
export function consoleSql(name: string): string {
  const known = texts.get(name)
  if (known !== undefined) return known
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) throw new Error(`Not the name of a statement: ${name}`)
  folder ??= findFolder()
  const text = readFileSync(join(folder, `${name}.sql`), 'utf8')
  texts.set(name, text)
  return text
}

/** The folder `sql`, where the console's own projects are beside its statements. */
export function sqlFolder(): string {
  folder ??= findFolder()
  return dirname(folder)
}
