import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { findBarriers } from './shell-axe.ts'

/** The practice cloud's panel, on the real practice cloud. One story, in order. */

let running: RunningConsole
let browser: Browser
let page: Page
const problems: string[] = []

beforeAll(async () => {
  running = await startConsole()
  browser = await launchChromium()
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ['clipboard-read', 'clipboard-write'] })
  page = await context.newPage()
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${expect.getState().currentTestName}: ${message.text()}`)
  })
  await page.goto(running.url)
})
afterAll(async () => {
  await browser?.close()
  await running?.[Symbol.asyncDispose]()
})

const opener = () => page.getByRole('button', { name: /^Practice cloud/ })
const panel = () => page.getByRole('complementary', { name: 'Practice cloud' })

/** The endpoint as the panel shows it. */
const endpoint = async () =>
  (await panel()
    .getByText(/^http:\/\/127\.0\.0\.1:\d+$/)
    .textContent()) ?? ''

/** What an AWS client of any machine gets, by the status of the answer. */
async function ask(service: 'sts' | 'rds', action: string): Promise<number> {
  const credential = `Credential=practice/20260101/ca-central-1/${service}/aws4_request`
  const answer = await fetch(await endpoint(), {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0`,
      'x-amz-date': '20260101T000000Z',
    },
    body: `Action=${action}`,
  })
  return answer.status
}
const askWho = () => ask('sts', 'GetCallerIdentity')

test('the status bar says where this machine is, and opens the panel, which says that nothing is real', async () => {
  await opener().getByText('Home').waitFor()
  await opener().click()
  await panel()
    .getByText(/Nothing here is real/)
    .waitFor()
  await panel().getByText('practice', { exact: true }).waitFor()
  expect(await opener().getAttribute('aria-expanded')).toBe('true')
})

test('moving to another network changes the address that AWS sees', async () => {
  const seen = async () => (await fetch(`${await endpoint()}/check-ip/1`)).text()
  expect(await seen()).toBe('203.0.113.24\n')
  await panel().getByRole('radio', { name: /^Café/ }).check()
  await opener().getByText('Café').waitFor()
  expect(await seen()).toBe('198.51.100.77\n')
})

test('AWS refuses as asked, until it is told not to', async () => {
  await panel().getByRole('switch', { name: 'Throttle calls' }).click()
  await opener().getByText('Café, throttled').waitFor()
  expect(new Set([await askWho(), await askWho(), await askWho()])).toContain(400)
  await panel().getByRole('switch', { name: 'Throttle calls' }).click()
  await opener().getByText('Café', { exact: true }).waitFor()
  await panel().getByRole('switch', { name: 'Expire the credentials' }).click()
  await opener()
    .getByText(/credentials expired/)
    .waitFor()
  expect(await askWho()).toBe(403)
  await panel().getByRole('switch', { name: 'Expire the credentials' }).click()
  await opener().getByText('Café', { exact: true }).waitFor()
  expect(await askWho()).toBe(200)
})

test('time can be sped up', async () => {
  await panel().getByText('600×').click()
  await panel()
    .getByText(/five minutes at AWS.*takes 500 ms here/)
    .waitFor()
})

test('a stopped instance can be started as AWS does on the seventh day', async () => {
  await panel()
    .getByText(/None is stopped now/)
    .waitFor()
  expect(await ask('rds', 'StopDBInstance&DBInstanceIdentifier=cruddur-db-instance')).toBe(200)
  await panel().getByRole('button', { name: 'Let AWS start it now' }).click()
  await panel()
    .getByText(/None is stopped now/)
    .waitFor()
})

test('the endpoint and a command for the AWS CLI can be copied', async () => {
  await panel().getByRole('button', { name: 'Copy the command line' }).click()
  await page.getByText('Copied the command line').waitFor()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toContain(`aws rds describe-db-instances --region ca-central-1 --endpoint-url ${await endpoint()}`)
})

test.each(['light', 'dark'] as const)(
  'the panel has no barriers in %s, and is whole on a small and a large screen',
  async (colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await findBarriers(page)).toEqual([])
    for (const viewport of [
      { width: 1280, height: 800 },
      { width: 1920, height: 1080 },
      { width: 800, height: 600 },
    ]) {
      await page.setViewportSize(viewport)
      const box = await panel().boundingBox()
      expect(box?.x).toBeGreaterThanOrEqual(0)
      expect(box?.y).toBeGreaterThanOrEqual(0)
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(viewport.width)
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(viewport.height)
    }
    await page.setViewportSize({ width: 1280, height: 800 })
  },
)

test('the panel stays while the screens change, and Escape leads back to its button', async () => {
  await page.getByRole('link', { name: 'Activity', exact: true }).click()
  await panel().getByRole('radio', { name: /^Home/ }).focus()
  await page.keyboard.press('Escape')
  await panel().waitFor({ state: 'detached' })
  expect(await opener().evaluate((element) => element === document.activeElement)).toBe(true)
})

test('the palette does the same', async () => {
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Screen or action').fill('move to office')
  await page.getByRole('dialog').getByRole('button', { name: 'Practice: move to Office' }).waitFor()
  await page.keyboard.press('Enter')
  await opener()
    .getByText(/^Office/)
    .waitFor()
})

test('the network is remembered by the next console', async () => {
  const { dataFolder } = running
  await running.end()
  await using again = await startConsole({ dataFolder })
  const other = await browser.newPage()
  await other.goto(again.url)
  await other
    .getByRole('button', { name: /^Practice cloud/ })
    .getByText(/^Office/)
    .waitFor()
  await other.close()
})

test('where every call goes to another endpoint, there is no panel', async () => {
  const elsewhere = createServer((_request, response) => void response.writeHead(500).end())
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  // What listens on a port has an address, not a path.
  const { port } = elsewhere.address() as AddressInfo
  await using console = await startConsole({ args: ['--aws-endpoint', `http://127.0.0.1:${port}`] })
  const other = await browser.newPage()
  await other.goto(console.url)
  await other.getByRole('region', { name: 'Identity' }).getByText('connected').waitFor()
  expect(await other.getByRole('button', { name: /^Practice cloud/ }).count()).toBe(0)
  await other.close()
  elsewhere.closeAllConnections()
  await new Promise((resolve) => elsewhere.close(resolve))
})

test('nothing went wrong on the way', () => {
  // The first console was ended under its page.
  expect(problems.filter((text) => !/WebSocket connection to|ERR_CONNECTION_REFUSED/.test(text))).toEqual([])
})
