/** Does the work until nothing is left to do: at once when asked, and after each failure again, later and later. */
export function createMending(
  isDue: () => boolean,
  work: () => Promise<void>,
  { retries, closing, log }: { readonly retries: readonly number[]; readonly closing: AbortSignal; readonly log: (line: string) => void },
) {
  let running: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  let failed = 0
  let said = ''

  async function run(): Promise<void> {
    clearTimeout(timer)
    try {
      await work()
      failed = 0
      said = ''
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error)
      // An AWS that is away for the night says the same each minute.
      if (sentence !== said && !closing.aborted) log(`access: a change left half-way is not settled yet: ${sentence}`)
      said = sentence
      const wait = retries[Math.min(failed, retries.length - 1)] ?? 0
      failed += 1
      if (!closing.aborted) timer = setTimeout(now, wait).unref()
    }
  }

  function now(): void {
    if (running !== null || closing.aborted || !isDue()) return
    running = run().finally(() => {
      running = null
    })
  }

  return {
    now,
    close(): void {
      clearTimeout(timer)
    },
  }
}
