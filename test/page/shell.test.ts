import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { findBarriers } from './shell-axe.ts'

let running: RunningConsole
let browser: Browser
let context: BrowserContext
let page: Page
/** Errors on the page's own console: among them every violation of the content security policy. */
let complaints: string[]

async function open(address: string): Promise<Page> {
  const opened = await context.newPage()
  opened.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  opened.on('pageerror', (error) => complaints.push(error.message))
  await opened.goto(address)
  return opened
}

/** The console's own address, for a page that has its bearer already. */
const home = (path = '') => new URL(running.url).origin + path
const strip = (on: Page = page) => on.getByRole('region', { name: 'Identity' })
const link = (name: string) => page.getByRole('link', { name, exact: true })
const isAt = (place: string) => page.waitForURL((url) => url.hash === `#${place}`)

beforeAll(async () => {
  running = await startConsole()
  browser = await launchChromium()
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  complaints = []
  page = await open(running.url)
  await strip().getByText('connected').waitFor()
})
afterAll(async () => {
  await browser?.close()
  await running?.[Symbol.asyncDispose]()
})

beforeEach(async () => {
  complaints = []
  await page.goto(home('/#/local/overview'))
  await strip().getByText('connected').waitFor()
})
afterEach(() => expect(complaints).toEqual([]))

describe('the way around', () => {
  test('g and a letter lead to each screen, the brackets to the other environment', async () => {
    await page.keyboard.press('g')
    await page.keyboard.press('a')
    await isAt('/local/activity')
    await page.keyboard.press(']')
    await isAt('/prod/activity')
    await page.keyboard.press('[')
    await isAt('/local/activity')
    await page.keyboard.press('g')
    await page.keyboard.press(',')
    await isAt('/local/settings')
  })

  test('the switch keeps the screen', async () => {
    await link('Settings').click()
    await page.getByRole('radiogroup', { name: 'Environment' }).getByRole('radio', { name: 'prod' }).check()
    await isAt('/prod/settings')
    await strip().getByText('prod', { exact: true }).waitFor()
  })

  test('the palette finds each screen of each environment and what can be done', async () => {
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Screen or action').fill('activity of prod')
    await page.keyboard.press('Enter')
    await isAt('/prod/activity')
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Screen or action').fill('reset in local')
    await page.getByRole('dialog').getByRole('button', { name: 'Reset in local' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('? lists the keys', async () => {
    await page.keyboard.press('Shift+?')
    const dialog = page.getByRole('dialog', { name: 'Keys' })
    await dialog.getByText('Next environment').waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })
})

describe('what is remembered', () => {
  test('the theme and the zone outlive a reload', async () => {
    await link('Settings').click()
    await page.getByRole('radiogroup', { name: 'Theme' }).getByText('Dark').click()
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor()
    const zone = page.getByRole('contentinfo').getByRole('button', { name: /Times are in/ })
    await page.getByRole('button', { name: /Times are in UTC/ }).click()
    await page.getByRole('button', { name: /Times are in local time/ }).waitFor()
    await page.reload()
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor()
    await page.getByRole('button', { name: /Times are in local time/ }).click()
    await page.getByRole('radiogroup', { name: 'Theme' }).getByText('As the system').click()
    await page.locator('html[data-mantine-color-scheme=light]').waitFor()
    expect(await zone.textContent()).toBe('UTC')
  })

  test('the bare address leads to where the user was', async () => {
    await link('Activity').click()
    await isAt('/local/activity')
    await expect
      .poll(
        async () => {
          const other = await open(home())
          await other.waitForURL((url) => url.hash.length > 2)
          const { hash } = new URL(other.url())
          await other.close()
          return hash
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe('#/local/activity')
  })
})

describe('the guard', () => {
  test('an unlock is for one window, outlives its reload and ends with Lock', async () => {
    await page.goto(home('/#/prod/overview'))
    await strip().getByRole('button', { name: 'Unlock' }).click()
    await strip().getByRole('timer').waitFor()
    const other = await open(home('/#/prod/overview'))
    await strip(other).getByRole('button', { name: 'Unlock' }).waitFor()
    await other.close()
    await page.reload()
    await strip().getByRole('timer').waitFor()
    await strip().getByRole('button', { name: 'Lock' }).click()
    await strip().getByRole('button', { name: 'Unlock' }).waitFor()
  })
})

describe('environments', () => {
  test('one that cannot be reached is told at its field, kept when wanted, and removed by its name', async () => {
    await link('Settings').click()
    await page.getByRole('button', { name: 'Add environment' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Id').fill('staging')
    await form.getByLabel('Connection URL').last().fill('postgresql://app:secret@127.0.0.1:1/shop?sslmode=disable')
    await form.getByRole('button', { name: 'Test' }).click()
    const alert = form.getByRole('alert')
    await alert.waitFor()
    expect(await alert.textContent()).not.toContain('secret')
    await form.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('radio', { name: 'staging' }).check()
    await strip().getByText('not connected').waitFor()
    await strip().getByRole('button', { name: 'Reconnect' }).waitFor()
    await page.getByRole('button', { name: 'Remove staging' }).click()
    const dialog = page.getByRole('dialog')
    const remove = dialog.getByRole('button', { name: 'Remove', exact: true })
    expect(await remove.isDisabled()).toBe(true)
    await dialog.getByLabel('Type staging to confirm').fill('staging')
    await page.keyboard.press('Enter')
    await page.getByRole('radio', { name: 'staging' }).waitFor({ state: 'detached' })
  })

  test('a URL that cannot be read is refused and nothing is kept', async () => {
    await link('Settings').click()
    await page.getByRole('button', { name: 'Add environment' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Id').fill('broken')
    await form.getByLabel('Connection URL').last().fill('localhost/shop')
    await form.getByRole('button', { name: 'Save' }).click()
    await form.getByRole('alert').waitFor()
    await page.keyboard.press('Escape')
    expect(await page.getByRole('radio', { name: 'broken' }).count()).toBe(0)
  })
})

describe('for everyone', () => {
  test.each(['light', 'dark'] as const)('axe finds no barrier on the screens in the %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme })
    const found: string[] = []
    for (const environment of ['local', 'prod']) {
      for (const title of ['Overview', 'Activity', 'Settings']) {
        await page.goto(home(`/#/${environment}/${title.toLowerCase()}`))
        await page.getByRole('heading', { name: title, level: 1 }).waitFor()
        await strip().getByText('connected').waitFor()
        for (const barrier of await findBarriers(page)) found.push(`${environment} ${title}: ${barrier}`)
      }
    }
    expect(found).toEqual([])
  })
})
