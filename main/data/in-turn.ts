/** Gives a function that does one piece of work after the other, in the order they were asked for; one that fails holds up none after it. */
export function createTurns() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work)
    // Whoever asked for the work hears of its failure.
    last = done.catch(() => {})
    return done
  }
}
