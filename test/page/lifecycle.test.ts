import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'

/** A developer with a folder of their own, from an empty database to one that can be reset and brought back. One story, in order. */

let server: TestServer
let database: string
let folder: string
let running: RunningConsole
let browser: Browser
let page: Page

const button = (name: string) => page.getByRole('button', { name, exact: true })
const action = (name: string) =>
  page
    .getByRole('region', { name: 'Actions' })
    .getByRole('listitem')
    .filter({ has: button(name) })
const run = (title: string) => page.getByRole('region', { name: title, exact: true })
/** The state in the heading: those of the steps come before it. */
const ended = (card: Locator, state: string) => card.locator('header').getByText(state, { exact: true }).waitFor()
const dialog = () => page.getByRole('dialog')

async function confirm(name: string) {
  const press = dialog().getByRole('button', { name, exact: true })
  expect(await press.isDisabled()).toBe(true)
  await dialog().getByLabel(`Type ${database} to confirm`).fill(database)
  await press.click()
  await dialog().waitFor({ state: 'detached' })
}

beforeAll(async () => {
  server = await startTestServer()
  database = await server.freshDatabase()
  folder = await mkdtemp(join(tmpdir(), 'basepair-project-'))
  await writeFile(join(folder, 'schema.sql'), 'CREATE TABLE words (word text PRIMARY KEY);\n')
  await writeFile(join(folder, 'seed.sql'), "INSERT INTO words VALUES ('one');\n\nINSERT INTO wrods VALUES ('two');\n")
  running = await startConsole({ variables: { CONNECTION_URL: server.connectionString(database) } })
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  await page.goto(running.url)
  await page.getByRole('link', { name: 'Lifecycle', exact: true }).click()
})
afterAll(async () => {
  await browser?.close()
  await running?.[Symbol.asyncDispose]()
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

test('a folder of one’s own becomes the project', async () => {
  await page.getByRole('combobox', { name: 'Project' }).click()
  await page.getByRole('option', { name: 'A folder of your own' }).click()
  await page.getByLabel('Folder').fill('/nowhere/at/all')
  await button('Use folder').click()
  await page.getByRole('alert').filter({ hasText: '/nowhere/at/all' }).waitFor()
  await page.getByLabel('Folder').fill(folder)
  await button('Use folder').click()
  await page.getByText(join(folder, 'schema.sql')).waitFor()
})

test('what loses nothing runs at one click, its plan in view beforehand', async () => {
  await action('Load schema')
    .getByText(/schema\.sql/)
    .first()
    .waitFor()
  await button('Load schema').click()
  await ended(run(`Load schema into ${database}`), 'done')
  expect(await server.sql('SELECT word FROM words', database)).toEqual([])
})

test('a script that fails says its file, line and reason, and leaves nothing behind', async () => {
  await button('Reset').click()
  await confirm('Reset')
  const failed = run(`Reset ${database}`)
  await ended(failed, 'failed')
  await failed
    .getByText(/relation "wrods" does not exist/)
    .first()
    .waitFor()
  await failed
    .getByText(/seed\.sql, line 3/)
    .first()
    .waitFor()
  expect(await server.sql('SELECT word FROM words', database)).toEqual([])
})

test('the last run is still told after a reload', async () => {
  await page.reload()
  await ended(run(`Reset ${database}`), 'failed')
})

test('a run can be cancelled, and the database stays as it was', async () => {
  await writeFile(join(folder, 'seed.sql'), 'SELECT pg_sleep(600);\n')
  await button('Reset').click()
  await confirm('Reset')
  const slow = run(`Reset ${database}`)
  await slow.getByRole('listitem').filter({ hasText: 'seed.sql' }).and(page.locator('[data-state="running"]')).waitFor()
  await slow.getByRole('button', { name: 'Cancel' }).click()
  await ended(slow, 'cancelled')
  expect(await server.sql('SELECT word FROM words', database)).toEqual([])
})

test('a reset keeps the database before, and undo brings it back', async () => {
  await writeFile(join(folder, 'seed.sql'), "INSERT INTO words VALUES ('new');\n")
  await server.sql("INSERT INTO words VALUES ('old')", database)
  await button('Reset').click()
  await confirm('Reset')
  await page.getByText(`${database}_prev`).first().waitFor()
  await ended(run(`Reset ${database}`), 'done')
  expect(await server.sql('SELECT word FROM words', database)).toEqual([{ word: 'new' }])
  await button('Undo').click()
  if (
    await dialog()
      .isVisible()
      .catch(() => false)
  )
    await confirm('Undo')
  await ended(run(`Undo the reset of ${database}`), 'done')
  expect(await server.sql('SELECT word FROM words', database)).toEqual([{ word: 'old' }])
})

test('a protected database is not dropped until the mark is removed by name', async () => {
  await button('Protect').click()
  await button('Remove protection').waitFor()
  await button('Drop').click()
  await action('Drop')
    .getByText(/protect/i)
    .first()
    .waitFor()
  expect(await dialog().count()).toBe(0)
  await button('Remove protection').click()
  await confirm('Remove protection')
  await button('Protect').waitFor()
  await button('Drop').click()
  await confirm('Drop')
  await page.getByText('not created yet').waitFor()
  expect(await server.sql(`SELECT FROM pg_database WHERE datname = '${database}'`)).toEqual([])
})
