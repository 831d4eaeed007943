import { EventEmitter } from 'node:events'
import { rename } from 'node:fs/promises'
import type * as z from 'zod'
import { createTurns } from '../main/data/in-turn.ts'
import { readJson, writeJson } from '../main/data/json-file.ts'
import type { Store } from './cloud.ts'

/** Opens a part of the cloud's state. One that cannot be read is put aside and told, and the part begins anew. Fails with FILE. */
export async function openStore<T>(path: string, schema: z.ZodType<T>, first: T, report: (text: string) => void): Promise<Store<T>> {
  const file = await readJson(path, schema)
  if (file.state === 'invalid') {
    await rename(path, `${path}.damaged`)
    report(`A part of the practice cloud's state could not be read and begins anew: ${file.message}. It is kept as ${path}.damaged.`)
  }
  let value = file.state === 'ok' ? file.value : first
  const inTurn = createTurns()
  const changes = new EventEmitter()
  let written = value
  return {
    get value() {
      return value
    },
    update(change) {
      value = change(value)
      changes.emit('changed')
      return inTurn(async () => {
        // A write that came first may have had this change in it already.
        const now = value
        if (written === now) return
        await writeJson(path, now)
        written = now
      })
    },
    onChange(listener) {
      changes.on('changed', listener)
      return () => void changes.off('changed', listener)
    },
  }
}
