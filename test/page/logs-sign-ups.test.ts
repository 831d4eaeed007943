import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { findBarriers } from './shell-axe.ts'

/** A user signs up while the table is missing: what Logs tells of it, and the row that is inserted afterwards. One story, in order. */

let running: RunningConsole
let browser: Browser
let page: Page
const problems: string[] = []

beforeAll(async () => {
  running = await startConsole()
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.setDefaultTimeout(20_000)
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${expect.getState().currentTestName}: ${message.text()}`)
  })
  await page.goto(running.url)
  await page.getByRole('radio', { name: 'prod' }).check()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await running?.[Symbol.asyncDispose]()
})

const invocations = () => page.getByRole('treegrid', { name: 'Invocations' })
/** Not the row of its lines, which may name the user too. */
const invocation = (who: string) => invocations().locator('tr[aria-level="1"]').filter({ hasText: who })
const signUps = () => page.getByRole('grid', { name: 'Sign-ups' })
const panel = () => page.getByRole('complementary', { name: 'Practice cloud' })
const view = (name: string) => page.getByRole('navigation', { name: 'Views of the logs' }).getByRole('link', { name }).click()
const dialog = () => page.getByRole('dialog', { name: /^Insert the row of/ })
const strip = () => page.getByRole('region', { name: 'Identity' })

async function signUp(name: string, handle: string) {
  await page.getByRole('button', { name: /^Practice cloud/ }).click()
  await panel().getByLabel('Name', { exact: true }).fill(name)
  await panel().getByLabel('E-mail').fill(`${handle}@example.com`)
  await panel().getByLabel('Preferred user name').fill(handle)
  await panel().getByRole('button', { name: 'Sign up a user' }).click()
  await panel().getByText('is confirmed').waitFor()
  await page.getByRole('button', { name: /^Practice cloud/ }).click()
}

test('a swallowed error is a hidden error in an invocation that ended well, with what mends it', async () => {
  await page.getByRole('link', { name: 'Logs', exact: true }).click()
  await signUp('Grace Hopper', 'grace')
  const row = invocation('grace@example.com')
  await row.getByText('hidden error').waitFor()
  expect(await row.textContent()).toMatch(/\d+ of 128 MB/)
  await row.click()
  expect(await row.getAttribute('aria-expanded')).toBe('true')
  await invocations()
    .getByText(/^START RequestId: .* · cold start/)
    .waitFor()
  await invocations()
    .getByText(/^REPORT Duration: /)
    .waitFor()
  await invocations().getByRole('button', { name: 'Load schema' }).waitFor()
})

test('the rows are reached and opened by keys', async () => {
  const row = invocation('grace@example.com')
  await row.press('ArrowLeft')
  await expect.poll(() => row.getAttribute('aria-expanded')).toBe('false')
  await row.press('Enter')
  await expect.poll(() => row.getAttribute('aria-expanded')).toBe('true')
})

test('errors over time are told as a chart and in words, and narrow the list', async () => {
  await page.getByText('Errors over time').click()
  await page.getByRole('img', { name: /^Errors over time, per minute: 1 hidden error/ }).waitFor()
  const times = page.getByLabel('Only the invocations of')
  await times.selectOption({ index: 1 })
  await page.getByRole('button', { name: /^Only \d\d:\d\d:\d\d to/ }).waitFor()
  await page.getByRole('button', { name: /^Only \d\d:\d\d:\d\d to/ }).click()
  await page.getByText('Timeline', { exact: true }).click()
  await page.getByRole('button', { name: /hidden error · grace@example.com/ }).focus()
})

test.each(['light', 'dark'] as const)('an opened invocation has no barriers in %s', async (colorScheme) => {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  expect(await findBarriers(page)).toEqual([])
})

test('without the table nobody knows of rows; once it is there the row is missing', async () => {
  await view('Sign-ups')
  const row = signUps().getByRole('row').filter({ hasText: 'Grace Hopper' })
  await row.getByText('unknown').waitFor()
  await page.getByRole('alert').getByRole('button', { name: 'Load schema' }).click()
  await page.getByRole('alert').getByRole('button', { name: 'Unlock' }).click()
  await row.getByText('missing').waitFor()
  await strip().getByRole('button', { name: 'Lock' }).click()
  await strip().getByText('read-only').waitFor()
})

test('the statement is shown with its values, under the guard, and nothing typed is lost', async () => {
  await signUps().getByRole('button', { name: 'Insert the row' }).click()
  await dialog().getByRole('region', { name: 'The statement' }).getByText('$4').waitFor()
  expect(await dialog().getByLabel('display_name').inputValue()).toBe('Grace Hopper')
  expect(await dialog().getByLabel('email').inputValue()).toBe('grace@example.com')
  expect(await dialog().getByLabel('cognito_user_id').inputValue()).toMatch(/^[0-9a-f-]{36}$/)
  await dialog().getByLabel('display_name').fill('')
  await dialog().getByRole('button', { name: 'Insert the row' }).click()
  await dialog().getByText('Type the display_name; it may not be empty.').waitFor()
  await dialog().getByLabel('display_name').fill('Rear Admiral Hopper')
  await dialog().getByRole('button', { name: 'Insert the row' }).click()
  await dialog()
    .getByText(/is read-only/)
    .waitFor()
  await page.emulateMedia({ colorScheme: 'light' })
  expect(await findBarriers(page)).toEqual([])
  await dialog().getByRole('button', { name: 'Unlock' }).click()
  await dialog().getByRole('alert').waitFor({ state: 'detached' })
  expect(await dialog().getByLabel('display_name').inputValue()).toBe('Rear Admiral Hopper')
})

test('the button is beside the failure in the invocation too', async () => {
  await page.keyboard.press('Escape')
  await dialog().waitFor({ state: 'detached' })
  await view('Invocations')
  const row = invocation('grace@example.com')
  await row.getByText('missing').waitFor()
  if ((await row.getAttribute('aria-expanded')) === 'false') await row.click()
  await invocations().getByRole('button', { name: 'Insert the row' }).click()
  await dialog().waitFor()
  await page.keyboard.press('Escape')
  await dialog().waitFor({ state: 'detached' })
  await view('Sign-ups')
  await signUps().getByRole('button', { name: 'Insert the row' }).click()
})

test('the insert turns the row to written, and it stays in view', async () => {
  await dialog().getByRole('button', { name: 'Insert the row' }).click()
  await dialog().waitFor({ state: 'detached' })
  const row = signUps().getByRole('row').filter({ hasText: 'Grace Hopper' })
  await row.getByText('written').waitFor()
  await page.getByText('Without a row (0)').waitFor()
  expect(await findBarriers(page)).toEqual([])
})

test('a sign-up that goes well is ok, and its row written by the function', async () => {
  await page.getByText(/^All \(/).click()
  await signUp('Ada Lovelace', 'ada')
  const row = signUps().getByRole('row').filter({ hasText: 'Ada Lovelace' })
  await row.getByText('written').waitFor()
  await row.getByText('ok', { exact: true }).waitFor()
  await view('Invocations')
  await invocation('ada@example.com').getByText('ok', { exact: true }).waitFor()
  await invocation('ada@example.com').getByText('written').waitFor()
  await invocation('grace@example.com').getByText('written').waitFor()
  await view('Sign-ups')
  await signUps().waitFor()
  await page.setViewportSize({ width: 1920, height: 1080 })
  expect(await findBarriers(page)).toEqual([])
})

test('what is open stays where it is while others come, which are counted', async () => {
  await view('Invocations')
  const row = invocation('grace@example.com')
  if ((await row.getAttribute('aria-expanded')) === 'false') await row.click()
  const place = async () => (await row.boundingBox())?.y
  const before = await place()
  await signUp('Katherine Johnson', 'katherine')
  await page.getByRole('button', { name: /^\d+ new$/ }).waitFor()
  expect(await place()).toBe(before)
  await page.getByRole('button', { name: /^\d+ new$/ }).click()
  await invocation('katherine@example.com').getByText('ok', { exact: true }).waitFor()
})

test('whom a function that cannot be imported does not name, the user pool does', async () => {
  await page.getByRole('button', { name: /^Practice cloud/ }).click()
  await panel().getByRole('combobox', { name: 'The function fails by' }).selectOption('syntax error')
  await page.getByRole('button', { name: /^Practice cloud/ }).click()
  await signUp('Dorothy Vaughan', 'dorothy')
  await view('Sign-ups')
  const row = signUps().getByRole('row').filter({ hasText: 'dorothy@example.com' })
  await row.getByText('from the user pool').waitFor()
  await row.getByText('missing').waitFor()
  await row.getByText('3 attempts').waitFor()
  expect(await row.textContent()).toContain('SyntaxError')
  expect(await findBarriers(page)).toEqual([])
  await row.getByRole('button', { name: 'Insert the row' }).click()
  expect(await dialog().getByLabel('display_name').inputValue()).toBe('Dorothy Vaughan')
  expect(await dialog().getByLabel('handle').inputValue()).toBe('dorothy')
  await dialog().getByRole('button', { name: 'Insert the row' }).click()
  await dialog().waitFor({ state: 'detached' })
  await row.getByText('written').waitFor()
})

test('the page told of no error', () => {
  expect(problems).toEqual([])
})
