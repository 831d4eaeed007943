import { readFile } from 'node:fs/promises'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { findBarriers } from './shell-axe.ts'

/** Finding lines in the real page, over the practice cloud's log group. One story, in order. */

const group = '/aws/lambda/cruddur-post-confirmation'
const hour = 3_600_000
const hostile = '\u001b[31mred\u001b[0m user\u202egnp <img src=x onerror=alert(1)> \u200b=cmd'
const id = '7f0c1f0e-2a4b-4c3d-9e8f-0123456789a1'

let running: RunningConsole
let browser: Browser
let page: Page
const problems: string[] = []

beforeAll(async () => {
  running = await startConsole()
  browser = await launchChromium()
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ['clipboard-read', 'clipboard-write'] })
  page = await context.newPage()
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  await page.goto(running.url)
  await page.getByRole('button', { name: /^Practice cloud/ }).click()
  const panel = page.getByRole('complementary', { name: 'Practice cloud' })
  const endpoint = await panel.getByText(/^http:\/\/127\.0\.0\.1:\d+$/).textContent()
  await write(endpoint ?? '')
  await page.getByRole('button', { name: /^Practice cloud/ }).click()
  await page.evaluate(() => {
    location.hash = '#/prod/logs/lines'
  })
})
afterAll(async () => {
  await browser?.close()
  await running?.[Symbol.asyncDispose]()
})

/** An invocation of an hour ago's failure, one of yesterday's, and a line that is up to no good. */
async function write(endpoint: string): Promise<void> {
  const client = new CloudWatchLogsClient({ endpoint, region: 'ca-central-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } })
  await client.send(new CreateLogGroupCommand({ logGroupName: group })).catch((error: unknown) => {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error
  })
  const now = Date.now()
  const put = async (logStreamName: string, at: number, messages: readonly string[]) => {
    await client.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName }))
    const logEvents = messages.map((message, index) => ({ timestamp: at + index, message }))
    await client.send(new PutLogEventsCommand({ logGroupName: group, logStreamName, logEvents }))
  }
  await put('old', now - 20 * hour, ['Relation "users" does NOT exist, said yesterday\n', 'all well yesterday\n'])
  await put('new', now - 600_000, [
    `START RequestId: ${id} Version: $LATEST\n`,
    "userAttributes: {'email': 'ada@example.com'}\n",
    `[ERROR]\t2026-11-21T10:00:00.000Z\t${id}\trelation "users" does not exist\nLINE 1: INSERT INTO users (\n`,
    `END RequestId: ${id}\n`,
    `REPORT RequestId: ${id}\tDuration: 31.11 ms\tBilled Duration: 32 ms\tMemory Size: 128 MB\tMax Memory Used: 58 MB\t\n`,
  ])
  await put('json', now - 500_000, ['{"level":"INFO","message":"done","status":201}\n'])
  await put('hostile', now - 2_000, [hostile])
  client.destroy()
}

const field = () => page.getByRole('textbox', { name: 'Find lines' })
const lines = () => page.getByRole('grid', { name: 'Log lines' }).locator('[role="row"][data-index]')

test('a hostile line is text: nothing in it is invisible, and nothing in it acts', async () => {
  await lines().getByText('user').first().waitFor()
  await expect
    .poll(() => lines().last().textContent())
    .toContain('[ESC][31mred[ESC][0m user[U+202E]gnp <img src=x onerror=alert(1)> [ZWSP]=cmd')
  expect(await page.locator('img[src="x"]').count()).toBe(0)
})

test.each([
  ['RELATION exist', 1],
  ['"users does"', 0],
  ['level:error', 1],
  ['status:>200', 1],
  [`request:${id}`, 5],
  ['-RequestId relation', 1],
  ['/Duration: [0-9.]+ ms/', 1],
  ['pattern:?START ?REPORT', 2],
])('%s finds %i lines', async (text, count) => {
  await field().fill(text)
  await expect.poll(() => lines().count()).toBe(count)
  await page.getByText(`${count} of 7 lines`).waitFor()
})

test('what was found is marked, and a question that makes no sense is told beside the field', async () => {
  await field().fill('relation exist')
  await expect.poll(() => lines().locator('mark').allTextContents()).toEqual(['relation', 'exist'])
  // Where the end of a line is brought into view by the browser its beginning stays.
  const scrolled = await lines()
    .locator('.log-text')
    .evaluateAll((cells) =>
      cells.map((cell) => {
        cell.style.width = '40px'
        cell.querySelector('mark:last-of-type')?.scrollIntoView({ inline: 'end' })
        const { scrollLeft, scrollWidth, clientWidth } = cell
        cell.style.width = ''
        return { scrollLeft, isWider: scrollWidth > clientWidth }
      }),
    )
  expect(scrolled).toEqual([{ scrollLeft: 0, isWider: true }])
  await field().fill('level:loud')
  await page.getByText('level:loud: the levels are trace, debug, info, warn, error, fatal.').waitFor()
  expect(await findBarriers(page)).toEqual([])
})

test('searching back finds what is not loaded, whatever its letters, and it stands before the others', async () => {
  await field().fill('relation exist')
  await expect.poll(() => lines().count()).toBe(1)
  await page.getByRole('button', { name: 'Search back' }).click()
  await page.getByText(/Searched back to .+, 1 line found/).waitFor()
  await expect.poll(() => lines().locator('mark').allTextContents()).toEqual(['Relation', 'exist', 'relation', 'exist'])
  expect(await findBarriers(page)).toEqual([])
})

test('what is found is copied and saved', async () => {
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('menuitem', { name: 'Copy as JSON' }).click()
  const copied: { message: string; logStreamName: string }[] = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))
  expect(copied.map(({ logStreamName }) => logStreamName)).toEqual(['old', 'new'])
  await field().fill('=cmd')
  await expect.poll(() => lines().count()).toBe(1)
  await page.getByRole('button', { name: 'Export' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: 'Save as CSV', exact: true }).click()
  const file = await download
  expect(file.suggestedFilename()).toMatch(/^cruddur-post-confirmation-[0-9TZ-]+\.csv$/)
  expect(await readFile(await file.path(), 'utf8')).toContain(`,${hostile}\r\n`)
})

test('the page met no error on the way', () => {
  expect(problems).toEqual([])
})
