import pg from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { startTestServer, type TestServer } from '../support/postgres.ts'

/** What the list of sessions says when it cannot be looked at anew. */

let server: TestServer
let running: RunningConsole
let browser: Browser
let page: Page

const rows = () => page.getByRole('treegrid', { name: 'Sessions' }).getByRole('row')
const marker = () => page.getByText(/^Stale, as of/)

beforeAll(async () => {
  server = await startTestServer()
  running = await startConsole({ variables: { CONNECTION_URL: server.connectionString() } })
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(running.url)
  await page.getByRole('link', { name: 'Sessions', exact: true }).click()
  await rows().nth(1).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await running?.[Symbol.asyncDispose]()
  await server?.stop()
})

test('rows that a hanging server does not renew are marked as stale until it answers', async () => {
  expect(await marker().count()).toBe(0)
  const { host, port, user, password } = server
  const holder = new pg.Client({ host, port, user, password, database: 'postgres' })
  await holder.connect()
  // Every look at the sessions names their roles.
  await holder.query('BEGIN; LOCK TABLE pg_authid')
  await marker().waitFor()
  expect(await rows().count()).toBeGreaterThan(1)
  await holder.query('ROLLBACK')
  await holder.end()
  await marker().waitFor({ state: 'detached' })
})

test('so are the rows of a server that is gone', async () => {
  await server.embedded.stop()
  await marker().waitFor()
  expect(await rows().count()).toBeGreaterThan(1)
  await server.restart()
  await marker().waitFor({ state: 'detached' })
})
