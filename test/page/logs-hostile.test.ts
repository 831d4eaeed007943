import { CloudWatchLogsClient, CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { type RunningConsole, startConsole } from '../support/console.ts'
import { type Line, openLine } from '../support/line.ts'

/** Whoever writes to a log group writes what he likes: nothing of it acts on the page, is hidden in it, or changes how the rest is read. */

const group = '/aws/lambda/cruddur-post-confirmation'
const total = 3_000
const linesEach = 10

const acts = [
  '<img src=x onerror=hit()>',
  '<script>hit()</script>',
  '<svg/onload=hit()>',
  '"><iframe srcdoc="<script>parent.hit()</script>"></iframe>',
  `'"><details open ontoggle=hit()>`,
  '<a href="javascript:hit()">here</a>',
  'javascript:hit()',
  "{{constructor.constructor('hit()')()}}",
  '</textarea></title></style><script>hit()</script>',
  '<style>@import "http://127.0.0.1:9/x"; * { display: none }</style>',
  '<link rel=stylesheet href=http://127.0.0.1:9/x><base href=http://127.0.0.1:9/>',
  '<form action=http://127.0.0.1:9/><input autofocus onfocus=hit()>',
  '<math><mtext><mglyph><style><img src=x onerror=hit()>',
  '<object data=http://127.0.0.1:9/x></object><embed src=http://127.0.0.1:9/x>',
  '__proto__',
  'constructor',
]
const hides = [
  '\u001b[2J\u001b[31mred\u001b[0m',
  '\u001b]8;;http://127.0.0.1:9/\u0007link\u001b]8;;\u0007',
  '\u202egnp.exe\u202c',
  '\u2066\u2067left\u2069',
  '\u200b\u200d\u2060\ufeff',
  '\u{e0041}\u{e0042}',
  'a\rb\u0008c\u007f',
  '\u2028\u2029\u0085',
  '\0',
  '\u061c\u200f\u00ad',
]
const spots: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `relation "${text}" does not exist`,
  (text) => `column "${text}" of relation "${text}" does not exist`,
  (text) => `No module named '${text}'`,
  (text) => `[ERROR] ${text}: what ${text}`,
  (text) => `psycopg2.errors.UndefinedTable: ${text} error`,
  (text) => `could not translate host name "${text}" to address`,
  (text) => `syntax error at or near "${text}"`,
  (text) => `Traceback (most recent call last):\n  File "${text}"\nValueError: ${text}`,
  (text) => JSON.stringify({ level: 'ERROR', message: text, [text]: { errorType: text } }),
  (text) => `{'userAttributes': {'sub': '${text}', 'email': '${text}', 'name': '${text}', 'preferred_username': '${text}'}}`,
  (text) => `INSERT INTO users (${text}) VALUES ('${text}')`,
  (text) => `REPORT RequestId: ${text}\tDuration: ${text} ms`,
]
const payloads = Array.from({ length: total }, (_, index) => {
  const text = `${acts[index % acts.length]}${hides[(index * 7) % hides.length]}${acts[(index * 3) % acts.length]}`
  return spots[index % spots.length]?.(text) ?? text
})
const person = (index: number) => `${acts[index]}${hides[index]}`

let running: RunningConsole
let line: Line
let browser: Browser
let page: Page
let logs: CloudWatchLogsClient
const problems: string[] = []

beforeAll(async () => {
  running = await startConsole()
  line = await openLine(running)
  await line.until('prod', ({ connection }) => connection.state === 'connected')
  await line.client.practice.change({ speed: 600 })
  await line.client.environments.unlock({ environment: 'prod' })
  await line.run('prod', 'load-schema')
  let endpoint = ''
  for await (const state of await line.client.practice.watch()) {
    endpoint = state?.endpoint ?? ''
    break
  }
  logs = new CloudWatchLogsClient({
    endpoint,
    region: 'ca-central-1',
    credentials: { accessKeyId: 'practice', secretAccessKey: 'practice' },
  })
  await write()
  await line.client.practice.change({ function: { failure: 'quote in the name', swallows: true } })
  for (let index = 0; index < hides.length; index += 1) {
    const name = `O'${person(index)}`
    await line.client.practice.signUp({
      name,
      email: `${index}${acts[index]?.replaceAll(/[\s@]/g, '')}@example.com`,
      handle: name,
      confirm: true,
    })
  }
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 2_000 } })
  page.setDefaultTimeout(30_000)
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('dialog', (dialog) => problems.push(`a dialog: ${dialog.message()}`))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  const { url } = await line.client.settings.link()
  const { origin } = new URL(url)
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) problems.push(`a request to ${request.url()}`)
  })
  await page.exposeFunction('hit', () => void problems.push('something was carried out'))
  await page.exposeFunction('violated', (directive: string) => void problems.push(`stopped by the policy alone: ${directive}`))
  await page.addInitScript(`document.addEventListener('securitypolicyviolation', (event) => violated(event.effectiveDirective))`)
  await page.goto(url)
  // Until its token is exchanged the page's own address is what the fragment says.
  await page.getByRole('link', { name: 'Logs', exact: true }).waitFor()
  await page.evaluate(() => {
    location.hash = '/prod/logs/lines'
  })
}, 180_000)
afterAll(async () => {
  logs?.destroy()
  await line?.close()
  await browser?.close()
  await running?.[Symbol.asyncDispose]()
})

