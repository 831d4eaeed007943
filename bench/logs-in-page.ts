import type { Page } from 'playwright-core'

/** What the bench of logs can do in the page. Times are of the page's own clock, from the action to the frame that shows it. */
export interface LogMeasures {
  /** To the whole of the answer. */
  find(text: string): Promise<number>
  /** To all lines again: so many at least. */
  clear(lines: number): Promise<number>
  /** When a line with that text was painted, in milliseconds since 1970. */
  seen(text: string): Promise<number>
  /** Begins to note frames. */
  watchFrames(): void
  /** The milliseconds between each two frames since then. */
  frames(): number[]
}

/** The measures of a page that has them: each call goes there and gives back what it gave. */
export function measuresIn(page: Page): {
  [Name in keyof LogMeasures]: (...values: Parameters<LogMeasures[Name]>) => Promise<Awaited<ReturnType<LogMeasures[Name]>>>
} {
  const call =
    <Name extends keyof LogMeasures>(name: Name) =>
    (...values: Parameters<LogMeasures[Name]>) =>
      page.evaluate(
        ([asked, given]) => {
          // Put there by installLogMeasures.
          const { logMeasures } = window as unknown as { logMeasures: Record<string, (...input: readonly unknown[]) => unknown> }
          return logMeasures[asked]?.(...given)
        },
        [name, values] as const,
      ) as Promise<Awaited<ReturnType<LogMeasures[Name]>>>
  return { find: call('find'), clear: call('clear'), seen: call('seen'), watchFrames: call('watchFrames'), frames: call('frames') }
}

/** Runs inside the page, by its own clock: what it uses must stand in it. */
export function installLogMeasures(): void {
  const limit = 60_000
  const painted = () =>
    new Promise<number>((resolve) =>
      requestAnimationFrame(() => {
        const channel = new MessageChannel()
        channel.port1.onmessage = () => resolve(performance.now())
        channel.port2.postMessage(null)
      }),
    )
  const until = async (start: number, ready: () => boolean): Promise<number> => {
    while (!ready()) {
      await painted()
      if (performance.now() - start > limit) throw new Error(`Nothing was painted in ${limit} ms`)
    }
    return (await painted()) - start
  }
  const field = () => document.querySelector<HTMLInputElement>('input[aria-label="Find lines"]')
  const type = (text: string) => {
    const input = field()
    // React hears of a value only when it is set as the browser sets it.
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text)
    input?.dispatchEvent(new Event('input', { bubbles: true }))
  }
  const grid = () => document.querySelector('[role="grid"][aria-label="Log lines"]')
  const told = () => Number(grid()?.getAttribute('aria-rowcount') ?? 0) - 1
  const outcome = () => document.querySelector('.finder-outcome')?.textContent ?? ''
  let gaps: number[] = []
  let watching = 0

  const measures: LogMeasures = {
    find(text) {
      const all = told()
      const start = performance.now()
      type(text)
      return until(start, () => told() !== all && /^[\d,]+ of [\d,]+ lines$/.test(outcome()))
    },
    clear(lines) {
      const start = performance.now()
      type('')
      return until(start, () => outcome() === '' && told() >= lines)
    },
    seen(text) {
      const list = grid()
      return new Promise((resolve) => {
        const observer = new MutationObserver(async () => {
          if (!list?.textContent?.includes(text)) return
          observer.disconnect()
          const at = await painted()
          resolve(performance.timeOrigin + at)
        })
        if (list) observer.observe(list, { childList: true, subtree: true, characterData: true })
      })
    },
    watchFrames() {
      gaps = []
      watching += 1
      const mine = watching
      let before = performance.now()
      const frame = (now: number) => {
        if (mine !== watching) return
        gaps.push(now - before)
        before = now
        requestAnimationFrame(frame)
      }
      requestAnimationFrame((now) => {
        before = now
        requestAnimationFrame(frame)
      })
    },
    frames() {
      watching += 1
      return gaps
    },
  }
  Object.assign(window, { logMeasures: measures })
}
