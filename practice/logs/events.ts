import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { Group, Stream } from './groups.ts'
import type { Position } from './tokens.ts'

/** One event as it is kept; `bytes` are its message's in UTF-8. */
export interface StoredEvent extends Position {
  readonly groupId: number
  readonly streamId: number
  readonly bytes: number
  readonly message: string
}

export interface NewEvent {
  readonly at: number
  readonly ingested: number
  readonly message: string
}

/** Which events are looked at, from `from` (exclusive) on; `descending` goes down from there. Those that are ingested after `now` are not there yet. */
export interface Range {
  readonly of: { readonly group: number } | { readonly stream: number }
  readonly from: Position
  /** The last time that counts: inclusive. */
  readonly to: number
  readonly descending: boolean
  readonly now: number
}

export interface Bounds {
  readonly events: number
  readonly bytes: number
}

type Row = Readonly<Record<string, SQLOutputValue>>

const eventOf = (row: Row): StoredEvent => ({
  seq: Number(row['seq']),
  groupId: Number(row['group_id']),
  streamId: Number(row['stream_id']),
  at: Number(row['at']),
  ingested: Number(row['ingested']),
  bytes: Number(row['bytes']),
  message: String(row['message']),
})

const look = (column: 'group_id' | 'stream_id', descending: boolean) => {
  const [beyond, end, order] = descending ? ['<', '>=', 'DESC'] : ['>', '<=', 'ASC']
  return `SELECT * FROM events WHERE ${column} = ? AND (at, ingested, seq) ${beyond} (?, ?, ?) AND at ${end} ? AND ingested <= ?
    ORDER BY at ${order}, ingested ${order}, seq ${order}`
}

/** The events of all groups, in one file. */
export function createEvents(database: DatabaseSync, bounds: Bounds, report: (text: string) => void) {
  const ranges = {
    group: [database.prepare(look('group_id', false)), database.prepare(look('group_id', true))],
    stream: [database.prepare(look('stream_id', false)), database.prepare(look('stream_id', true))],
  } as const
  const add = database.prepare('INSERT INTO events (group_id, stream_id, at, ingested, bytes, message) VALUES (?, ?, ?, ?, ?, ?)')
  const count = database.prepare(
    'UPDATE streams SET events = events + ?, bytes = bytes + ?, ingested = max(coalesce(ingested, 0), ?) WHERE id = ?',
  )
  const totals = database.prepare('SELECT sum(events) AS events, sum(bytes) AS bytes FROM streams').get()
  const kept = { events: Number(totals?.['events'] ?? 0), bytes: Number(totals?.['bytes'] ?? 0) }
  const oldest = database.prepare(
    'DELETE FROM events WHERE seq IN (SELECT seq FROM events ORDER BY seq LIMIT ?) RETURNING stream_id, bytes',
  )
  const expired = database.prepare(
    'DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE group_id = ? AND at < ? LIMIT ?) RETURNING stream_id, bytes',
  )
  const ofStream = database.prepare(
    'DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE stream_id = ? LIMIT ?) RETURNING stream_id, bytes',
  )
  const gone = database.prepare('SELECT id FROM streams WHERE gone = 1 LIMIT 1')
  const forget = database.prepare('DELETE FROM streams WHERE id = ?')
  const newest = database.prepare('SELECT max(seq) AS seq FROM events')
  const appearedNew = database.prepare('SELECT * FROM events WHERE seq > ? AND ingested <= ? ORDER BY seq')
  const appearedLate = database.prepare('SELECT * FROM events WHERE ingested > ? AND ingested <= ? AND seq <= ? ORDER BY ingested, seq')
  let told = false

  const transaction = <T>(work: () => T): T => {
    database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      database.exec('COMMIT')
      return result
    } catch (error) {
      // Damage and a full disk end it by themselves.
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }
  /** Takes what was removed off its streams' counts. */
  const removed = (rows: readonly Row[]): number => {
    const of = new Map<number, { events: number; bytes: number }>()
    for (const row of rows) {
      const id = Number(row['stream_id'])
      const sum = of.get(id) ?? { events: 0, bytes: 0 }
      of.set(id, { events: sum.events + 1, bytes: sum.bytes + Number(row['bytes']) })
    }
    for (const [id, { events, bytes }] of of) {
      count.run(-events, -bytes, 0, id)
      kept.events -= events
      kept.bytes -= bytes
    }
    return rows.length
  }
  /** How many events are to go, by their mean size; none where everything fits. */
  const tooMany = (): number => {
    const bytes = Math.max(0, kept.bytes - bounds.bytes)
    return Math.max(0, kept.events - bounds.events, bytes === 0 ? 0 : Math.ceil((bytes * kept.events) / kept.bytes))
  }
  const makeRoom = (): void => {
    if (tooMany() > 0 && !told)
      report(`The practice cloud keeps ${bounds.events} log events, or ${bounds.bytes} bytes of them: the oldest go now.`)
    told ||= tooMany() > 0
    while (tooMany() > 0 && removed(oldest.all(tooMany())) > 0) {}
  }

  return {
    write(group: Group, stream: Stream, events: readonly NewEvent[]): void {
      if (events.length === 0) return
      transaction(() => {
        let bytes = 0
        let last = 0
        for (const { at, ingested, message } of events) {
          const size = Buffer.byteLength(message)
          bytes += size
          last = Math.max(last, ingested)
          add.run(group.id, stream.id, at, ingested, size, message)
        }
        count.run(events.length, bytes, last, stream.id)
        kept.events += events.length
        kept.bytes += bytes
        makeRoom()
      })
    },
    /** To be read to the end, or left, before anything else is asked. */
    *range({ of, from, to, descending, now }: Range): Iterable<StoredEvent> {
      const statement = ('group' in of ? ranges.group : ranges.stream)[descending ? 1 : 0]
      const id = 'group' in of ? of.group : of.stream
      for (const row of statement.iterate(id, from.at, from.ingested, from.seq, to, now)) yield eventOf(row)
    },
    /** The number of the event that was written last. */
    newest: (): number => Number(newest.get()?.['seq'] ?? 0),
    /** What has become visible since `then`, where `seq` was the newest: the new, and the late. */
    *appeared(then: number, seq: number, now: number): Iterable<StoredEvent> {
      for (const row of appearedLate.iterate(then, now, seq)) yield eventOf(row)
      for (const row of appearedNew.iterate(seq, now)) yield eventOf(row)
    },
    /** Removes events of the group before the time, `most` at once; false once there are none left. */
    expire: (group: Group, before: number, most: number): boolean => transaction(() => removed(expired.all(group.id, before, most))) > 0,
    /** Removes events of streams that are gone; false once there are none left. */
    removeGone(most: number): boolean {
      const id = gone.get()?.['id']
      if (id === undefined) return false
      transaction(() => {
        if (removed(ofStream.all(id, most)) === 0) forget.run(id)
      })
      return true
    },
    /** Gives free room in the file back to the disk. */
    shrink: () => database.exec('PRAGMA incremental_vacuum(2000)'),
  }
}

export type Events = ReturnType<typeof createEvents>
