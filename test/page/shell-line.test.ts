import { rm } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { makeDataFolder, type RunningConsole, startConsole } from '../support/console.ts'

/** What the page says when the console under it goes, comes back, or does not know it. */

let dataFolder: string
let browser: Browser
let page: Page
let running: RunningConsole | null = null

beforeAll(async () => {
  dataFolder = await makeDataFolder()
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  running = await startConsole({ dataFolder })
  await page.goto(running.url)
})
afterAll(async () => {
  await browser?.close()
  await running?.end()
  await rm(dataFolder, { recursive: true, force: true })
})

test('the token does not stay in the address, nor in the history', async () => {
  await page.getByRole('link', { name: 'Overview', exact: true }).waitFor()
  expect(page.url()).toMatch(/#\/local\/overview$/)
  const token = new URL(running?.url ?? '').hash.slice(1)
  expect(token).not.toBe('')
  expect(await page.evaluate(() => JSON.stringify([location.href, { ...sessionStorage }]))).not.toContain(token)
})

test('a page without a token is told where to get one', async () => {
  const stranger = await browser.newContext()
  const other = await stranger.newPage()
  await other.goto(new URL(running?.url ?? '').origin)
  await other.getByRole('heading', { name: 'Open Basepair from its terminal' }).waitFor()
  await stranger.close()
})

test('a lost console is told, what is on the screen stays, and a command fails instead of waiting', async () => {
  const { port } = new URL(page.url())
  await running?.end()
  await page.getByText('Lost the console; reconnecting').waitFor()
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  await page.getByRole('radio', { name: 'prod' }).check()
  await page.getByRole('region', { name: 'Identity' }).getByRole('button', { name: 'Unlock' }).click()
  await page
    .getByText(/line to the console was lost/)
    .first()
    .waitFor()
  running = await startConsole({ dataFolder, args: ['--port', port] })
})

test('a console that was started anew does not know the old page; its new address, pasted into it, does', async () => {
  await page.getByRole('heading', { name: 'Open Basepair from its terminal' }).waitFor()
  const address = running?.url ?? ''
  await page.evaluate((to) => {
    location.href = to
  }, address)
  await page.getByRole('link', { name: 'Overview', exact: true }).waitFor()
})
