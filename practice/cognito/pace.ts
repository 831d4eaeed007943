import { randomInt } from 'node:crypto'

/** Work that begins by itself so many times in a minute. */
export interface Pace {
  perMinute(): number
  /** From now on; 0 is never. */
  set(perMinute: number): void
  /** Ends it, and waits for what is under way. */
  close(): Promise<void>
}

export interface PaceOptions {
  readonly work: () => Promise<void>
  /** Gets what the work failed with. */
  readonly failed: (error: unknown) => void
}

/** The instance serves a few dozen connections; what waits for it longer than its turn holds up those who come next. */
const mostAtOnce = 20

export function createPace({ work, failed }: PaceOptions): Pace {
  const underWay = new Set<Promise<void>>()
  let rate = 0
  let timer: NodeJS.Timeout | undefined
  const arm = (): void => {
    clearTimeout(timer)
    if (rate === 0) return
    // People do not come evenly: half to one and a half of what the pace says.
    timer = setTimeout(
      () => {
        arm()
        if (underWay.size >= mostAtOnce) return
        const one = work().catch(failed)
        underWay.add(one)
        void one.finally(() => underWay.delete(one))
      },
      (60_000 / rate) * (randomInt(500, 1_501) / 1_000),
    )
  }
  return {
    perMinute: () => rate,
    set(perMinute) {
      rate = perMinute
      arm()
    },
    async close() {
      rate = 0
      clearTimeout(timer)
      await Promise.all(underWay)
    },
  }
}
