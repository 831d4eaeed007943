import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { contract } from '../preload/contract/index.ts'

const root = join(import.meta.dirname, '..')
const rooms = ['main', 'preload', 'renderer', 'practice', 'cloudwatch', 'scripts', 'bench', 'test']
const longest = 400

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name)
    return statSync(join(root, path)).isDirectory() ? filesIn(path) : [path]
  })
}

const isCode = (path: string) => /\.(ts|tsx|css|html|sql)$/.test(path)
const sources = rooms.flatMap(filesIn).filter(isCode)
const text = (path: string) => readFileSync(join(root, path), 'utf8')

interface Import {
  readonly from: string
  /** Our own file, relative to the root, or the name of a package. */
  readonly to: string
  readonly own: boolean
}

const imports: Import[] = sources
  .filter((path) => /\.tsx?$/.test(path))
  .flatMap((from) =>
    [...text(from).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, to = '']) => {
      const own = to.startsWith('.')
      return { from, to: own ? relative(root, resolve(root, dirname(from), to)) : to, own }
    }),
  )

const features = Object.keys(contract)
const within = (path: string, folder: string) => path.startsWith(`${folder}/`)
const featureOf = (path: string, room: string) => features.find((name) => within(path, `${room}/${name}`))
const broken = (rule: (one: Import) => boolean) => imports.filter(rule).map(({ from, to }) => `${from} imports ${to}`)

test('a start builds anew after a change in any room that the build is made of', () => {
  const shipped = ['main', 'preload', 'renderer', 'practice']
  const reached = imports.filter(({ from, own }) => own && shipped.some((room) => within(from, room))).map(({ to }) => to)
  const built = rooms.filter((room) => reached.some((to) => within(to, room)))
  const [, looked = ''] = /for \(const name of \[([^\]]*)\]\)\s*add\(/.exec(text('scripts/start.ts')) ?? []
  expect(built.filter((room) => !looked.includes(`'${room}'`))).toEqual([])
})

