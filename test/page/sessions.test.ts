import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import pg from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'

/** Whoever finds out why a statement does not come back: one story, in order, on a server with others at work. */

let server: TestServer
let database: string
let running: RunningConsole
let browser: Browser
let page: Page
const clients: pg.Client[] = []

async function someone(name: string): Promise<pg.Client> {
  const { host, port, user, password } = server
  const client = new pg.Client({ host, port, user, password, database, application_name: name })
  client.on('error', () => {})
  await client.connect()
  clients.push(client)
  return client
}

const button = (name: string) => page.getByRole('button', { name, exact: true })
const grid = () => page.getByRole('treegrid', { name: 'Sessions' })
const row = (name: string) => grid().getByRole('row').filter({ hasText: name })

async function expectAccessible() {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(where: Element | null): Promise<{ violations: { id: string; impact: string }[] }> }
    }
    return (await axe.run(document.querySelector('main'))).violations
  })
  expect(found.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)).toEqual([])
}

beforeAll(async () => {
  server = await startTestServer()
  database = await server.freshDatabase()
  running = await startConsole({ variables: { CONNECTION_URL: server.connectionString(database) } })
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(running.url)
  await page.getByRole('link', { name: 'Sessions', exact: true }).click()
  await grid().waitFor()
})
afterAll(async () => {
  await Promise.all(clients.map((client) => client.end().catch(() => {})))
  await browser?.close()
  await running?.[Symbol.asyncDispose]()
  await server?.stop()
})

test('who waits stands under the one who is waited for', async () => {
  await server.sql('CREATE TABLE users (id int)', database)
  const holder = await someone('holder')
  await holder.query('BEGIN; INSERT INTO users VALUES (1)')
  const waiter = await someone('waiter')
  waiter.query('ALTER TABLE users ADD COLUMN bio text').catch(() => {})
  await row('waiter')
    .getByText(/^blocked by \d+$/)
    .waitFor()
  expect(await row('holder').getAttribute('aria-level')).toBe('1')
  expect(await row('waiter').getAttribute('aria-level')).toBe('2')
  expect(await row('holder').getByText('idle in transaction').count()).toBe(1)
  expect(await row('console').first().isVisible()).toBe(true)
})

test('a chip shows its kind alone, with whoever is in the way; the filter finds words of the query', async () => {
  const bystander = await someone('bystander')
  await bystander.query('SELECT 42 AS answer')
  await row('bystander').waitFor()
  await page.getByRole('button', { name: /^blocked/ }).click()
  await row('bystander').waitFor({ state: 'detached' })
  expect(await row('holder').isVisible()).toBe(true)
  await page.getByRole('button', { name: /^blocked/ }).click()
  await page.getByLabel('Filter sessions').fill('AS ANSWER')
  await row('holder').waitFor({ state: 'detached' })
  expect(await row('bystander').isVisible()).toBe(true)
  await page.getByLabel('Filter sessions').fill('')
})

test('the whole query is a key away', async () => {
  await row('waiter').click()
  await page.keyboard.press('Enter')
  const detail = page.getByRole('region', { name: /^Session \d+$/ })
  await detail.getByText('ALTER TABLE users ADD COLUMN bio text').waitFor()
  await detail
    .getByRole('button', { name: 'Close the session’s details' })
    .or(detail.getByRole('button', { name: /Close/ }))
    .first()
    .click()
})

test('cancel stops the statement, the session stays, and what became of it is told', async () => {
  await row('waiter').getByRole('checkbox').check()
  await button('Cancel').click()
  await page.getByRole('status', { name: 'What became of the signals' }).getByText('asked to cancel').waitFor()
  await row('waiter').getByText('idle', { exact: true }).waitFor()
})

test('terminate asks first and names whom', async () => {
  await row('waiter').getByRole('checkbox').uncheck()
  await row('holder').getByRole('checkbox').check()
  await button('Terminate').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(/^holder, pid \d+$/).waitFor()
  await dialog.getByText(/its open transaction is rolled back/).waitFor()
  await dialog.getByRole('button', { name: 'Terminate' }).click()
  await row('holder').waitFor({ state: 'detached' })
})

test('one button frees the database', async () => {
  const panel = page.getByRole('region', { name: 'What holds this database open' })
  await panel.getByText(/waiter, pid/).waitFor()
  await panel.getByRole('button', { name: 'Free sessions' }).click()
  await row('waiter').waitFor({ state: 'detached' })
  await row('bystander').waitFor({ state: 'detached' })
})

test('the screen can be used by everyone', expectAccessible)

test('what is hidden stays hidden after a reload', async () => {
  const idle = await someone('quiet')
  await idle.query('SELECT 1')
  await row('quiet').waitFor()
  await page.getByRole('switch', { name: 'Idle' }).click({ force: true })
  await row('quiet').waitFor({ state: 'detached' })
  await page.reload()
  await grid().waitFor()
  await page.getByRole('button', { name: /^idle \d+$/ }).waitFor()
  expect(await row('quiet').count()).toBe(0)
})

test('in prod nothing is signalled until it is unlocked', async () => {
  await page.getByRole('radio', { name: 'prod' }).click({ force: true })
  await grid().getByRole('checkbox').first().check()
  await button('Terminate').click()
  await page.getByText('prod is read-only. Unlock it to send signals to its sessions.').waitFor()
  expect(await page.getByRole('dialog').count()).toBe(0)
})
