import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { browserArguments } from './browser.ts'
import { type BenchCloud, group, keys, openWire, region, startCloud, type Wire } from './cloud.ts'
import { startConsole } from './console.ts'
import { megabytesOf } from './processes.ts'

/** A console beside a practice cloud, each in its own process, and between them what counts the requests. */
export interface LogsStage extends AsyncDisposable {
  readonly cloud: BenchCloud
  readonly wire: Wire
  readonly browser: Browser
  readonly page: Page
  readonly devtools: CDPSession
  readonly processes: { readonly console: number; readonly cloud: number }
  /** Megabytes of the console before a page looked at it. */
  readonly startedAt: number
}

/** `filled` puts what is in the log before the page looks at it. */
export async function startLogsStage(hours: number, filled: (cloud: BenchCloud) => Promise<void>): Promise<LogsStage> {
  await using opening = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'basepair-bench-logs-'))
  opening.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const cloud = opening.use(await startCloud(join(folder, 'cloud')))
  const wire = opening.use(await openWire(cloud.endpoint))
  await filled(cloud)
  const own = join(folder, 'console')
  await mkdir(join(own, 'state'), { recursive: true, mode: 0o700 })
  const config = join(folder, 'config')
  await writeFile(
    config,
    `[profile bench]\nregion = ${region}\naws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`,
  )
  const choice = { place: { profile: 'bench', region }, groups: [group], favourites: [], hours, live: false }
  await writeFile(join(own, 'state', 'state.json'), JSON.stringify({ preferences: { logs: { prod: choice } } }), { mode: 0o600 })
  const variables = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none') }
  const running = opening.use(await startConsole(own, { args: ['--aws-endpoint', wire.endpoint], variables }))
  const startedAt = await megabytesOf(running.processId)
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: browserArguments,
    ignoreDefaultArgs: ['--hide-scrollbars'],
  })
  opening.defer(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
  const devtools = await page.context().newCDPSession(page)
  await page.goto(running.url)
  await page.getByRole('link', { name: 'Logs' }).waitFor()
  await page.evaluate(() => {
    location.hash = '/prod/logs/lines'
  })
  await page.getByRole('grid', { name: 'Log lines' }).waitFor()
  const opened = opening.move()
  return {
    cloud,
    wire,
    browser,
    page,
    devtools,
    processes: { console: running.processId, cloud: cloud.processId },
    startedAt,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** How many lines the page says it holds. */
export const linesIn = async (page: Page): Promise<number> =>
  Number(await page.getByRole('grid', { name: 'Log lines' }).getAttribute('aria-rowcount')) - 1

/** Waits until that many lines are there and nothing is read back any more. */
export async function loaded(page: Page, lines: number): Promise<void> {
  for (let last = -1, same = 0; same < 3; ) {
    const now = await linesIn(page)
    same = now >= lines && now === last ? same + 1 : 0
    last = now
    await page.waitForTimeout(500)
  }
}

/** How many lines in view are not drawn. */
export const rowsMissing = (page: Page): Promise<number> =>
  page.getByRole('grid', { name: 'Log lines' }).evaluate((grid) => {
    const { top, bottom } = grid.getBoundingClientRect()
    const rows = [...grid.querySelectorAll('.log-line')].map((row) => row.getBoundingClientRect())
    let missing = 0
    for (let at = top + 40; at < bottom - 25; at += 22) if (!rows.some((row) => row.top <= at && row.bottom >= at)) missing += 1
    return missing
  })
