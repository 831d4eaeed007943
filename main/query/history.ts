import { randomUUID } from 'node:crypto'
import { appendFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type HistoryEntry, historyEntry } from '../../preload/contract/query.ts'
import { makePrivateFolder, writeDurably } from '../data/durable-file.ts'
import { createTurns } from '../data/in-turn.ts'
import { readText } from '../data/text-file.ts'
import { redactSql } from './redact.ts'

/** Entries kept for each environment. */
const kept = 500
/** Characters kept of one text: a pasted dump is not history. */
const longestText = 50_000

export type Remembered = Omit<HistoryEntry, 'id'>

/** What was run, by environment: JSON lines that only the user can read, the newest last, without passwords. */
export function createHistory(stateFolder: string) {
  const folder = join(stateFolder, 'history')
  const lines = new Map<string, number>()
  const turns = new Map<string, ReturnType<typeof createTurns>>()
  const pathOf = (environment: string) => join(folder, `${environment}.jsonl`)

  /** One after another for each environment, so that a rewrite loses no line. */
  function inTurn<T>(environment: string, work: () => Promise<T>): Promise<T> {
    const turn = turns.get(environment) ?? createTurns()
    turns.set(environment, turn)
    return turn(work)
  }

  async function read(environment: string): Promise<HistoryEntry[]> {
    const text = (await readText(pathOf(environment))) ?? ''
    return text.split('\n').flatMap(parseLine)
  }

  async function append(environment: string, entry: HistoryEntry): Promise<void> {
    await makePrivateFolder(folder)
    await appendFile(pathOf(environment), `${JSON.stringify(entry)}\n`, { mode: 0o600 })
    const count = (lines.get(environment) ?? (await read(environment)).length - 1) + 1
    lines.set(environment, count)
    if (count <= kept * 2) return
    const newest = (await read(environment)).slice(-kept)
    await writeDurably(pathOf(environment), newest.map((one) => `${JSON.stringify(one)}\n`).join(''))
    lines.set(environment, newest.length)
  }

  return {
    async add(environment: string, entry: Remembered): Promise<void> {
      const redacted = await redactSql(entry.text)
      const text = redacted.length > longestText ? `${redacted.slice(0, longestText)}\n-- … the rest was not kept` : redacted
      const error = entry.error === null ? null : await redactSql(entry.error)
      await inTurn(environment, () => append(environment, { ...entry, id: randomUUID(), text, error }))
    },
    /** The newest first. */
    async list(environment: string, search = ''): Promise<HistoryEntry[]> {
      const wanted = search.trim().toLowerCase()
      const entries = await inTurn(environment, () => read(environment))
      return entries
        .slice(-kept)
        .reverse()
        .filter((entry) => wanted === '' || entry.text.toLowerCase().includes(wanted))
    },
    async clear(environment: string): Promise<void> {
      await inTurn(environment, async () => {
        await rm(pathOf(environment), { force: true })
        lines.set(environment, 0)
      })
    },
  }
}

/** A line that a crash cut short, or that somebody edited, is passed over. */
function parseLine(line: string): HistoryEntry[] {
  if (line === '') return []
  try {
    const parsed = historyEntry.safeParse(JSON.parse(line))
    return parsed.success ? [parsed.data] : []
  } catch {
    return []
  }
}
