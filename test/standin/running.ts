import { mkdirSync } from 'node:fs'
import { type Chromium, startChromium } from './cdp.ts'
import { Targets } from './targets.ts'

/** The Chromium behind the stand-in, once it runs. */
export interface Running {
  readonly browser: Chromium
  readonly targets: Targets
}

let running: Promise<Running> | undefined

/** Starts Chromium with its profile in the app's folder, as Electron keeps its own there. */
export function start(folder: string): Promise<Running> {
  running ??= (async () => {
    mkdirSync(folder, { recursive: true })
    const browser = await startChromium(folder)
    const targets = new Targets(browser)
    await targets.start()
    return { browser, targets }
  })()
  return running
}

/** The running Chromium; an error before the app is ready. */
export function whenRunning(): Promise<Running> {
  if (!running) throw new Error('The stand-in for Electron has no page before the app is ready')
  return running
}

export async function stop(): Promise<void> {
  await (await running)?.browser.close()
}
