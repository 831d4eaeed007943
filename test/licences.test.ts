import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

interface Package {
  readonly license?: string
  readonly dev?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
}
const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'))
const packages: Readonly<Record<string, Package>> = read('package-lock.json').packages

/** Where Node finds a package that another one asks for; null where it is not installed. */
function found(name: string, from: string): string | null {
  const path = from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`
  if (path in packages) return path
  return from === ''
    ? null
    : found(name, from.includes('node_modules/') ? from.slice(0, from.lastIndexOf('node_modules/')).replace(/\/$/, '') : '')
}

/** The packages that the sources of a room import: they are bundled, so they are shipped although npm counts them as tools. */
function importedBy(room: string): Set<string> {
  const files = readdirSync(join(root, room), { recursive: true, withFileTypes: true }).filter((one) => /\.(tsx?|css)$/.test(one.name))
  const texts = files.map((one) => readFileSync(join(one.parentPath, one.name), 'utf8'))
  const names = texts.flatMap((text) =>
    [...text.matchAll(/(?:from|import)\s*\(?\s*'((?:@[^'/]+\/)?[^'./][^'/]*)/g)].map(([, name = '']) => name),
  )
  return new Set(names.filter((name) => found(name, '') !== null))
}

/** These packages and all that they ask for, as paths in the lock file. */
function withDependencies(paths: readonly string[]): Set<string> {
  const all = new Set<string>()
  const add = (path: string): void => {
    if (all.has(path)) return
    all.add(path)
    for (const name of Object.keys(packages[path]?.dependencies ?? {})) {
      const next = found(name, path)
      if (next !== null) add(next)
    }
  }
  for (const path of paths) add(path)
  return all
}

const permissive = new Set(['MIT', 'Apache-2.0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'])
/** A font may be shipped with a program under its own licence. */
const fonts = new Set(['OFL-1.1'])

function licenceOf(path: string): string {
  const installed = join(path, 'package.json')
  return (existsSync(join(root, installed)) ? read(installed).license : packages[path]?.license) ?? 'none'
}

function mayShip(path: string): boolean {
  const licence = licenceOf(path).replace(/^\((.*)\)$/, '$1')
  if (path.startsWith('node_modules/@fontsource/')) return fonts.has(licence)
  return licence.split(' OR ').some((choice) => permissive.has(choice))
}

test('everything that is shipped may be, under licences that ask for no more than to be named', () => {
  const production = Object.entries(packages).flatMap(([path, { dev }]) => (path !== '' && dev !== true ? [path] : []))
  // The desktop itself is shipped beside the app, with its own licences.
  const bundled = ['renderer', 'main', 'practice'].flatMap((room) => [...importedBy(room)]).filter((name) => name !== 'electron')
  const shipped = withDependencies([...production, ...bundled.flatMap((name) => found(name, '') ?? [])])
  expect(shipped).toContain('node_modules/pg')
  expect(shipped).toContain('node_modules/react-dom')
  expect(shipped).toContain('node_modules/@aws-sdk/client-rds')
  expect([...shipped].filter((path) => !mayShip(path)).map((path) => `${path}: ${licenceOf(path)}`)).toEqual([])
})
