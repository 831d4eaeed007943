import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { findBarriers } from './shell-axe.ts'

let running: RunningConsole
let browser: Browser
let page: Page
/** Errors on the page's console, every violation of the content security policy among them. */
const complaints: string[] = []

const markup = `<img src=x onerror="document.title='pwned'"><script>document.title='pwned'</script>`

async function sql(text: string): Promise<void> {
  const folder = join(running.dataFolder, 'servers', 'local')
  const read = async (name: string) => (await readFile(join(folder, name), 'utf8')).trim()
  const client = new Client({
    host: '127.0.0.1',
    port: Number(await read('port')),
    user: 'postgres',
    password: await read('password'),
    database: 'cruddur',
  })
  await client.connect()
  await client.query(text)
  await client.end()
}

beforeAll(async () => {
  running = await startConsole()
  await sql(
    `CREATE TABLE numbers (id int PRIMARY KEY, name text, note text);
     INSERT INTO numbers SELECT n, 'name ' || n, CASE n % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'note' END FROM generate_series(1, 20000) n;
     CREATE TABLE hostile ("${markup.replaceAll('"', '""')}" text, long text, id int PRIMARY KEY, data jsonb);
     INSERT INTO hostile VALUES ($$${markup}$$, repeat('0123456789', 1000), 1, '{"big": 9007199254740993, "a": [1]}'), (E'a\\tb\\u202Ec', '', 2, NULL);
     CREATE SCHEMA "${markup.replaceAll('"', '""').slice(0, 60)}"; ANALYZE numbers`,
  )
  browser = await launchChromium()
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.goto(running.url)
  await page.getByRole('link', { name: 'Tables', exact: true }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await running?.end()
})
afterEach(async () => {
  expect(complaints.splice(0)).toEqual([])
  expect(await page.title()).not.toContain('pwned')
})

const grid = (name: string) => page.getByRole('grid', { name, exact: true })
const button = (name: string) => page.getByRole('button', { name, exact: true })
const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
const copied = async (text: string | RegExp) => {
  await expect.poll(clipboard).toMatch(text)
}

async function openTable(name: string): Promise<void> {
  await page.getByRole('link', { name: 'Tables', exact: true }).click()
  await page.getByLabel('Filter tables').fill('')
  await page.getByRole('treegrid', { name: 'Tables' }).getByText(name, { exact: true }).click()
  await grid(`public.${name}`).getByRole('gridcell').first().waitFor()
}

describe('tables', () => {
  test('a table opens by the keyboard alone, and its cells are walked and copied', async () => {
    await page.getByRole('link', { name: 'Tables', exact: true }).click()
    await page.getByLabel('Filter tables').fill('numb')
    await page.keyboard.press('Enter')
    const rows = grid('public.numbers')
    await rows.getByText('name 1', { exact: true }).waitFor()
    await page.getByText('about 20,000 rows, an estimate').waitFor()
    await rows.focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Control+c')
    await copied(/^name 2$/)
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Control+c')
    await copied(/^2\tname 2\tnote\n3\tname 3\t$/)
  })

  test('the last of many rows is reached, sorted and filtered on the server, and counted', async () => {
    await openTable('numbers')
    const rows = grid('public.numbers')
    await rows.focus()
    await page.keyboard.press('Control+End')
    await rows.getByText('name 20000', { exact: true }).waitFor()
    await page.getByText('20,000 rows', { exact: true }).waitFor()
    await rows.getByRole('columnheader', { name: /^id/ }).click()
    await rows.getByRole('columnheader', { name: /^id/ }).click()
    await expect.poll(() => rows.getByRole('gridcell').first().textContent()).toBe('20000')
    await button('Add filter').click()
    await page.getByLabel('Column', { exact: true }).selectOption('name')
    await page.getByLabel('Operator').selectOption('contains')
    await page.getByLabel('Value', { exact: true }).fill('999')
    await page.keyboard.press('Enter')
    await expect.poll(() => rows.getByRole('gridcell').first().textContent()).toBe('19999')
    await button('Count').click()
    await page.getByText('38 rows', { exact: true }).waitFor()
  })

  test('names and values are text, whatever they hold, and nothing in them is invisible', async () => {
    await openTable('hostile')
    const rows = grid('public.hostile')
    await rows.getByRole('gridcell').filter({ hasText: '<img src=x' }).waitFor()
    await rows.getByRole('columnheader').filter({ hasText: '<img src=x' }).waitFor()
    await rows.getByText('[U+202E]').waitFor()
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    await page.getByRole('tab', { name: 'Structure' }).click()
    await page.getByText('CONSTRAINT hostile_pkey PRIMARY KEY (id)').waitFor()
    expect(await page.locator('img[src="x"]').count()).toBe(0)
  })

  test('a long value opens whole, JSON is set out with every digit', async () => {
    await openTable('hostile')
    await page.getByRole('tab', { name: 'Rows' }).click()
    const rows = grid('public.hostile')
    await rows.getByRole('gridcell').filter({ hasText: '0123456789012345' }).dblclick()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('10,000 characters').waitFor()
    await dialog.getByRole('button', { name: 'Copy' }).click()
    await copied(/^(0123456789){1000}$/)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await rows.getByRole('gridcell').filter({ hasText: '9007199254740993' }).dblclick()
    await dialog.getByText('"big": 9007199254740993').waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  test('rows are copied as INSERT from the menu', async () => {
    await openTable('numbers')
    await grid('public.numbers').getByText('name 3', { exact: true }).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Copy as INSERT' }).click()
    await copied(/^INSERT INTO "public"."numbers" \("id", "name", "note"\) VALUES \(3, 'name 3', NULL\);$/)
  })

  test('the menu opens from the keyboard too', async () => {
    await openTable('numbers')
    await grid('public.numbers').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Shift+F10')
    await page.getByRole('menuitem', { name: 'Copy as JSON' }).click()
    await copied(/"id": \d+, "name": "name \d+"/)
  })

  test('nothing bars the way of those who hear or do not use a mouse', async () => {
    await openTable('numbers')
    expect(await findBarriers(page)).toEqual([])
  })
})

describe('query', () => {
  async function write(text: string): Promise<void> {
    await page.getByRole('link', { name: 'Query', exact: true }).click()
    await page.locator('.cm-content').click({ position: { x: 5, y: 10 } })
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText(text)
  }

  test('each statement has its result, and the error stands at its place', async () => {
    await write(`SELECT 1 AS one, NULL AS nothing; SELECT 2 AS two FROM nowhere; SELECT 3`)
    await page.keyboard.press('Control+Enter')
    await grid('Result 1').getByText('NULL').waitFor()
    await page
      .getByText(/relation "nowhere" does not exist/)
      .first()
      .waitFor()
    expect(await page.locator('.cm-lintRange-error').textContent()).toBe('nowhere')
    await page.getByText('1 statement after the error not run').waitFor()
    expect(await findBarriers(page)).toEqual([])
  })

  test('the selection alone is run', async () => {
    await write('SELECT 11 AS first;\nSELECT 22 AS second')
    await page.keyboard.press('Home')
    await page.keyboard.press('Shift+End')
    await page.keyboard.press('Control+Enter')
    await grid('Result 1').getByRole('gridcell', { name: '22' }).waitFor()
    expect(await grid('Result 2').count()).toBe(0)
  })

  test('values are asked for and bound', async () => {
    await write('SELECT :name::text AS bound')
    await button('Run').click()
    await page.getByLabel('name', { exact: true }).fill(`o'${markup}`)
    await button('Run with these values').click()
    await grid('Result 1').getByRole('gridcell').filter({ hasText: `o'<img` }).waitFor()
  })

  test('100,000 rows are browsed to the last', async () => {
    await write('SELECT n FROM generate_series(1, 100000) n')
    await button('Run').click()
    await page.getByText('100,000 rows').first().waitFor()
    await grid('Result 1').focus()
    await page.keyboard.press('Control+End')
    await grid('Result 1').getByRole('gridcell', { name: '100000', exact: true }).waitFor()
  })

  test('a run goes on while another screen is looked at, and cancelling it stops it on the server', async () => {
    await write('SELECT pg_sleep(300)')
    await button('Run').click()
    await page.getByRole('link', { name: 'Activity', exact: true }).click()
    await page.getByRole('link', { name: 'Query', exact: true }).click()
    await page.getByText('Running', { exact: true }).waitFor()
    await button('Cancel').click()
    await page.getByText('Cancelled on the server').waitFor()
    await write(`SELECT count(*) AS left FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(300)' AND state = 'active'`)
    await expect
      .poll(async () => {
        await button('Run').click()
        await page.getByText('SELECT', { exact: true }).first().waitFor()
        return grid('Result 1').getByRole('gridcell').first().textContent()
      })
      .toBe('0')
  })

  test('the text, the history and the project queries are there after a reload', async () => {
    await write('SELECT 4242')
    await button('Run').click()
    await grid('Result 1').getByRole('gridcell', { name: '4242' }).waitFor()
    await page.waitForTimeout(1000)
    await page.reload()
    await expect.poll(() => page.locator('.cm-content').textContent()).toBe('SELECT 4242')
    await page.getByRole('list', { name: 'History' }).getByText('SELECT 4242').first().waitFor()
    await page.getByRole('tab', { name: 'Project queries' }).click()
    await page.getByRole('button', { name: /^create/ }).click()
    await page.getByLabel('handle', { exact: true }).waitFor()
  })
})
