import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, open, rename } from 'node:fs/promises'
import * as z from 'zod'
import { type ActivityEntry, activityEntry } from '../../preload/contract/activity.ts'
import { createTurns } from '../data/in-turn.ts'
import { readText } from '../data/text-file.ts'

const intent = activityEntry.pick({
  id: true,
  at: true,
  who: true,
  environment: true,
  target: true,
  action: true,
  detail: true,
  before: true,
})
const outcome = z.object({
  result: z.enum(['done', 'failed', 'cancelled', 'unknown']),
  after: z.string().nullable(),
  message: z.string().nullable(),
  ms: z.number().nullable(),
})
type Outcome = z.infer<typeof outcome>

/** A line of the file: an intent or its outcome, chained to the line before by hash. */
const line = z.discriminatedUnion('record', [
  z.object({ record: z.literal('intent'), chain: z.string(), intent }),
  z.object({ record: z.literal('outcome'), chain: z.string(), id: z.string(), outcome }),
])

const start = 'basepair'
/** Entries kept in memory and shown; older ones stay in the file. */
const keptEntries = 5_000
/** Past this size the file is set aside as `.1` at the next start. */
const rotateBytes = 32 * 1024 * 1024

const chained = (before: string, content: unknown) =>
  createHash('sha256').update(before).update(JSON.stringify(content)).digest('base64url')

/**
 * Append-only JSON lines, mode 0600, each written through to disk before the call returns. Intents without an outcome, left by a
 * console that ended in the middle, are closed as `unknown` when the file is opened.
 */
export async function openActivityFile(path: string) {
  const entries = new Map<string, ActivityEntry>()
  let chain = start
  let sound = true

  const take = (text: string) => {
    let record: z.infer<typeof line>
    try {
      record = line.parse(JSON.parse(text))
    } catch {
      sound = false
      return
    }
    const content = record.record === 'intent' ? record.intent : { id: record.id, outcome: record.outcome }
    if (record.chain !== chained(chain, content)) sound = false
    chain = record.chain
    if (record.record === 'intent')
      entries.set(record.intent.id, { ...record.intent, result: 'running', after: null, message: null, ms: null })
    else {
      const entry = entries.get(record.id)
      if (entry !== undefined) entries.set(record.id, { ...entry, ...record.outcome })
    }
  }

  const existing = (await readText(path)) ?? ''
  if (existing.length > rotateBytes) await rename(path, `${path}.1`)
  else for (const text of existing.split('\n')) if (text !== '') take(text)

  const handle: FileHandle = await open(path, 'a', 0o600)
  // A power cut may have left half a line: the next record must not join it.
  if (existing !== '' && !existing.endsWith('\n')) await handle.write('\n')

  const inTurn = createTurns()
  const append = (record: 'intent' | 'outcome', content: object): Promise<void> =>
    inTurn(async () => {
      const next = chained(chain, content)
      const body = record === 'intent' ? { record, chain: next, intent: content } : { record, chain: next, ...content }
      await handle.write(`${JSON.stringify(body)}\n`)
      await handle.datasync()
      chain = next
    })

  const file = {
    entries: () => [...entries.values()],
    /** False where a line does not follow from the one before it. */
    sound: () => sound,
    async intend(what: Omit<z.infer<typeof intent>, 'id'>): Promise<ActivityEntry> {
      const whole = { id: randomUUID(), ...what }
      await append('intent', whole)
      const entry: ActivityEntry = { ...whole, result: 'running', after: null, message: null, ms: null }
      entries.set(entry.id, entry)
      for (const id of entries.keys()) {
        if (entries.size <= keptEntries) break
        entries.delete(id)
      }
      return entry
    },
    async conclude(id: string, what: Outcome): Promise<ActivityEntry> {
      await append('outcome', { id, outcome: what })
      const entry = entries.get(id)
      if (entry === undefined) throw new Error(`activity entry ${id} was never opened`)
      const closed = { ...entry, ...what }
      entries.set(id, closed)
      return closed
    },
    close: () => inTurn(() => handle.close()),
  }

  for (const entry of file.entries()) {
    if (entry.result !== 'running') continue
    await file.conclude(entry.id, {
      result: 'unknown',
      after: null,
      message: 'Basepair ended before the outcome was written down. Check it.',
      ms: null,
    })
  }
  return file
}
export type ActivityFile = Awaited<ReturnType<typeof openActivityFile>>
