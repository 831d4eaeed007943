import { CloudWatchLogsClient, CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { findBarriers } from './shell-axe.ts'

/** The Logs screen on the real practice cloud: choosing, following, pausing, looking at lines, and what goes wrong. One story, in order. */

const group = '/aws/lambda/cruddur-post-confirmation'
const other = '/aws/lambda/cruddur-image-resizer'
const stream = '2026/11/21/[$LATEST]8f0c1d2e3f4a5b6c8f0c1d2e3f4a5b6c'

let running: RunningConsole
let browser: Browser
let page: Page
let logs: CloudWatchLogsClient
const problems: string[] = []

beforeAll(async () => {
  running = await startConsole()
  browser = await launchChromium()
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ['clipboard-read', 'clipboard-write'] })
  page = await context.newPage()
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${expect.getState().currentTestName}: ${message.text()}`)
  })
  await page.goto(running.url)
  const opener = page.getByRole('button', { name: /^Practice cloud/ })
  await opener.click()
  const endpoint = await page.getByText(/^http:\/\/127\.0\.0\.1:\d+$/).textContent()
  await opener.click()
  logs = new CloudWatchLogsClient({
    endpoint: endpoint ?? '',
    region: 'ca-central-1',
    credentials: { accessKeyId: 'practice', secretAccessKey: 'practice' },
  })
}, 120_000)
afterAll(async () => {
  logs?.destroy()
  await browser?.close()
  await running?.[Symbol.asyncDispose]()
})

async function makeGroup(name: string) {
  await logs.send(new CreateLogGroupCommand({ logGroupName: name }))
  await logs.send(new CreateLogStreamCommand({ logGroupName: name, logStreamName: stream }))
}
const put = (messages: readonly string[], { to = group, at = Date.now() } = {}) =>
  logs.send(
    new PutLogEventsCommand({
      logGroupName: to,
      logStreamName: stream,
      logEvents: messages.map((message) => ({ timestamp: at, message })),
    }),
  )
const go = (path: string) =>
  page.evaluate((to) => {
    location.hash = to
  }, path)

const lines = () => page.getByRole('grid', { name: 'Log lines' })
const row = (text: string | RegExp) => lines().getByRole('row').filter({ hasText: text })
const rowCount = async () => Number(await lines().getAttribute('aria-rowcount')) - 1
const tail = () => page.getByRole('button', { name: 'Tail', exact: true })
const pause = () => page.getByRole('button', { name: 'Pause', exact: true })
const strip = () => page.getByRole('region', { name: 'How following goes' })
const chooser = () => page.getByRole('dialog', { name: 'Log groups' })

test('the post-confirmation group is found by itself, and that it does not exist yet is no error', async () => {
  await go('/prod/overview')
  await page.getByRole('link', { name: 'Logs' }).click()
  await page.getByText('This log group does not exist yet').waitFor()
  await page.getByRole('button', { name: `Log groups: ${group}` }).waitFor()
  await strip().getByText('waiting for the first line').waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)
  expect(await findBarriers(page)).toEqual([])
})

test('its first line appears by itself, and each later one', async () => {
  await page.getByRole('link', { name: 'Log lines' }).click()
  await makeGroup(group)
  await put(['the first line of all'])
  await row('the first line of all').waitFor({ timeout: 20_000 })
  await strip().getByText('following').waitFor()
  await strip()
    .getByText(/^complete up to \d\d:\d\d:\d\d UTC$/)
    .waitFor({ timeout: 20_000 })
  await strip()
    .getByRole('button', { name: /^complete up to/ })
    .click()
  const figures = page.getByRole('dialog', { name: /^complete up to/ })
  await figures.getByText('looked for up to 150 s; later ones may be missed').waitFor()
  await figures.getByText(/^\d+ to CloudWatch Logs in the last minute$/).waitFor()
  await page.keyboard.press('Escape')
  await figures.waitFor({ state: 'detached' })
  await put(['the second line'])
  await row('the second line').waitFor()
})

test('a late line stands where it belongs', async () => {
  await put(['a line that CloudWatch was told late'], { at: Date.now() - 100_000 })
  await row('told late').waitFor({ timeout: 20_000 })
  expect(await row('told late').getAttribute('data-index')).toBe('0')
})

test('paused, the list stands still and counts; Tail goes on', async () => {
  await pause().click()
  await strip().getByText('paused').waitFor()
  const before = await rowCount()
  await put(['one while paused', 'two while paused'])
  await page.getByRole('status').filter({ hasText: '2 new lines' }).waitFor({ timeout: 20_000 })
  expect(await rowCount()).toBe(before)
  await tail().click()
  await row('two while paused').waitFor()
  expect(await rowCount()).toBe(before + 2)
})

test('what a line holds is shown inert, and whole when it is opened', async () => {
  const hostile = '<img src=x onerror=alert(1)> \u001b[31mred\u001b[0m \u202etxt.exe END RequestId: 7f0c1f0e-5b1e-4f7a-9d1c-000000000001'
  await put([hostile])
  await row('onerror').waitFor({ timeout: 20_000 })
  expect(await row('onerror').textContent()).toContain('<img src=x onerror=alert(1)>')
  expect(await row('onerror').textContent()).not.toContain('\u202e')
  expect(await page.locator('.log-lines img').count()).toBe(0)

  const long = JSON.stringify({ level: 'ERROR', requestId: null, big: 12345678901234567890n.toString(), text: 'x'.repeat(200_000) })
  await put([long])
  await row('"level":"ERROR"').click()
  const whole = page.getByRole('complementary', { name: 'The line whole' })
  await whole.getByText(/^200,\d\d\d characters$/).waitFor()
  expect(await whole.locator('pre').textContent()).toContain('"level": "ERROR",\n')
  expect((await whole.locator('pre').textContent())?.length).toBeLessThan(30_000)
  await whole.getByRole('button', { name: /^Show more/ }).click()
  await whole.getByRole('button', { name: 'Copy', exact: true }).click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(long)
  await whole.getByRole('button', { name: 'Lines around it' }).click()
  await whole.getByRole('list', { name: 'Lines around it' }).getByText('the second line').waitFor()
  expect(await whole.locator('li[aria-current]').allTextContents()).toEqual([expect.stringContaining('"level":"ERROR"')])
  expect(await findBarriers(page)).toEqual([])
  await page.keyboard.press('Escape')
  await lines().focus()
  await page.keyboard.press('Escape')
  await whole.waitFor({ state: 'detached' })
})

test('the keyboard goes through the lines, chooses and copies them', async () => {
  await lines().focus()
  await page.keyboard.press('Home')
  await expect.poll(() => lines().getAttribute('aria-activedescendant')).toMatch(/-0$/)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Control+c')
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('the first line of all\nthe second line')
  await page.keyboard.press('Enter')
  await page.getByRole('complementary', { name: 'The line whole' }).getByText('the second line').waitFor()
  await page.keyboard.press('Escape')
})

test('a click with Shift chooses lines, and no text of them', async () => {
  await row('the first line of all').click()
  await row('one while paused').click({ modifiers: ['Shift'] })
  expect(await lines().locator('[aria-selected="true"]').count()).toBe(3)
  expect(await page.evaluate(() => String(getSelection()))).toBe('')
  await lines().focus()
  await page.keyboard.press('Escape')
})

test('scrolled up, what is seen stays; the way back leads to the newest', async () => {
  await tail().click()
  for (let part = 0; part < 3; part += 1) await put(Array.from({ length: 1_000 }, (_, index) => `bulk ${part * 1_000 + index}`))
  await row('bulk 2999').waitFor({ timeout: 20_000 })
  await lines().focus()
  await page.keyboard.press('End')
  await page.keyboard.press('PageUp')
  await page.keyboard.press('PageUp')
  await page.getByRole('button', { name: 'To the newest' }).waitFor()
  const firstSeen = () => lines().evaluate((list) => list.scrollTop)
  const at = await firstSeen()
  await put(['after the bulk'])
  await page.getByRole('button', { name: '1 new line' }).waitFor({ timeout: 20_000 })
  expect(await firstSeen()).toBe(at)
  // A late line above moves what is above, not what is seen.
  await put(['late above all'], { at: Date.now() - 140_000 })
  await expect.poll(firstSeen, { timeout: 20_000 }).toBe(at + 22)
  await page
    .getByRole('button', { name: '2 new lines' })
    .or(page.getByRole('button', { name: '1 new line' }))
    .click()
  await row('after the bulk').waitFor()
})

test('another group is chosen beside it, kept as a favourite and still there after a reload', async () => {
  await makeGroup(other)
  await put(['a line of the resizer'], { to: other })
  await page.keyboard.press('c')
  await chooser().getByRole('textbox').fill('resizer')
  const box = chooser().getByRole('checkbox', { name: new RegExp(other) })
  await box.click({ timeout: 20_000 })
  await expect.poll(() => box.isChecked()).toBe(true)
  await chooser()
    .getByRole('button', { name: `Favourite ${other}` })
    .click()
  await expect
    .poll(() =>
      chooser()
        .getByRole('button', { name: `Favourite ${other}` })
        .getAttribute('aria-pressed'),
    )
    .toBe('true')
  expect(await findBarriers(page)).toEqual([])
  await page.keyboard.press('Escape')
  await row('a line of the resizer').waitFor({ timeout: 20_000 })
  await row('a line of the resizer').getByText('cruddur-image-resizer').waitFor()
  await expect.poll(rowCount).toBeGreaterThan(3_000)
  await page.reload()
  await row('a line of the resizer').waitFor({ timeout: 20_000 })
  await page.getByRole('button', { name: 'Log groups: cruddur-post-confirmation and 1 more' }).click()
  expect(
    await chooser()
      .getByRole('checkbox', { name: new RegExp(other) })
      .isChecked(),
  ).toBe(true)
  await chooser()
    .getByRole('button', { name: `Only ${group}` })
    .click()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: `Log groups: ${group}` }).waitFor()
})

test('a typed name may be followed although no such group is listed', async () => {
  await page.keyboard.press('c')
  await chooser().getByRole('textbox').fill('/aws/lambda/not-listed')
  await chooser()
    .getByRole('button', { name: /^Follow \/aws\/lambda\/not-listed/ })
    .click()
  await page.getByRole('button', { name: 'Log groups: cruddur-post-confirmation and 1 more' }).waitFor()
  await chooser().getByRole('textbox').fill('')
  await chooser()
    .getByRole('button', { name: `Only ${group}` })
    .click()
  await page.keyboard.press('Escape')
})

test('expired credentials are told above the lines, which stay, and following goes on afterwards', async () => {
  await row('after the bulk').waitFor({ timeout: 20_000 })
  const expire = async () => {
    await page.getByRole('button', { name: /^Practice cloud/ }).click()
    await page.getByRole('switch', { name: 'Expire the credentials' }).click()
    await page.getByRole('button', { name: /^Practice cloud/ }).click()
  }
  await expire()
  const notice = page.getByRole('alert').filter({ hasText: /credentials/i })
  await notice.first().waitFor({ timeout: 20_000 })
  await notice.getByText(/^Stale, as of/).waitFor()
  await row('after the bulk').waitFor()
  expect(await findBarriers(page)).toEqual([])
  await expire()
  await notice.first().waitFor({ state: 'detached', timeout: 60_000 })
  await put(['after the trouble'])
  await row('after the trouble').waitFor({ timeout: 20_000 })
})

test('invocations are counted by how they ended, and one outcome is shown alone', async () => {
  const invocation = (id: string, ...said: string[]) => [
    `START RequestId: ${id} Version: $LATEST\n`,
    ...said,
    `END RequestId: ${id}\n`,
    `REPORT RequestId: ${id}\tDuration: 204.11 ms\tBilled Duration: 205 ms\tMemory Size: 128 MB\tMax Memory Used: 61 MB\t\n`,
  ]
  await put(invocation('7f0c1f0e-5b1e-4f7a-9d1c-00000000000a', 'entered-try\n'))
  await put(invocation('7f0c1f0e-5b1e-4f7a-9d1c-00000000000b', 'relation "users" does not exist\nLINE 1: INSERT INTO users (\n'))
  await page.getByRole('link', { name: 'Invocations' }).click()
  const chips = page.getByRole('group', { name: 'Show one outcome alone' })
  await chips.getByRole('button', { name: '1 hidden error' }).click({ timeout: 20_000 })
  const list = page.getByLabel('Invocations', { exact: true })
  await list.getByText('relation "users" does not exist').first().waitFor()
  expect(await list.getByText('ok', { exact: true }).count()).toBe(0)
  expect(await findBarriers(page)).toEqual([])
  await chips.getByRole('button', { name: '1 hidden error' }).click()
  await list.getByText('ok', { exact: true }).first().waitFor()
  await page.getByRole('link', { name: 'Log lines' }).click()
})

test('Live Tail says what it costs before it starts', async () => {
  await page.getByRole('switch', { name: 'Live Tail' }).click()
  const dialog = page.getByRole('dialog', { name: 'Switch on Live Tail' })
  await dialog.getByText(/0\.01 USD a minute beyond 1,800 free minutes a month/).waitFor()
  await dialog.getByRole('button', { name: 'Leave it off' }).click()
  expect(await page.getByRole('switch', { name: 'Live Tail' }).isChecked()).toBe(false)
})

test('the ways of looking have addresses, so Back returns', async () => {
  await page.getByRole('link', { name: 'Invocations' }).click()
  await expect.poll(() => page.url()).toMatch(/#\/prod\/logs$/)
  await page.getByRole('link', { name: 'Sign-ups' }).click()
  await expect.poll(() => page.url()).toMatch(/#\/prod\/logs\/sign-ups$/)
  await page.goBack()
  await page.goBack()
  await lines().waitFor()
})

test('an environment on no AWS account says so and leads on', async () => {
  await go('/local/logs')
  await page.getByText('local is on no AWS account').waitFor()
  expect(await findBarriers(page)).toEqual([])
  await page.getByRole('link', { name: 'Logs of prod' }).click()
  await page.getByRole('button', { name: `Log groups: ${group}` }).waitFor()
})

test('nothing went wrong in the page', () => {
  expect(problems).toEqual([])
})
