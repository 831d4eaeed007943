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
await browser.close()
