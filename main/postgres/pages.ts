import { randomBytes } from 'node:crypto'

/** Packed pages that wait to be fetched, each under an address that nobody can guess and that works once. */
export interface PageStore {
  /** Keeps a page and gives its address: 128 random bits in base64url. `owner` names whose it is, as a window. */
  put(buffer: ArrayBuffer, owner?: string): string
  /** The page, once; null for an address that is unknown, taken, dropped or older than a minute. */
  take(address: string): ArrayBuffer | null
  /** Resolves when this owner has room for another page. Rejects with the signal's reason when it is aborted. */
  room(owner?: string, signal?: AbortSignal): Promise<void>
  /** Forgets the pages of an owner that went away. */
  drop(owner: string): void
  close(): void
}

interface Waiting {
  readonly buffer: ArrayBuffer
  readonly owner: string
  readonly expiry: NodeJS.Timeout
}

/** `maxWaiting` pages of one owner may wait unfetched; each is forgotten after `expireMs`, a minute by default. */
export function createPageStore(options: { readonly maxWaiting: number; readonly expireMs?: number }): PageStore {
  const pages = new Map<string, Waiting>()
  const counts = new Map<string, number>()
  const waiters = new Set<{ readonly owner: string; readonly wake: () => void }>()

  const hasRoom = (owner: string) => (counts.get(owner) ?? 0) < options.maxWaiting

  function wake(owner: string): void {
    for (const waiter of waiters) {
      if (waiter.owner === owner && hasRoom(owner)) waiter.wake()
    }
  }

  function remove(address: string): Waiting | null {
    const page = pages.get(address)
    if (page === undefined) return null
    clearTimeout(page.expiry)
    pages.delete(address)
    const left = (counts.get(page.owner) ?? 1) - 1
    if (left === 0) counts.delete(page.owner)
    else counts.set(page.owner, left)
    wake(page.owner)
    return page
  }

  function removeAll(matches: (page: Waiting) => boolean): void {
    for (const [address, page] of [...pages]) {
      if (matches(page)) remove(address)
    }
  }

  return {
    put(buffer, owner = '') {
      const address = randomBytes(16).toString('base64url')
      const expiry = setTimeout(() => remove(address), options.expireMs ?? 60_000)
      expiry.unref()
      pages.set(address, { buffer, owner, expiry })
      counts.set(owner, (counts.get(owner) ?? 0) + 1)
      return address
    },
    take: (address) => remove(address)?.buffer ?? null,
    async room(owner = '', signal) {
      while (!hasRoom(owner)) {
        signal?.throwIfAborted()
        await new Promise<void>((resolve, reject) => {
          const done = () => {
            waiters.delete(waiter)
            signal?.removeEventListener('abort', aborted)
          }
          const aborted = () => {
            done()
            reject(signal?.reason)
          }
          const waiter = {
            owner,
            wake: () => {
              done()
              resolve()
            },
          }
          waiters.add(waiter)
          signal?.addEventListener('abort', aborted)
        })
      }
    },
    drop: (owner) => removeAll((page) => page.owner === owner),
    close: () => removeAll(() => true),
  }
}
