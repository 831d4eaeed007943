import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { findBarriers } from './shell-axe.ts'

/** Whoever moves to another network and finds prod silent: one story, in order, on the practice cloud. */

let running: RunningConsole
let browser: Browser
let page: Page
const problems: string[] = []

const home = '203.0.113.24'
const cafe = '198.51.100.77'

const button = (name: string) => page.getByRole('button', { name, exact: true })
const grid = () => page.getByRole('grid', { name: 'Rules' })
const row = (text: string) => grid().getByRole('row').filter({ hasText: text })
const mine = () => page.getByRole('region', { name: 'This machine' })

async function moveTo(network: string) {
  const opener = page.getByRole('button', { name: /^Practice cloud/ })
  await opener.click()
  await page.getByRole('radio', { name: network }).click({ force: true })
  await opener.getByText(network.split(',')[0] ?? network).waitFor()
  await opener.click()
}

beforeAll(async () => {
  running = await startConsole({ variables: { CONNECTION_URL: 'postgresql://nobody@127.0.0.1:1/none' } })
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.on('pageerror', (error) => problems.push(error.message))
  await page.goto(running.url)
  await page.getByRole('radio', { name: 'prod' }).click({ force: true })
  await page.getByRole('link', { name: 'Access', exact: true }).click()
})
afterAll(async () => {
  await browser?.close()
  await running?.[Symbol.asyncDispose]()
})

test('at home the practice instance lets this machine in, and says by which rule', async () => {
  await grid().waitFor()
  await mine()
    .getByText(new RegExp(`^${home.replaceAll('.', '\\.')} may reach port \\d+ of cruddur-db-instance, by rule sgr-`))
    .waitFor()
  await row(`${home}/32`).getByText('lets you in').waitFor()
  expect(await row(`${home}/32`).getByText('GITPOD').count()).toBe(1)
  await mine().getByText('Nothing needs to be changed.').waitFor()
})

test('on another network it is not let in, and what would let it in is shown beforehand', async () => {
  await moveTo('Café')
  await mine().getByText(`No rule lets ${cafe}`).waitFor()
  await page.getByRole('region', { name: 'My address' }).getByText(home).waitFor()
  await mine().getByText('no rule of this machine').waitFor()
  await mine().getByText(`${cafe}/32, tcp`).waitFor()
})

test('while prod is locked nothing is changed', async () => {
  await button('Allow my address').click()
  await mine().getByText('prod is read-only').waitFor()
  expect(await row(cafe).count()).toBe(0)
})

test('an address that is none cannot be sent', async () => {
  await button('Type another address').click()
  const field = page.getByRole('textbox', { name: 'Address to allow' })
  await field.fill('203.0.113.0/24')
  await page.getByText('One address, without a range after it').waitFor()
  expect(await button('Allow my address').isDisabled()).toBe(true)
  await button('Use the one found').click()
  expect(await button('Allow my address').isEnabled()).toBe(true)
})

test('unlocked, one press lets this machine in, and prod answers', async () => {
  await mine().getByRole('button', { name: 'Unlock' }).click()
  await button('Allow my address').click()
  await mine()
    .getByText(/A rule for 198\.51\.100\.77\/32 was made .* The database answers at/)
    .waitFor()
  await row(`${cafe}/32`).getByText('mine', { exact: true }).waitFor()
  await mine().getByText(`${cafe} may reach`).waitFor()
  await page.getByText(/^connected · /).waitFor()
  await page.getByRole('region', { name: 'History' }).getByText('Allow my address').waitFor()
})

