/**
 * What several generators give, as it comes. Ends when all have ended; fails with the first that fails. Whoever leaves ends all: the signal tells
 * them, since one that waits hears of nothing else.
 */
export async function* merge<Item>(
  begin: readonly ((signal: AbortSignal) => AsyncGenerator<Item, void>)[],
  signal: AbortSignal,
): AsyncGenerator<Item, void> {
  const leaving = new AbortController()
  const ends = AbortSignal.any([signal, leaving.signal])
  const sources = begin.map((one) => one(ends))
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
    leaving.abort()
    for (const one of pending.values()) one.catch(() => {})
    await Promise.allSettled(sources.map((from) => from.return()))
  }
}
