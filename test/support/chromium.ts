import { type Browser, chromium } from 'playwright-core'
import { chromiumPath, chromiumSwitches } from './chromium-switches.ts'

/** Debian's Chromium, without a window. */
export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: [...chromiumSwitches, ...args] })
}