test('the screen can be used by everyone, also magnified', async () => {
  expect(await findBarriers(page)).toEqual([])
  await page.setViewportSize({ width: 640, height: 400 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  await button('Allow my address').scrollIntoViewIfNeeded()
  expect(await button('Allow my address').isVisible()).toBe(true)
  await page.setViewportSize({ width: 1280, height: 800 })
})

test('the palette allows too', async () => {
  await moveTo('Office, behind its VPN')
  await mine().getByText('No rule lets 203.0.113.190').waitFor()
  await row(`${cafe}/32`).getByText('stale').waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('textbox').fill('Allow my address')
  await page.keyboard.press('Enter')
  await mine().getByText('203.0.113.190 may reach').waitFor()
  expect(await row(`${cafe}/32`).count()).toBe(0)
})

test('the own rule is revoked at once, by keyboard', async () => {
  await row('203.0.113.190/32').focus()
  await page.keyboard.press('Delete')
  await row('203.0.113.190/32').waitFor({ state: 'detached' })
  await mine().getByText('No rule lets 203.0.113.190').waitFor()
})

test('a rule of somebody else goes by its typed id only', async () => {
  const id = (await row(`${home}/32`).getByTitle('Rule id').textContent()) ?? ''
  await row(`${home}/32`).getByRole('button', { name: 'Revoke', exact: true }).click()
  const dialog = page.getByRole('dialog')
  const field = dialog.getByRole('textbox', { name: /^Type sgr-/ })
  await field.fill('GITPOD')
  expect(await dialog.getByRole('button', { name: 'Revoke' }).isDisabled()).toBe(true)
  await field.fill(id)
  expect(await findBarriers(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Revoke' }).click()
  await row(`${home}/32`).waitFor({ state: 'detached' })
})

test('how own rules end is kept', async () => {
  const card = page.getByRole('region', { name: 'Own rules' })
  await card.getByRole('combobox', { name: 'Expire after' }).click()
  await page.getByRole('option', { name: '8 hours' }).click()
  await page.reload()
  await expect.poll(() => card.getByRole('combobox', { name: 'Expire after' }).inputValue()).toBe('8 hours')
})

test('an environment that is not on RDS says so, and shows the instance of the other, under whose guard it is', async () => {
  await page.getByRole('radio', { name: 'local' }).click({ force: true })
  await page.getByText('local stands on no RDS instance. This is the one of prod.').waitFor()
  await page.getByRole('button', { name: 'Allow my address', exact: true }).click()
  await mine().getByText('203.0.113.190 may reach').waitFor()
  const own = row('203.0.113.190/32')
  await own.getByRole('button', { name: 'Revoke', exact: true }).click()
  await own.waitFor({ state: 'detached' })
})

test('of several instances the one that was chosen is there again next time', async () => {
  const opener = page.getByRole('button', { name: /^Practice cloud/ })
  await opener.click()
  const endpoint = (await page.getByText(/^http:\/\/127\.0\.0\.1:\d+$/).textContent()) ?? ''
  await opener.click()
  const made = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: 'AWS4-HMAC-SHA256 Credential=practice/20260101/ca-central-1/rds/aws4_request, SignedHeaders=host, Signature=0',
      'x-amz-date': '20260101T000000Z',
    },
    body: 'Action=CreateDBInstance&DBInstanceIdentifier=reporting&DBInstanceClass=db.t4g.micro&Engine=postgres&AllocatedStorage=20&MasterUsername=boss&MasterUserPassword=long-enough-1',
  })
  expect(made.status).toBe(200)
  await page.getByRole('link', { name: 'Instances', exact: true }).click()
  await button('Refresh').click()
  await page.getByRole('treegrid').getByText('reporting', { exact: true }).waitFor()
  await page.getByRole('link', { name: 'Access', exact: true }).click()
  const chooser = page.getByRole('combobox', { name: 'Instance' })
  await chooser.click()
  await page.getByRole('option', { name: /^reporting/ }).click()
  const note = page.getByText('local stands on no RDS instance. This is one that no environment stands on.')
  await note.waitFor()
  await page.reload()
  await note.waitFor()
  expect(await chooser.inputValue()).toMatch(/^reporting/)
})

test('nothing went wrong unseen', () => {
  expect(problems).toEqual([])
})
