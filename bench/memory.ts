import type { Browser, Page } from 'playwright-core'
import { type BenchCloud, fill } from './cloud.ts'
import { loaded, startLogsStage } from './logs-stage.ts'
import { megabytesOf } from './processes.ts'

const dayMs = 24 * 60 * 60 * 1_000

async function renderersOf(browser: Browser): Promise<number[]> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
}

const largest = async (processes: readonly number[]): Promise<number> => Math.max(0, ...(await Promise.all(processes.map(megabytesOf))))

async function tail(cloud: BenchCloud, page: Page, { seconds, perSecond, first }: { seconds: number; perSecond: number; first: number }) {
  for (let second = 0; second < seconds; second += 1) {
    const start = Date.now()
    await fill(cloud, perSecond, start - 900, start, first + second * perSecond)
    await page.waitForTimeout(Math.max(0, 1_000 - (Date.now() - start)))
  }
}

/**
 * The memory of page and console while a day's events are read back and more come: by the kernel's count (PSS), above a page that is empty and a
 * console that has just started, and by the page's own heap.
 */
export async function measureMemory(events: number, perSecond: number, say: (text: string) => void): Promise<void> {
  const now = Date.now()
  const past = Math.floor(events / 2)
  await using stage = await startLogsStage(24, (cloud) => fill(cloud, past, now - dayMs + 3_600_000, now - 60_000))
  const { browser, cloud, devtools, page, processes, startedAt } = stage
  const ours = await renderersOf(browser)
  const context = await browser.newContext()
  await (await context.newPage()).goto('about:blank')
  const empty = (await renderersOf(browser)).filter((id) => !ours.includes(id))
  await page.bringToFront()
  const tell = async (what: string) => {
    const raw = await largest(ours)
    await devtools.send('HeapProfiler.collectGarbage')
    await page.waitForTimeout(1_000)
    const { usedSize } = await devtools.send('Runtime.getHeapUsage')
    const base = await largest(empty)
    const rest = (await largest(ours)) - base
    const console_ = (await megabytesOf(processes.console)) - startedAt
    say(
      `${what.padEnd(42)} page ${(raw - base).toFixed(0)}, ${rest.toFixed(0)} after its garbage went, heap ${(usedSize / 1_048_576).toFixed(0)}; console ${console_.toFixed(0)}`,
    )
  }
  await loaded(page, Math.min(past, 199_000) * 0.9)
  await tell('the newest of the day are read back')
  const seconds = Math.ceil((events - past) / perSecond)
  const parts = 5
  for (let part = 0; part < parts; part += 1) {
    await tail(cloud, page, { seconds: Math.ceil(seconds / parts), perSecond, first: 1_000_000 + part * 10_000_000 })
    await tell(`after ${Math.ceil((seconds * (part + 1)) / parts)} s of ${perSecond.toLocaleString('en')} events a second`)
  }
  const start = performance.now()
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByText('paused', { exact: true }).first().waitFor()
  say(`Pause took ${(performance.now() - start).toFixed(0)} ms.`)
}
