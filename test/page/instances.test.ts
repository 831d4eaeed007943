import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { type Line, openLine } from '../support/line.ts'
import { findBarriers } from './shell-axe.ts'

/** An operator's day on the practice cloud, in order: stop in the evening, be sure it stays stopped, look after one's instances. */

let running: RunningConsole
let browser: Browser
let page: Page
let line: Line
/** Errors on the page's own console: among them every violation of the content security policy. */
const complaints: string[] = []

const name = 'cruddur-db-instance'
const button = (label: string) => page.getByRole('button', { name: label, exact: true })
/** The buttons of the chosen instance: the strip offers to start it too while the database is missed. */
const act = (label: string) => page.getByRole('toolbar', { name: 'The chosen instance' }).getByRole('button', { name: label, exact: true })
const grid = () => page.getByRole('treegrid', { name: 'Instances' })
const row = (identifier = name) => grid().getByRole('row').filter({ hasText: identifier })
const status = (word: string, identifier = name) => row(identifier).getByText(word, { exact: true }).waitFor()
const dialog = () => page.getByRole('dialog')
const details = (identifier = name) => page.getByRole('region', { name: `Details of ${identifier}` })
const tab = (title: string) => page.getByRole('tab', { name: title, exact: true }).click()

beforeAll(async () => {
  running = await startConsole()
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.setDefaultTimeout(40_000)
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(running.url)
  await page.getByRole('radio', { name: 'prod' }).click({ force: true })
  await page.getByRole('link', { name: 'Instances', exact: true }).click()
  await grid().waitFor()
  line = await openLine(running, 2, await page.evaluate(() => localStorage.getItem('basepair.bearer') ?? ''))
  await line.client.practice.change({ speed: 60 })
})
afterAll(async () => {
  await line?.close()
  await browser?.close()
  await running?.[Symbol.asyncDispose]()
})
afterEach(() => expect(complaints).toEqual([]))

