import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launchChromium } from '../test/support/chromium.ts'
import { startConsole } from '../test/support/console.ts'

/** Makes the README's pictures from the running page: a fresh console, both themes. Run after a build. Screens that name folders of the machine are left out. */

const folder = join(import.meta.dirname, '..', 'docs')
const sizes = { small: { width: 1280, height: 800 }, large: { width: 1920, height: 1080 } } as const
const size = process.argv.includes('--large') ? 'large' : 'small'

const go = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).click()

async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(800)
}

mkdirSync(folder, { recursive: true })
await using console_ = await startConsole()
const browser = await launchChromium()
const page = await browser.newPage({ viewport: sizes[size], deviceScaleFactor: 1 })
const suffix = size === 'small' ? '' : '-large'

/** One picture in each theme. */
async function picture(name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await settle(page)
    await page.screenshot({ path: join(folder, `${name}-${theme}${suffix}.png`) })
  }
}

await page.goto(console_.url)
await page.getByRole('button', { name: 'Load schema' }).first().waitFor()
await settle(page)
await picture('overview')
const local = page.getByRole('region', { name: 'local', exact: true })
await local.getByRole('button', { name: 'Load schema' }).click()
await local.getByRole('button', { name: 'Seed' }).click()
await settle(page)
await go(page, 'Tables')
await page.getByText('users', { exact: true }).first().click()
await page.getByText('andrewbrown', { exact: true }).first().waitFor()
await picture('tables')
await go(page, 'Query')
await page.locator('.cm-content').click()
await page.keyboard.type(
  'select users.handle, activities.message, activities.created_at\nfrom activities join users on users.uuid = activities.user_uuid\norder by activities.created_at desc;',
)
await page.keyboard.press('Escape')
await page.getByRole('button', { name: 'Run', exact: true }).click()
await settle(page)
await picture('query')
await go(page, 'Sessions')
await picture('sessions')
await page.getByRole('radio', { name: 'prod' }).check()
await go(page, 'Instances')
await page.getByRole('treegrid', { name: 'Instances' }).getByText('cruddur-db-instance').click()
await page.getByRole('tab', { name: 'Posture' }).click()
await settle(page)
await picture('instances')
await page.getByRole('button', { name: /^Practice cloud/ }).click()
await page.getByRole('radio', { name: /Café/ }).check()
await page.keyboard.press('Escape')
await go(page, 'Access')
await page.getByText('198.51.100.77', { exact: true }).first().waitFor()
await picture('access')

const panel = page.getByRole('complementary', { name: 'Practice cloud' })
const panelButton = page.getByRole('button', { name: /^Practice cloud/ })

/** One person signs up while the practice function is made to fail as told. */
async function signUp(name: string, handle: string, failure: string, swallows: boolean): Promise<void> {
  await panel.getByLabel('The function fails by').selectOption(failure)
  const swallowed = panel.getByRole('switch', { name: 'Exception swallowed' })
  if ((await swallowed.isChecked()) !== swallows) await swallowed.click()
  await settle(page)
  await panel.getByLabel('Name', { exact: true }).fill(name)
  await panel.getByLabel('E-mail').fill(`${handle}@example.com`)
  await panel.getByLabel('Preferred user name').fill(handle)
  await panel.getByRole('button', { name: 'Sign up a user' }).click()
  await panel.getByText(`${handle}@example.com is`).waitFor({ timeout: 60_000 })
}

await panelButton.click()
await page.getByRole('radio', { name: /Home/ }).check()
await panelButton.click()
await go(page, 'Overview')
const prod = page.getByRole('region', { name: 'prod', exact: true })
await prod.getByRole('button', { name: 'Load schema' }).click()
await prod.getByRole('button', { name: 'Unlock' }).click()
await prod.getByText('No sign-up yet').waitFor({ timeout: 60_000 })
await page.getByRole('button', { name: 'Lock', exact: true }).click()
await panelButton.click()
await signUp('Alan Turing', 'alan', 'none', true)
await signUp('Lin Chen', 'lin', 'time-out', false)
await signUp('Barbara Liskov', 'barbara', 'none', true)
await signUp('Miles D’Angelo', 'miles', 'unbound variable', false)
await signUp('Grace Hopper', 'grace', 'column missing', true)
await signUp('Ada Lovelace', 'ada', 'none', true)
await panelButton.click()
await go(page, 'Logs')
const grace = page.getByRole('treegrid', { name: 'Invocations' }).getByRole('row').filter({ hasText: 'grace@example.com' }).first()
await grace.getByText('missing').waitFor({ timeout: 60_000 })
await grace.click()
await picture('logs')
await page.getByRole('link', { name: 'Sign-ups' }).click()
await page.getByText(/^All \(/).click()
await page.getByRole('grid', { name: 'Sign-ups' }).getByText('Grace Hopper').waitFor()
await page.mouse.move(0, 0)
await picture('sign-ups')
await browser.close()
