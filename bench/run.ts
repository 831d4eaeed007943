import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { chromium, type Page } from 'playwright-core'
import { browserArguments } from './browser.ts'
import { startConsole } from './console.ts'
import { type BenchServer, makeData, rows, tables } from './data.ts'
import { installMeasures, type PageMeasures } from './in-page.ts'
import { hasPsql, timePsql } from './psql.ts'
import { type Measured, report } from './report.ts'

/** Measures the real page beside psql, both in turn in one run. By hand: absolute times mean little on a shared machine. */

const program = new Command('npm run bench --')
  .option('--rounds <number>', 'how often each work is measured', '7')
  .option('--data <folder>', 'keep the data here, for the next run')
  .parse()
const options = program.opts<{ rounds: string; data?: string }>()
const rounds = Number(options.rounds)
const resultRows = 100_000
type Work = (name: keyof PageMeasures, ...values: readonly (string | number)[]) => Promise<number[]>

const measureIn =
  (page: Page): Work =>
  async (name, ...values) => {
    const times = await page.evaluate(
      ([asked, given]) => {
        // Put there by installMeasures.
        const { measures } = window as unknown as { measures: Record<string, (...input: unknown[]) => Promise<number[]>> }
        return measures[asked]?.(...given)
      },
      [name, values] as const,
    )
    return times ?? []
  }

/** One round of the works beside psql's; `add` keeps a time under the name of its work. */
async function round(page: Page, server: BenchServer, psql: boolean, add: (work: string, of: 'psql' | 'console', ms: number) => void) {
  const work = measureIn(page)
  const both = async (name: string, command: string, ours: () => Promise<number[]>) => {
    if (psql) add(name, 'psql', await timePsql(server, ['-c', command]))
    const times = await ours()
    add(name, 'console', times.at(-1) ?? 0)
    return times
  }
  await work('leave')
  await settle(page, 2500)
  await both(works.list, '\\dt many.*', () => work('listTables'))
  await settle(page)
  await both(works.filter, '\\dt many.*4321*', () => work('filterTables', '4321', 'table_4321'))
  await page.getByLabel('Filter tables').fill('s')
  await page.getByRole('treegrid', { name: 'Tables' }).press('End')
  await settle(page)
  await work('openTable', 'users')
  await settle(page)
  await both(works.open, 'SELECT * FROM activities ORDER BY uuid LIMIT 100', () => work('openTable', 'activities'))
  await settle(page)
  await both(works.row, 'SELECT * FROM activities ORDER BY uuid LIMIT 200 OFFSET 100000', () =>
    work('showRow', 'public.activities', 100_000, rows),
  )
  await page.getByRole('link', { name: 'Query' }).click()
  await page.locator('.cm-content').waitFor()
  await type(page, 'SELECT 1 AS one')
  await both(works.one, 'SELECT 1 AS one', () => work('run', 1))
  await type(page, `SELECT * FROM activities LIMIT ${resultRows}`)
  const [first = 0] = await both(works.result, `SELECT * FROM activities LIMIT ${resultRows}`, () => work('run', resultRows))
  add(works.first, 'console', first)
}

const works = {
  open: 'open a table of 1,000,000 rows',
  row: 'show its row 100,000, by key',
  first: 'first rows of 100,000',
  result: '100,000 rows, complete and browsable',
  one: 'SELECT 1',
  list: 'list 5,000 tables',
  filter: 'filter 5,000 tables',
} as const
const limits: Readonly<Record<string, number>> = { [works.open]: 150, [works.result]: 800, [works.list]: 200 }

const settle = (page: Page, ms = 400) => page.waitForTimeout(ms)

async function type(page: Page, text: string): Promise<void> {
  await page.locator('.cm-content').click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(text)
  await page.keyboard.press('Escape')
  await settle(page)
}

async function bench(): Promise<void> {
  const dataFolder = options.data ?? (await mkdtemp(join(tmpdir(), 'basepair-bench-')))
  try {
    await using console_ = await startConsole(dataFolder)
    console.log(`Making ${rows.toLocaleString('en')} rows and ${tables.toLocaleString('en')} tables, unless they are there.`)
    await makeData(console_.server)
    const psql = hasPsql()
    if (!psql) console.log('psql is not installed: the console is measured alone.')
    const browser = await chromium.launch({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', args: browserArguments })
    try {
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
      await page.goto(console_.url)
      await page.getByRole('link', { name: 'Tables' }).waitFor()
      await page.evaluate(installMeasures)
      const times = new Map<string, { psql: number[]; console: number[] }>()
      for (let count = 0; count <= rounds; count++) {
        process.stderr.write(count === 0 ? 'warming up' : `\rround ${count} of ${rounds}`)
        await round(page, console_.server, psql, (name, of, ms) => {
          // The first round warms the caches of both sides and is not counted.
          if (count === 0) return
          const kept = times.get(name) ?? { psql: [], console: [] }
          kept[of].push(ms)
          times.set(name, kept)
        })
      }
      process.stderr.write('\n')
      const lines: Measured[] = Object.values(works).map((work) => {
        const { psql: theirs = [], console: ours = [] } = times.get(work) ?? {}
        return { work, limit: limits[work] ?? null, peer: theirs.length > 0 ? theirs : null, console: ours }
      })
      const load = loadavg().map((value) => value.toFixed(1))
      console.log(
        `\nMedians of ${rounds}; ${cpus().length} cores, load ${load.join(' ')}; psql as a process, its output read.\n\n${report(lines, 'psql')}`,
      )
    } finally {
      await browser.close()
    }
  } finally {
    if (options.data === undefined) await rm(dataFolder, { recursive: true, force: true })
  }
}

await bench()
