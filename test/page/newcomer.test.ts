import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'

/** What a newcomer does in the first five minutes, in the real page on the two real servers. One story, in order. */

let running: RunningConsole
let browser: Browser
let page: Page
const problems: string[] = []

beforeAll(async () => {
  running = await startConsole()
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${expect.getState().currentTestName}: ${message.text()}`)
  })
  await page.goto(running.url)
})
afterAll(async () => {
  await browser?.close()
  await running?.end()
})

const go = (name: string) => page.getByRole('link', { name, exact: true }).click()
const button = (name: string) => page.getByRole('button', { name, exact: true })
const region = (id: string) => page.getByRole('region', { name: id, exact: true })

test('the page opens on the overview, with every screen and both environments at hand', async () => {
  for (const name of ['Overview', 'Sessions', 'Tables', 'Query', 'Lifecycle', 'Activity', 'Settings']) {
    await page.getByRole('link', { name, exact: true }).waitFor()
  }
  const environments = page.getByRole('radiogroup', { name: 'Environment' })
  for (const name of ['local', 'prod']) await environments.getByRole('radio', { name }).waitFor({ state: 'attached' })
  expect(page.url()).not.toMatch(/#[\w-]{40,}/)
})

test('both databases are there and empty; local is mended in two clicks', async () => {
  await region('prod').getByText('TLS').first().waitFor()
  const local = region('local')
  await local.getByRole('button', { name: 'Load schema' }).click()
  await local.getByRole('button', { name: 'Seed' }).click()
  await local
    .getByRole('button')
    .filter({ hasText: /Load schema|Seed|Create database/ })
    .waitFor({ state: 'detached' })
})

test('prod refuses until it is unlocked, then is mended too', async () => {
  await page.getByRole('radio', { name: 'prod' }).click()
  const prod = region('prod')
  await prod.getByRole('button', { name: 'Load schema' }).click()
  await page
    .getByText(/prod is read-only/)
    .first()
    .waitFor()
  await button('Unlock').first().click()
  await page
    .getByText(/unlocked/i)
    .first()
    .waitFor()
  await prod.getByRole('button', { name: 'Load schema' }).click()
  await prod.getByRole('button', { name: 'Seed' }).waitFor()
  await page.getByRole('radio', { name: 'local' }).click()
})

test('the seeded users are in the grid, as the server wrote them', async () => {
  await go('Tables')
  await page.getByText('users', { exact: true }).first().click()
  const grid = page.getByRole('grid', { name: /users/ }).or(page.getByRole('treegrid', { name: /users/ }))
  await grid.getByText('andrewbrown', { exact: true }).waitFor()
})

test('a statement runs, its rows come back, and its error stands at its place', async () => {
  await go('Query')
  const editor = page.locator('.cm-content')
  await editor.click()
  await page.keyboard.press('Control+a')
  await page.keyboard.type("select 12345678901234567890::numeric as big, null as nothing, '' as empty")
  await button('Run').click()
  await page.getByText('12345678901234567890').first().waitFor()
  await editor.click()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('select nowhere from users')
  await button('Run').click()
  await page
    .getByText(/column "nowhere" does not exist/)
    .first()
    .waitFor()
})

test('cancel stops the work on the server', async () => {
  await page.locator('.cm-content').click()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('select pg_sleep(600)')
  await button('Run').click()
  await button('Cancel').click()
  await page
    .getByText(/cancelled/i)
    .first()
    .waitFor()
})

test('a reset asks for the name, keeps the old database, and can be undone', async () => {
  await go('Lifecycle')
  await button('Reset').click()
  const dialog = page.getByRole('dialog')
  const confirm = dialog.getByRole('button', { name: 'Reset' })
  expect(await confirm.isDisabled()).toBe(true)
  await dialog.getByLabel('Type cruddur to confirm').fill('cruddur')
  await confirm.click()
  await page
    .getByText(/cruddur_prev/)
    .first()
    .waitFor()
  await button('Undo').first().click()
})

test('every change stands in the activity log', async () => {
  await page.keyboard.press('Escape')
  await go('Activity')
  const grid = page.getByRole('grid', { name: 'Activity' }).or(page.getByRole('treegrid', { name: 'Activity' }))
  await grid.getByText('Load schema').first().waitFor()
  await grid.getByText('Reset').first().waitFor()
})

test('a reload finds the same place, and nothing went wrong on the way', async () => {
  const before = page.url()
  await page.reload()
  await page.getByRole('link', { name: 'Activity', exact: true }).waitFor()
  expect(page.url()).toBe(before)
  expect(problems).toEqual([])
})
