/** What several generators give, as it comes. Ends when all have ended; fails with the first that fails. Whoever leaves ends all. */
export async function* merge<Item>(sources: readonly AsyncGenerator<Item, void>[]): AsyncGenerator<Item, void> {
  const take = async (from: AsyncGenerator<Item, void>) => ({ from, result: await from.next() })
  const pending = new Map(sources.map((from) => [from, take(from)]))
  try {
    while (pending.size > 0) {
      const { from, result } = await Promise.race(pending.values())
      if (result.done) pending.delete(from)
      else {
        // Behind the others, so that one that always has something holds up none of them.
        pending.delete(from)
        pending.set(from, take(from))
        yield result.value
      }
    }
  } finally {
    for (const one of pending.values()) one.catch(() => {})
    await Promise.allSettled(sources.map((from) => from.return()))
  }
}
