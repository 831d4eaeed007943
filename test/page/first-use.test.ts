import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { findBarriers } from './shell-axe.ts'

/** What a first user stumbles over: what stands out of view, needs the mouse, or does not fit. One story, in order. */

let running: RunningConsole
let browser: Browser
let page: Page

const go = (name: string) => page.getByRole('link', { name, exact: true }).click()
const button = (name: string) => page.getByRole('button', { name, exact: true })
const region = (name: string) => page.getByRole('region', { name, exact: true })
const dialog = () => page.getByRole('dialog')

/** Presses Tab until the named part has the focus. */
async function tabTo(name: string): Promise<void> {
  const isThere = () => page.evaluate((wanted) => document.activeElement?.textContent === wanted, name)
  for (let presses = 0; presses < 80; presses += 1) {
    if (await isThere()) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not reach ${name}`)
}

beforeAll(async () => {
  running = await startConsole()
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(running.url)
  await region('local').getByRole('button', { name: 'Load schema' }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await running?.[Symbol.asyncDispose]()
})

test('the help lists the key of the palette', async () => {
  await page.keyboard.press('Shift+?')
  await dialog().getByText('Every screen and action').waitFor()
  await page.keyboard.press('Escape')
  await dialog().waitFor({ state: 'detached' })
})

test('in a locked environment a mending button leads to Unlock, by keyboard alone', async () => {
  await page.getByRole('radio', { name: 'prod' }).check()
  const prod = region('prod')
  await prod.getByRole('button', { name: 'Load schema' }).focus()
  await page.keyboard.press('Enter')
  await prod.getByText(/prod is read-only/).waitFor()
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Unlock')
  await page.keyboard.press('Enter')
  await region('Identity').getByRole('timer').waitFor()
  await prod.getByText(/prod is read-only/).waitFor({ state: 'detached' })
  await region('Identity').getByRole('button', { name: 'Lock' }).click()
})

test('a reset by keyboard alone: its run comes into view, and the one Undo beside it takes it back', async () => {
  await page.getByRole('radio', { name: 'local' }).check()
  await go('Lifecycle')
  await tabTo('Reset')
  await page.keyboard.press('Enter')
  await dialog().getByLabel('Type cruddur to confirm').waitFor()
  await page.keyboard.type('cruddur')
  await page.keyboard.press('Enter')
  await dialog().waitFor({ state: 'detached' })
  await region('Reset cruddur').locator('header').getByText('done', { exact: true }).waitFor()
  expect(await page.getByRole('heading', { name: 'Lifecycle', level: 1 }).isVisible()).toBe(true)
  const top = await region('Reset cruddur').boundingBox()
  expect(top && top.y > 0 && top.y < 800).toBe(true)
  await button('Undo').click()
  await region('Undo the reset of cruddur').locator('header').getByText('done', { exact: true }).waitFor()
})

test('a reset from the palette says on any screen that it is done, and can be taken back there', async () => {
  await go('Settings')
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Screen or action').fill('reset in local')
  await page.keyboard.press('Enter')
  await dialog().getByLabel('Type cruddur to confirm').fill('cruddur')
  await page.keyboard.press('Enter')
  const notice = page.getByRole('alert').filter({ hasText: 'The database before is kept' })
  await notice.getByRole('button', { name: 'Undo', exact: true }).click()
  await notice.waitFor({ state: 'detached' })
})

test('a dialog does not outlive its screen', async () => {
  await go('Settings')
  await button('Add environment').click()
  await dialog().waitFor()
  await page.goBack()
  await dialog().waitFor({ state: 'detached' })
})

test('a dialog opened while a slow machine still draws the screen stays', async () => {
  await go('Settings')
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 6 })
  await go('Overview')
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Screen or action').fill('reset in local')
  await page.keyboard.press('Enter')
  await dialog().getByLabel('Type cruddur to confirm').fill('cruddur')
  await page.getByRole('heading', { name: 'Overview', level: 1, includeHidden: true }).waitFor()
  await devtools.detach()
  expect(await dialog().getByLabel('Type cruddur to confirm').inputValue()).toBe('cruddur')
  await page.keyboard.press('Escape')
  await dialog().waitFor({ state: 'detached' })
})

test.each(['Overview', 'Sessions', 'Tables', 'Query', 'Lifecycle', 'Instances', 'Access', 'Activity', 'Settings'])(
  '%s fits a window magnified to 200 percent',
  async (title) => {
    await page.setViewportSize({ width: 640, height: 400 })
    await go(title)
    await page.getByRole('heading', { name: title, level: 1 }).waitFor()
    const [wide, high] = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement
      const main = document.querySelector('main')
      return [Math.max(scrollWidth - innerWidth, (main?.scrollWidth ?? 0) - (main?.clientWidth ?? 0)), scrollHeight - innerHeight]
    })
    expect([wide, high]).toEqual([0, 0])
    expect(await findBarriers(page)).toEqual([])
  },
)
