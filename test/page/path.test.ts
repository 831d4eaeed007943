import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { type Line, openLine } from '../support/line.ts'

/** From a stopped instance, a foreign network and an empty database to green, on the practice cloud. One story, in order. */

let running: RunningConsole
let line: Line
let browser: Browser
let page: Page
const problems: string[] = []
const identifier = 'cruddur-db-instance'

beforeAll(async () => {
  running = await startConsole()
  line = await openLine(running)
  await line.client.practice.change({ speed: 600 })
  await line.until('prod', ({ connection }) => connection.state === 'connected')
  const { url } = await line.client.settings.link()
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${expect.getState().currentTestName}: ${message.text()}`)
  })
  await page.goto(url)
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await line?.close()
  await running?.end()
})

const prod = () => page.getByRole('region', { name: 'prod', exact: true })
const link = (name: string) => prod().locator(`li[data-link="${name}"]`)
const stateOf = (name: string) => link(name).getAttribute('data-state')

/** Stops the instance behind the page's back and moves this machine to another network. */
async function breakEverything(network: string): Promise<void> {
  await line.client.environments.unlock({ environment: 'prod' })
  const key = { profile: 'practice cloud', region: 'ca-central-1', kind: 'instance', identifier } as const
  await line.client.instances.stop({ environment: 'prod', key, snapshot: null, confirm: null })
  for await (const { instances } of await line.client.instances.watch({ environment: 'prod' })) {
    if (instances.some((row) => row.key.identifier === identifier && row.status === 'stopped' && row.change === null)) break
  }
  await line.client.practice.change({ network })
  await line.client.environments.lock({ environment: 'prod' })
}

async function green(): Promise<void> {
  await prod().getByText('in order', { exact: true }).last().waitFor()
  for (const name of ['instance', 'network', 'tls', 'sign-in', 'database', 'schema', 'data', 'sign-ups'])
    expect(await stateOf(name)).toBe('sound')
}

test('both environments stand under each other, prod from its instance on', async () => {
  await link('instance').getByText(`${identifier} is available`).waitFor()
  expect(await prod().getByRole('heading', { level: 3 }).allTextContents()).toEqual([
    'Instance',
    'Network',
    'TLS',
    'Sign-in',
    'Database',
    'Schema',
    'Data',
    'Sign-ups',
  ])
  await link('network')
    .getByText(/lets 203\.0\.113\.24 in/)
    .waitFor()
  await link('tls')
    .getByText(/verified with the practice CA\. Root .* to \d{4}-/)
    .waitFor()
  const local = page.getByRole('region', { name: 'local', exact: true })
  expect(await local.getByRole('heading', { level: 3 }).first().textContent()).toBe('Server')
})

test('a stopped instance is told at its link and in the strip, and whatever comes after it waits', async () => {
  await breakEverything('cafe')
  await link('instance').getByText(`${identifier} is stopped. AWS starts it by itself on`).waitFor()
  expect(await stateOf('network')).toBe('waiting')
  await page.getByRole('radio', { name: 'prod' }).click()
  const strip = page.getByRole('region', { name: 'Identity' })
  await strip.getByText(`${identifier} is stopped.`).waitFor()
  // The way below it offers to start it.
  expect(await strip.getByRole('button', { name: 'Start', exact: true }).count()).toBe(0)
})

test('every screen that misses it offers to start it', async () => {
  await page.getByRole('link', { name: 'Sessions', exact: true }).click()
  await page.getByRole('alert').getByText(`${identifier} is stopped.`).waitFor()
  await page.getByRole('alert').getByRole('button', { name: 'Start', exact: true }).waitFor()
  await page.getByRole('region', { name: 'Identity' }).getByRole('button', { name: 'Start', exact: true }).waitFor()
  await page.getByRole('link', { name: 'Overview', exact: true }).click()
})

test('four clicks and Unlock lead to green: unlocking goes on with what was asked for', async () => {
  await link('instance').getByRole('button', { name: 'Start', exact: true }).click()
  await link('instance').getByText('prod is read-only.').waitFor()
  await link('instance').getByRole('button', { name: 'Unlock', exact: true }).click()
  await link('network').getByText('no rule of sg-').waitFor()
  await link('network').getByRole('button', { name: 'Allow my address', exact: true }).click()
  await link('schema').getByRole('button', { name: 'Load schema', exact: true }).click()
  await link('data').getByRole('button', { name: 'Seed', exact: true }).click()
  await green()
  await link('network')
    .getByText(/lets 198\.51\.100\.77 in/)
    .waitFor()
  await page.getByRole('region', { name: 'Identity' }).getByText('connected').waitFor()
}, 120_000)

test('expired credentials make the instance unknown, not broken: the database answers', async () => {
  await line.client.practice.change({ credentialsExpired: true })
  await prod().getByRole('button', { name: 'Look at prod again' }).click()
  await expect.poll(() => stateOf('instance'), { timeout: 30_000 }).toBe('unknown')
  expect(await stateOf('data')).toBe('sound')
  await line.client.practice.change({ credentialsExpired: false })
  await prod().getByRole('button', { name: 'Look at prod again' }).click()
  await expect.poll(() => stateOf('instance'), { timeout: 30_000 }).toBe('sound')
}, 90_000)

test('nothing went wrong in the page on the way', () => {
  expect(problems).toEqual([])
})
