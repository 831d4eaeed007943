import { type FolderLock, lockFolder } from '../../main/data/lock.ts'

/** Tries to claim the folder each time it is told to, and says what came of it; releases when told to. */
const folder = process.argv[2] ?? ''
let lock: FolderLock | null = null

process.on('message', async (order: 'claim' | 'release') => {
  if (order === 'release') {
    await lock?.release()
    lock = null
    process.send?.({ state: 'released' })
    return
  }
  try {
    lock = await lockFolder(folder)
    process.send?.({ state: 'held' })
  } catch (error) {
    process.send?.({ state: 'refused', message: error instanceof Error ? error.message : String(error) })
  }
})
process.send?.({ state: 'ready' })
