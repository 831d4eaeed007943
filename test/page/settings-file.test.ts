import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { makeDataFolder, type RunningConsole, startConsole } from '../support/console.ts'

/** What the page says of a settings file that does not parse. */

let dataFolder: string
let running: RunningConsole
let browser: Browser
let page: Page

const settingsFile = () => join(dataFolder, 'settings.json')

beforeAll(async () => {
  dataFolder = await makeDataFolder()
  await writeFile(settingsFile(), '{\n  "environments": [ { "id": "staging",\n')
  running = await startConsole({ dataFolder })
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(running.url)
})
afterAll(async () => {
  await browser?.close()
  await running?.end()
  await rm(dataFolder, { recursive: true, force: true })
})

test('every screen tells it and leads to the settings', async () => {
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  await page.getByText(/The settings file was not used, line \d+/).waitFor()
  await page.getByRole('link', { name: 'Open settings' }).click()
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
})

test('once it is mended it is read again, and nothing is told any more', async () => {
  const told = page.getByRole('alert').filter({ hasText: 'The settings file was not used and is kept as it is' })
  await told.waitFor()
  await writeFile(settingsFile(), '{ "version": 1, "environments": [] }')
  await page.getByRole('button', { name: 'Read it again' }).click()
  await told.waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Overview', exact: true }).click()
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  expect(await page.getByText(/The settings file was not used/).count()).toBe(0)
})