/** Invocations whose lines are hostile, in streams that are called so too. */
async function write(): Promise<void> {
  await logs.send(new CreateLogGroupCommand({ logGroupName: group })).catch(() => {})
  const since = Date.now() - 300_000
  const streams = hides.length
  for (let which = 0; which < streams; which += 1) {
    const logStreamName = `${which} ${person(which).replaceAll(/[:*]/g, ' ')}`
    await logs.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName }))
    const own = payloads.filter((_, index) => Math.floor(index / linesEach) % streams === which)
    const messages = Array.from({ length: own.length / linesEach }, (_, run) => {
      const id = `${String(which).padStart(4, '0')}${String(run).padStart(4, '0')}-1111-4222-8333-444455556666`
      return [`START RequestId: ${id} Version: $LATEST`, ...own.slice(run * linesEach, (run + 1) * linesEach), `END RequestId: ${id}`]
    }).flat()
    await logs.send(
      new PutLogEventsCommand({
        logGroupName: group,
        logStreamName,
        logEvents: messages.map((message, index) => ({ timestamp: since + index * 100 + which, message })),
      }),
    )
  }
}

/** Characters in the page that are not seen, or change how others are read: where they stand. What is typed into a field stays as it is, and so do the joiners of emoji. */
const unseen = () =>
  page.evaluate(() => {
    const all =
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      /[\u0000-\u0008\u000b-\u000d\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/u
    const found = new Set<string>()
    const tell = (where: string, text: string) => {
      const character = all.exec(text)?.[0]
      if (character !== undefined) found.add(`${where} U+${character.codePointAt(0)?.toString(16)}`)
    }
    for (const element of document.body.querySelectorAll('*')) {
      const name = `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`
      for (const { name: attribute, value } of element.attributes)
        if (attribute !== 'value' && !attribute.startsWith('data-')) tell(`${name} ${attribute}`, value)
      for (const child of element.childNodes) if (child.nodeType === Node.TEXT_NODE) tell(name, child.textContent ?? '')
    }
    return [...found]
  })
const inert = async () => {
  expect(await unseen()).toEqual([])
  expect(problems).toEqual([])
}
/** From the top of what scrolls to its end, a screen at a time. */
async function walk(list: ReturnType<Page['locator']>, each: () => Promise<void>): Promise<void> {
  await list.evaluate((element) => element.scrollTo(0, 0))
  for (;;) {
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    await each()
    const isMore = await list.evaluate((element) => {
      const before = element.scrollTop
      element.scrollBy(0, element.clientHeight - 40)
      return element.scrollTop > before
    })
    if (!isMore) return
  }
}
const view = (name: string) => page.getByRole('navigation', { name: 'Views of the logs' }).getByRole('link', { name }).click()
test('every line is text, in the list and looked at alone', async () => {
  const list = page.getByRole('grid', { name: 'Log lines' })
  await expect.poll(async () => Number(await list.getAttribute('aria-rowcount')), { timeout: 60_000 }).toBeGreaterThan(total)
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  const seen = new Set<string>()
  await walk(list, async () => {
    for (const index of await list.locator('[data-index]').evaluateAll((rows) => rows.map((one) => one.getAttribute('data-index') ?? '')))
      seen.add(index)
    await inert()
  })
  expect(seen.size).toBeGreaterThan(total)
  await list.focus()
  await page.keyboard.press('End')
  for (let opened = 0; opened < 30; opened += 1) {
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await page.getByRole('complementary', { name: 'The line whole' }).waitFor()
    await inert()
  }
}, 240_000)

test('invocations, their failures, the timeline and what is told about them are text', async () => {
  await view('Invocations')
  const list = page.getByRole('treegrid', { name: 'Invocations' })
  await list.locator('tr[aria-level="1"]').first().waitFor()
  await page.getByText('Timeline', { exact: true }).click()
  await inert()
  await list.locator('tr[aria-level="1"]').first().focus()
  for (let opened = 0; opened < 20; opened += 1) {
    await page.keyboard.press('Enter')
    await list.locator('tr[aria-expanded="true"]').first().waitFor()
    await inert()
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowDown')
  }
  for (let step = 0; step < 20; step += 1) {
    await list.hover()
    await page.mouse.wheel(0, 1_500)
    await inert()
  }
}, 120_000)

test('sign-ups, the repair and what is said after it are text', async () => {
  await view('Sign-ups')
  const list = page.getByRole('grid', { name: 'Sign-ups' })
  await list.getByRole('button', { name: 'Insert the row' }).first().waitFor()
  await inert()
  await list.getByRole('button', { name: 'Insert the row' }).first().click()
  await page.getByRole('dialog').waitFor()
  await inert()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: 'Unlock' })
    .or(page.getByRole('dialog').getByRole('button', { name: 'Insert the row' }))
    .first()
    .click()
  await inert()
  await page.keyboard.press('Escape')
})

test('the path, the activity log and the panel are text', async () => {
  for (const path of ['/prod/overview', '/prod/activity']) {
    await page.evaluate((to) => {
      location.hash = to
    }, path)
    await page.getByRole('heading').first().waitFor()
    await expect.poll(unseen).toEqual([])
    await inert()
  }
  await page.getByRole('button', { name: /^Practice cloud/ }).click()
  await page.getByRole('complementary', { name: 'Practice cloud' }).getByText('@example.com').first().waitFor()
  await inert()
})