describe('import directions', () => {
  test('the contract imports only the contract library and zod', () => {
    expect(
      broken(
        ({ from, to, own }) =>
          within(from, 'preload/contract') && (own ? !within(to, 'preload/contract') : !['@orpc/contract', 'zod'].includes(to)),
      ),
    ).toEqual([])
  })

  test("what CloudWatch's texts mean is told without any other room: by functions that page, main and practice cloud share", () => {
    expect(broken(({ from, to, own }) => within(from, 'cloudwatch') && (own ? !within(to, 'cloudwatch') : to !== 're2js'))).toEqual([])
  })

  test('the page imports the contract, what CloudWatch means, and itself', () => {
    const allowed = ['renderer', 'preload', 'cloudwatch']
    expect(broken(({ from, to, own }) => within(from, 'renderer') && own && !allowed.some((room) => within(to, room)))).toEqual([])
    expect(broken(({ from, to, own }) => within(from, 'renderer') && !own && (to.startsWith('node:') || to === 'electron'))).toEqual([])
  })

  test('of the contract the page carries words and types alone: the schemas would bring a library that tries to make code from text', () => {
    const carried = (path: string) =>
      [...text(path).matchAll(/^import (?!type )\{([^}]*)\} from '[^']*preload\/contract\/([a-z-]+)\.ts'/gm)]
        .filter(([, names = '', file = '']) => !/(-words|-layout)$/.test(file) && names.split(',').some((name) => !/^\s*type /.test(name)))
        .map(([line]) => `${path}: ${line}`)
    expect(sources.filter((path) => within(path, 'renderer')).flatMap(carried)).toEqual([])
  })

  test("the page's features do not import each other", () => {
    expect(
      broken(({ from, to }) => {
        const feature = featureOf(from, 'renderer')
        const other = featureOf(to, 'renderer')
        return feature !== undefined && other !== undefined && feature !== other
      }),
    ).toEqual([])
  })

  test("main's features import the contract, the driver, AWS, the environments and the data folder, never each other, a mount or a shell", () => {
    const allowed = ['preload/contract', 'main/postgres', 'main/environments', 'main/data', 'main/aws', 'cloudwatch']
    expect(
      broken(({ from, to, own }) => {
        const feature = featureOf(from, 'main')
        if (feature === undefined || !own) return false
        return !within(to, `main/${feature}`) && !allowed.some((folder) => within(to, folder))
      }),
    ).toEqual([])
  })

  test('electron is known to the desktop entry, what stands beside it, its mount and the preload alone', () => {
    const allowed =
      /^(main\/(desktop|window|menu|app-scheme|safe-storage-secrets|desktop-[a-z-]+)\.ts|main\/mount\/message-port\.ts|preload\/[a-z]+\.ts)$/
    expect(broken(({ from, to }) => to === 'electron' && !allowed.test(from) && !within(from, 'test'))).toEqual([])
  })

  test('practice is imported in one place of the composition, lazily, and by the script that runs it alone', () => {
    expect(
      broken(
        ({ from, to }) =>
          within(to, 'practice') &&
          !within(from, 'practice') &&
          !within(from, 'test') &&
          !['main/default-environments.ts', 'scripts/practice.ts'].includes(from),
      ),
    ).toEqual([])
    expect(text('main/default-environments.ts')).not.toMatch(/^import .*'\.\.\/practice\//m)
  })

  test('no file imports itself by way of others', () => {
    const next = Map.groupBy(
      // Electron's sessions and web contents know each other, and so do what stands in for them.
      imports.filter(({ from, own }) => own && !within(from, 'test/standin')),
      ({ from }) => from,
    )
    const sound = new Set<string>()
    const circleFrom = (file: string, way: readonly string[]): readonly string[] | null => {
      if (way.includes(file)) return [...way.slice(way.indexOf(file)), file]
      if (sound.has(file)) return null
      for (const { to } of next.get(file) ?? []) {
        const circle = circleFrom(to, [...way, file])
        if (circle !== null) return circle
      }
      sound.add(file)
      return null
    }
    expect([...next.keys()].flatMap((file) => circleFrom(file, [])?.join(' > ') ?? [])).toEqual([])
  })

  test('only scripts, benchmarks and tests import those rooms', () => {
    expect(broken(({ from, to }) => /^(scripts|bench|test)\//.test(to) && !/^(scripts|bench|test)\//.test(from))).toEqual([])
  })
})

describe('nouns', () => {
  test('each feature has the same noun in every room', () => {
    for (const feature of features) {
      expect(sources, feature).toContain(`preload/contract/${feature}.ts`)
      expect(sources, feature).toContain(`main/${feature}/service.ts`)
      const rendered = sources.some((path) => within(path, `renderer/${feature}`))
      // Environments have no screen of their own: they are the strip, the switch and a part of the settings.
      expect(rendered || feature === 'environments', feature).toBe(true)
    }
  })

  test('files are named in kebab-case, and none is called utils, helpers or common', () => {
    const named = sources.map((path) => path.split('/').pop() ?? '')
    expect(named.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(name))).toEqual([])
    expect(sources.filter((path) => /(utils?|helpers?|common|misc)\b/.test(path))).toEqual([])
  })
})

describe('length', () => {
  test(`no file has more than ${longest} lines`, () => {
    expect(sources.map((path) => ({ path, lines: text(path).split('\n').length })).filter(({ lines }) => lines > longest + 1)).toEqual([])
  })
})

describe('documents', () => {
  test.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'])('%s names files that exist', (document) => {
    const named = [
      ...text(document).matchAll(/`((?:main|preload|renderer|practice|cloudwatch|sql|test|bench|scripts|docs)\/[\w./-]*)`/g),
    ].map(([, path = '']) => path)
    expect(named.filter((path) => !statSync(join(root, path), { throwIfNoEntry: false }))).toEqual([])
  })
})
