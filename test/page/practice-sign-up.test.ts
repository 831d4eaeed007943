import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { findBarriers } from './shell-axe.ts'

/** Sign-ups in the practice cloud's panel, against its real function and its real instance. One story, in order. */

let running: RunningConsole
let browser: Browser
let page: Page
const problems: string[] = []

beforeAll(async () => {
  running = await startConsole()
  browser = await launchChromium()
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  page = await context.newPage()
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${expect.getState().currentTestName}: ${message.text()}`)
  })
  await page.goto(running.url)
  await page.getByRole('button', { name: /^Practice cloud/ }).click()
})
afterAll(async () => {
  await browser?.close()
  await running?.[Symbol.asyncDispose]()
})

const panel = () => page.getByRole('complementary', { name: 'Practice cloud' })
const field = (name: string) => panel().getByRole('textbox', { name, exact: true })
const button = (name: string | RegExp) => panel().getByRole('button', { name, exact: true })
const users = () => panel().getByRole('list', { name: 'Users of the pool' }).getByRole('listitem')

/** What the state folder holds of the pool, as a restart would find it. */
async function kept(): Promise<readonly { readonly email: string; readonly status: string; readonly error: string | null }[]> {
  const text = await readFile(join(running.dataFolder, 'servers', 'practice', 'state', 'user-pool.json'), 'utf8')
  return JSON.parse(text).users
}

async function failBy(failure: string): Promise<void> {
  await panel().getByRole('combobox', { name: 'The function fails by' }).selectOption(failure)
}

test('the form is filled in with somebody made up, and signs them up with one key', async () => {
  await expect.poll(() => field('Name').inputValue()).not.toBe('')
  const email = await field('E-mail').inputValue()
  expect(email).toMatch(/@example\.(com|org)$/)
  expect(await panel().getByRole('checkbox', { name: 'Confirm' }).isChecked()).toBe(true)
  await field('Preferred user name').press('Enter')
  await panel().getByText(`${email} is confirmed.`).waitFor()
  // The schema is not loaded, and the function of the journals swallows what it meets: Cognito hears of nothing.
  expect(await users().first().textContent()).toContain('CONFIRMED')
  expect(await field('E-mail').inputValue()).not.toBe(email)
  expect(await kept()).toMatchObject([{ email, status: 'CONFIRMED', error: null }])
})

test('where the function raises, what Cognito tells stands beside the button and at the user, who is confirmed all the same', async () => {
  await panel().getByRole('switch', { name: 'Exception swallowed' }).click()
  await expect.poll(() => panel().getByRole('switch', { name: 'Exception swallowed' }).isChecked()).toBe(false)
  await field('Name').fill("Miles O'Brien")
  await field('E-mail').fill('miles@example.com')
  await field('Preferred user name').fill('miles')
  await button('Sign up a user').click()
  await panel()
    .getByText(/^PostConfirmation failed with error relation "users" does not exist/)
    .first()
    .waitFor({ timeout: 20_000 })
  expect(await users().first().textContent()).toMatch(
    /Miles O'BrienCONFIRMED.*PostConfirmation failed with error relation "users" does not exist/s,
  )
  expect(await field('E-mail').inputValue()).not.toBe('miles@example.com')
})

test('an e-mail that is taken is told in the words of Cognito, and what was typed stays', async () => {
  await field('Name').fill('Another Miles')
  await field('E-mail').fill('MILES@example.com')
  await button('Sign up a user').click()
  await panel()
    .getByText(/An account with the given email already exists\./)
    .waitFor()
  expect(await field('Name').inputValue()).toBe('Another Miles')
  expect(await field('E-mail').inputValue()).toBe('MILES@example.com')
})

test('a user can be signed up without the code, confirmed, refused a second time, and deleted', async () => {
  await failBy('unbound variable')
  await field('E-mail').fill('later@example.com')
  await panel().getByRole('checkbox', { name: 'Confirm' }).uncheck()
  await button('Sign up a user').click()
  await panel().getByText('later@example.com is signed up, and not confirmed.').waitFor()
  const row = users().filter({ hasText: 'later@example.com' })
  await row.getByText('UNCONFIRMED').waitFor()
  await row.getByRole('button', { name: 'Confirm later@example.com' }).click()
  await row
    .getByText("PostConfirmation failed with error cannot access local variable 'conn' where it is not associated with a value.")
    .waitFor({ timeout: 20_000 })
  await row.getByRole('button', { name: 'Confirm later@example.com' }).click()
  await row.getByText(/User cannot be confirmed\. Current status is CONFIRMED/).waitFor()
  await row.getByRole('button', { name: 'Delete later@example.com' }).click()
  await row.waitFor({ state: 'detached' })
})

test('while Cognito waits the panel says so; a function that works again ends a reset of the password without an error', async () => {
  await failBy('time-out')
  const row = users().filter({ hasText: 'miles@example.com' })
  await row.getByRole('button', { name: 'Reset password of miles@example.com' }).click()
  await row.getByText(/^Cognito waits for the function/).waitFor()
  expect(await row.getByRole('button', { name: 'Confirm miles@example.com' }).isDisabled()).toBe(true)
  await row.getByText(/Task timed out after 3\.00 seconds\.$/).waitFor({ timeout: 20_000 })
  await failBy('unbound variable')
  await panel().getByRole('switch', { name: 'Exception swallowed' }).click()
  await row.getByRole('button', { name: 'Reset password of miles@example.com' }).click()
  await expect.poll(() => row.getByText(/PostConfirmation/).count(), { timeout: 20_000 }).toBe(0)
})

test('hostile names are shown inert, and no wider than the panel', async () => {
  await failBy('none')
  await panel().getByRole('checkbox', { name: 'Confirm' }).check()
  await field('Name').fill(`<img src=x onerror=alert(1)>\u202e\u001b[31m END RequestId: 1 ${'x'.repeat(1_900)}`)
  await field('E-mail').fill('hostile@example.com')
  await button('Sign up a user').click()
  await panel().getByText('hostile@example.com is confirmed.').waitFor({ timeout: 20_000 })
  expect(await panel().locator('img').count()).toBe(0)
  const [own, inner] = await Promise.all([panel().boundingBox(), users().first().boundingBox()])
  expect((inner?.x ?? 0) + (inner?.width ?? 0)).toBeLessThanOrEqual((own?.x ?? 0) + (own?.width ?? 0))
})

test('a pace brings people by itself, until it is nought again', async () => {
  const before = (await kept()).length
  await panel().getByRole('radiogroup', { name: 'Made-up users a minute' }).getByText('120', { exact: true }).click()
  await expect.poll(async () => (await kept()).length, { timeout: 20_000 }).toBeGreaterThan(before + 2)
  await panel().getByRole('radiogroup', { name: 'Made-up users a minute' }).getByText('0', { exact: true }).click()
  await expect
    .poll(() =>
      panel().getByRole('radiogroup', { name: 'Made-up users a minute' }).getByRole('radio', { name: '0', exact: true }).isChecked(),
    )
    .toBe(true)
})

test('parts can be folded away by key, and stay so while the screens change', async () => {
  await button('Post-confirmation function').focus()
  await page.keyboard.press('Enter')
  await panel().getByRole('combobox', { name: 'The function fails by' }).waitFor({ state: 'hidden' })
  await page.getByRole('link', { name: 'Activity', exact: true }).click()
  expect(await button('Post-confirmation function').getAttribute('aria-expanded')).toBe('false')
  await button('Post-confirmation function').click()
  await panel().getByRole('combobox', { name: 'The function fails by' }).waitFor()
})

test('the palette signs somebody up, and changes the function', async () => {
  const before = (await kept()).length
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Screen or action').fill('sign up a user')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Practice: sign up a user/ })
    .waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await kept()).length).toBe(before + 1)
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Screen or action').fill('the function logs as JSON')
  await page.getByRole('dialog').getByRole('button', { name: 'Practice: the function logs as JSON' }).waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => panel().getByRole('radio', { name: 'JSON', exact: true }).isChecked()).toBe(true)
})

test.each(['light', 'dark'] as const)('the panel with its sign-ups has no barriers in %s', async (colorScheme) => {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  expect(await findBarriers(page)).toEqual([])
})

test('users and the function are there after a restart; the pace is not', async () => {
  const { dataFolder } = running
  const names = (await kept()).map(({ email }) => email)
  await running.end()
  running = await startConsole({ dataFolder })
  await page.goto(running.url)
  await page.getByRole('button', { name: /^Practice cloud/ }).click()
  await expect.poll(() => users().count()).toBe(Math.min(names.length, 20))
  expect(await users().first().textContent()).toContain(names.at(-1))
  expect(await panel().getByRole('radio', { name: 'JSON', exact: true }).isChecked()).toBe(true)
  expect(
    await panel().getByRole('radiogroup', { name: 'Made-up users a minute' }).getByRole('radio', { name: '0', exact: true }).isChecked(),
  ).toBe(true)
})

test('nothing went wrong on the way', () => {
  // The first console was ended under its page.
  expect(problems.filter((text) => !/WebSocket connection to|ERR_CONNECTION_REFUSED/.test(text))).toEqual([])
})
