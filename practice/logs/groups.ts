import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { noGroup, noStream } from './refusals.ts'

export interface Group {
  readonly id: number
  readonly region: string
  readonly name: string
  readonly created: number
  readonly logClass: string
  /** Days; null for ever. */
  readonly retention: number | null
  readonly tags: Readonly<Record<string, string>>
}

export interface Stream {
  readonly id: number
  readonly groupId: number
  readonly name: string
  readonly created: number
  readonly ingested: number | null
  /** What DescribeLogStreams says of its events, as of `toldAt`. */
  readonly toldAt: number
  readonly toldFirst: number | null
  readonly toldLast: number | null
  readonly toldIngested: number | null
}

type Row = Readonly<Record<string, SQLOutputValue>>
const text = (value: SQLOutputValue | undefined): string => (typeof value === 'string' ? value : '')
const number = (value: SQLOutputValue | undefined): number => Number(value)
const orNull = (value: SQLOutputValue | undefined): number | null => (value === null || value === undefined ? null : Number(value))

const groupOf = (row: Row): Group => ({
  id: number(row['id']),
  region: text(row['region']),
  name: text(row['name']),
  created: number(row['created']),
  logClass: text(row['class']),
  retention: orNull(row['retention']),
  // Written by this file alone.
  tags: JSON.parse(text(row['tags'])) as Record<string, string>,
})

const streamOf = (row: Row): Stream => ({
  id: number(row['id']),
  groupId: number(row['group_id']),
  name: text(row['name']),
  created: number(row['created']),
  ingested: orNull(row['ingested']),
  toldAt: number(row['told_at']),
  toldFirst: orNull(row['told_first']),
  toldLast: orNull(row['told_last']),
  toldIngested: orNull(row['told_ingested']),
})

/** The groups and their streams, without their events. */
export function createGroups(database: DatabaseSync) {
  const byName = database.prepare('SELECT * FROM groups WHERE region = ? AND name = ?')
  const all = database.prepare('SELECT * FROM groups WHERE region = ? AND name > ? ORDER BY name')
  const everywhere = database.prepare('SELECT * FROM groups')
  const add = database.prepare('INSERT INTO groups (region, name, created, class, tags) VALUES (?, ?, ?, ?, ?)')
  const setRetention = database.prepare('UPDATE groups SET retention = ? WHERE id = ?')
  const setTags = database.prepare('UPDATE groups SET tags = ? WHERE id = ?')
  const remove = database.prepare('DELETE FROM groups WHERE id = ?')
  const bytes = database.prepare('SELECT sum(bytes) AS bytes FROM streams WHERE group_id = ? AND gone = 0')
  const streamByName = database.prepare('SELECT * FROM streams WHERE group_id = ? AND name = ? AND gone = 0')
  const streamById = database.prepare('SELECT name FROM streams WHERE id = ? AND gone = 0')
  const streams = database.prepare('SELECT * FROM streams WHERE group_id = ? AND gone = 0')
  const addStream = database.prepare('INSERT INTO streams (group_id, name, created, told_at) VALUES (?, ?, ?, ?)')
  const removeStream = database.prepare('UPDATE streams SET gone = 1 WHERE id = ?')
  const removeStreams = database.prepare('UPDATE streams SET gone = 1 WHERE group_id = ? AND gone = 0')
  const tell = database.prepare('UPDATE streams SET told_at = ?, told_first = ?, told_last = ?, told_ingested = ? WHERE id = ?')

  const find = (region: string, name: string): Group | null => {
    const row = byName.get(region, name)
    return row === undefined ? null : groupOf(row)
  }
  const findStream = (group: Group, name: string): Stream | null => {
    const row = streamByName.get(group.id, name)
    return row === undefined ? null : streamOf(row)
  }
  return {
    find,
    /** Fails with ResourceNotFoundException. */
    get(region: string, name: string): Group {
      const group = find(region, name)
      if (group === null) throw noGroup()
      return group
    },
    /** By name, those behind `after`. */
    list: (region: string, after = ''): readonly Group[] => all.all(region, after).map(groupOf),
    everywhere: (): readonly Group[] => everywhere.all().map(groupOf),
    add(region: string, name: string, created: number, logClass = 'STANDARD', tags: Readonly<Record<string, string>> = {}): void {
      add.run(region, name, created, logClass, JSON.stringify(tags))
    },
    setRetention: (group: Group, days: number | null) => void setRetention.run(days, group.id),
    setTags: (group: Group, tags: Readonly<Record<string, string>>) => void setTags.run(JSON.stringify(tags), group.id),
    /** Its events are removed later, as those of streams that are gone. */
    remove(group: Group): void {
      removeStreams.run(group.id)
      remove.run(group.id)
    },
    storedBytes: (group: Group): number => number(bytes.get(group.id)?.['bytes'] ?? 0),
    findStream,
    getStream(group: Group, name: string): Stream {
      const stream = findStream(group, name)
      if (stream === null) throw noStream()
      return stream
    },
    /** Fails with ResourceNotFoundException. */
    requireStream(groupId: number, name: string): void {
      if (streamByName.get(groupId, name) === undefined) throw noStream()
    },
    /** Null where it is gone. */
    streamName(id: number): string | null {
      const row = streamById.get(id)
      return row === undefined ? null : text(row['name'])
    },
    streams: (group: Group): readonly Stream[] => streams.all(group.id).map(streamOf),
    addStream: (group: Group, name: string, created: number) => void addStream.run(group.id, name, created, created),
    removeStream: (stream: Stream) => void removeStream.run(stream.id),
    tell(stream: Stream, toldAt: number, first: number | null, last: number | null, ingested: number | null): void {
      tell.run(toldAt, first, last, ingested, stream.id)
    },
  }
}

export type Groups = ReturnType<typeof createGroups>
