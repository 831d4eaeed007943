const key = 'basepair.window'

/** Long enough for a page that is being reloaded to let go of its name. */
const waitForReload = 400

function isFree(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    navigator.locks
      .request(`basepair:window:${name}`, { signal: AbortSignal.timeout(waitForReload) }, () => {
        resolve(true)
        // Held for as long as this page lives.
        return new Promise<void>(() => {})
      })
      .catch(() => resolve(false))
  })
}

let name: Promise<string> | null = null

/**
 * Names this window to main: an unlock belongs to it, survives a reload and ends with the tab.
 * A duplicated tab inherits sessionStorage; the lock held by the first one gives it a name of its own.
 */
export function windowName(): Promise<string> {
  name ??= (async () => {
    const kept = sessionStorage.getItem(key)
    if (kept !== null && (await isFree(kept))) return kept
    const fresh = crypto.randomUUID()
    await isFree(fresh)
    sessionStorage.setItem(key, fresh)
    return fresh
  })()
  return name
}