describe('the list', () => {
  test('shows the practice instance, whose environment it is, and where it was asked', async () => {
    await status('available')
    expect(await row().getByText('prod', { exact: true }).count()).toBe(1)
    expect(await row().getByText('db.t3.micro').count()).toBe(1)
    await page.getByRole('button', { name: 'practice cloud, ca-central-1: answered' }).click()
    await dialog().getByText('123456789012', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
  })

  test('what cannot be done says why, where the pointer is and to a screen reader', async () => {
    expect(await act('Start').isDisabled()).toBe(true)
    await act('Start').hover()
    const reason = page.getByRole('tooltip')
    await reason.waitFor()
    const told = await reason.textContent()
    expect(await act('Start').evaluate((node) => document.getElementById(node.getAttribute('aria-describedby') ?? '')?.textContent)).toBe(
      told,
    )
    await page.mouse.move(0, 0)
  })

  test('the search finds by any word, and says that it hides the rest', async () => {
    await page.getByRole('searchbox', { name: 'Search instances' }).fill('nothing like it')
    await page.getByText('No instance is shown').waitFor()
    await button('Show all').click()
    await row().waitFor()
  })

  test('the keyboard reaches a row and opens it, and the address keeps it', async () => {
    await row().focus()
    await page.keyboard.press('Enter')
    await details().waitFor()
    await page.reload()
    await details().getByText('PostgreSQL 18').waitFor()
  })
})

describe('details', () => {
  test('the posture tells what is bad first, and why', async () => {
    await tab('Posture')
    await details().getByRole('region', { name: 'Bad' }).getByRole('listitem').first().waitFor()
    expect(await details().getByRole('region', { name: 'Good' }).getByRole('listitem').count()).toBeGreaterThan(0)
  })

  test('connect names endpoint, database and user', async () => {
    await tab('Connect')
    await details()
      .getByText(/^postgresql:\/\/\w+@127\.0\.0\.1:\d+\/\w+\?sslmode=verify-full$/)
      .waitFor()
  })
})

describe('where AWS is asked', () => {
  const ask = async (region: string, on: boolean) => {
    await button('Profiles and regions').click()
    await dialog().getByRole('textbox', { name: 'Search regions' }).fill(region)
    await dialog().getByRole('checkbox', { name: region, exact: true }).setChecked(on)
    await dialog().getByRole('button', { name: 'Show', exact: true }).click()
    await dialog().waitFor({ state: 'detached' })
  }

  test('“none” is said only of places that answered', async () => {
    await ask('eu-west-1', true)
    await page.getByRole('button', { name: 'practice cloud, eu-west-1: answered' }).waitFor()
    await row().waitFor()
    await ask('ca-central-1', false)
    await page.getByText('No instances in these regions').waitFor()
    await page.getByText(`${name} is not in the list`).waitFor()
    await ask('ca-central-1', true)
    await row().waitFor()
  })

  test('expired credentials are told, what was known stays, and it recovers by itself', async () => {
    await line.client.practice.change({ credentialsExpired: true })
    await button('Refresh').click()
    const places = page.getByRole('region', { name: 'Profiles and regions' })
    await places.getByRole('alert').first().waitFor()
    await row().getByText(/as of/).waitFor()
    await page.getByText(/^Stale, as of /).waitFor()
    await line.client.practice.change({ credentialsExpired: false })
    await places.getByRole('button', { name: 'Try again' }).first().click()
    await places.getByRole('alert').first().waitFor({ state: 'detached' })
    await row().getByText(/as of/).waitFor({ state: 'detached' })
  })
})

describe('stop and start', () => {
  test('a guarded environment’s instance is stopped only after Unlock', async () => {
    await act('Stop').click()
    await dialog().getByText('Every connection to it ends, also those of prod.').waitFor()
    await dialog().getByRole('button', { name: 'Stop', exact: true }).click()
    await dialog().getByRole('button', { name: 'Unlock' }).click()
    await dialog().getByRole('alert').waitFor({ state: 'detached' })
    await dialog().getByRole('checkbox', { name: 'Take a snapshot before' }).check()
    expect(await dialog().getByLabel('Name of the snapshot').inputValue()).toMatch(/^cruddur-db-instance-before-stop-/)
    await dialog().getByRole('button', { name: 'Stop', exact: true }).click()
    await dialog().waitFor({ state: 'detached' })
  })

  test('it is stopping, then stopped, with the time at which AWS starts it', async () => {
    await status('stopping')
    await status('stopped')
    await row()
      .getByText(/^AWS starts it /)
      .waitFor()
    await tab('Snapshots')
    await details()
      .getByText(/^cruddur-db-instance-before-stop-/)
      .waitFor()
  })

  test('kept stopped, it is stopped again when AWS has started it', { timeout: 150_000 }, async () => {
    await act('Keep stopped').click()
    await page.getByRole('button', { name: 'Keep stopped', pressed: true }).waitFor()
    await line.client.practice.forceStart({ identifier: name })
    await tab('Watch')
    await details().getByRole('region', { name: 'What was done' }).getByRole('listitem').first().waitFor()
    await status('stopped')
    await act('Keep stopped').click()
    await page.getByRole('button', { name: 'Keep stopped', pressed: false }).waitFor()
  })

  test('started, it becomes available', async () => {
    await act('Start').click()
    await status('starting')
    await status('available')
  })

  test('a finding is mended by its button, and then deleting says why not', async () => {
    await tab('Posture')
    await button('Protect from deletion').click()
    const open = dialog().getByRole('button', { name: 'Protect from deletion', exact: true })
    if (await open.isVisible()) await open.click()
    const good = details().getByRole('region', { name: 'Good' })
    await good.getByText('Deletion protection', { exact: true }).waitFor()
    await act('Delete').hover()
    await page
      .getByRole('tooltip')
      .getByText(/protect/i)
      .waitFor()
    expect(await act('Delete').isDisabled()).toBe(true)
  })

  test('a schedule is kept, told in words, and taken away', async () => {
    await act('Schedule').click()
    const form = details().getByRole('region', { name: 'Schedule' })
    await form.getByLabel('Time to start').fill('25:00')
    await form.getByText(/from 00:00 to 23:59/).waitFor()
    expect(await form.getByRole('button', { name: 'Keep the schedule' }).isDisabled()).toBe(true)
    await form.getByLabel('Time to start').fill('7:30')
    await form.getByRole('checkbox', { name: 'Friday' }).uncheck()
    await form.getByRole('button', { name: 'Keep the schedule' }).click()
    await details()
      .getByText(/^Basepair starts it /)
      .waitFor()
    await row().getByText('schedule', { exact: true }).waitFor()
    await form.getByRole('button', { name: 'Remove the schedule' }).click()
    await row().getByText('schedule', { exact: true }).waitFor({ state: 'detached' })
  })
})

describe('a new instance', () => {
  const fresh = 'evening-reports'

  test('is checked as one types, and its command line never holds the password', async () => {
    await button('New instance').click()
    // A name that is free is suggested; one that is taken is refused before anything is asked for.
    expect(await dialog().getByLabel('Identifier').inputValue()).toBe(`${name}-2`)
    await dialog().getByLabel('Identifier').fill(name)
    await dialog().getByText(`${name} is there already, in ca-central-1.`).waitFor()
    await dialog().getByRole('button', { name: 'Create', exact: true }).click()
    await dialog().getByLabel('Identifier').and(page.locator(':focus')).waitFor()
    await dialog().getByLabel('Identifier').fill('9reports')
    await dialog().getByLabel('Identifier').and(page.locator('[aria-invalid="true"]')).waitFor()
    await dialog().getByLabel('Identifier').fill(fresh)
    await dialog().getByLabel('Identifier').and(page.locator(':not([aria-invalid="true"])')).waitFor()
    await dialog().getByRole('button', { name: 'Generate' }).click()
    const command = dialog().locator('pre')
    await command.filter({ hasText: fresh }).waitFor()
    const password = await dialog().getByLabel('Master password', { exact: true }).inputValue()
    expect(password).toHaveLength(32)
    expect(await command.textContent()).not.toContain(password)
  })

  test('appears at once, becomes available, and an environment of its own', async () => {
    await dialog().getByRole('checkbox', { name: 'Protect from deletion' }).uncheck()
    await dialog().getByRole('checkbox', { name: 'Make an environment of it once it is available' }).check()
    expect(await dialog().getByLabel('Id of the environment').inputValue()).toBe(fresh)
    await dialog().getByRole('button', { name: 'Create', exact: true }).click()
    await dialog().waitFor({ state: 'detached' })
    await row(fresh).waitFor()
    await status('available', fresh)
    await page.getByRole('radio', { name: fresh }).waitFor()
    await row(fresh).getByText(fresh, { exact: true }).nth(1).waitFor()
  })

  test('is deleted for good only with its name typed', async () => {
    await row(fresh).click()
    await act('Delete').click()
    const press = dialog().getByRole('button', { name: 'Delete', exact: true })
    expect(await press.isDisabled()).toBe(true)
    expect(await dialog().getByRole('checkbox', { name: 'Take a final snapshot' }).isChecked()).toBe(true)
    await dialog().getByLabel(`Type ${fresh} to confirm`).fill(fresh)
    await press.click()
    await dialog().waitFor({ state: 'detached' })
    await row(fresh).waitFor({ state: 'detached' })
  })
})

describe('monitoring', () => {
  test('the charts are drawn under the content security policy', { timeout: 180_000 }, async () => {
    await row().click()
    await tab('Monitoring')
    // The first minute is measured when it is over.
    await details()
      .getByRole('img', { name: /^CPU: / })
      .waitFor({ timeout: 150_000 })
    // A level line has no height, so that it counts as hidden.
    await details()
      .getByRole('img', { name: /^Connections: / })
      .locator('.recharts-line')
      .first()
      .waitFor({ state: 'attached' })
  })
})

describe('for everyone', () => {
  test.each(['light', 'dark'] as const)('axe finds no barrier in the %s, on any tab', async (colorScheme) => {
    await page.emulateMedia({ colorScheme })
    await row().click()
    const found: string[] = []
    for (const title of ['Overview', 'Monitoring', 'Posture', 'Events', 'Snapshots', 'Watch', 'Connect']) {
      await tab(title)
      await page.getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' })
      for (const barrier of await findBarriers(page)) found.push(`${title}: ${barrier}`)
    }
    await button('New instance').click()
    await dialog().getByLabel('Identifier').waitFor()
    for (const barrier of await findBarriers(page)) found.push(`New instance: ${barrier}`)
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
    expect(found).toEqual([])
  })

  test('twice as large, nothing is wider than the window', async () => {
    await page.setViewportSize({ width: 640, height: 400 })
    const tooWide = await page.evaluate(() => {
      const screen = document.querySelector('main')
      return screen === null || screen.scrollWidth > screen.clientWidth || document.documentElement.scrollWidth > window.innerWidth
    })
    expect(tooWide).toBe(false)
    await page.setViewportSize({ width: 1280, height: 800 })
  })
})
