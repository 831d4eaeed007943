import { closeSync, openSync, renameSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

const schema = `
  CREATE TABLE IF NOT EXISTS groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT, region TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL,
    class TEXT NOT NULL, retention INTEGER, tags TEXT NOT NULL, UNIQUE (region, name)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS streams (
    id INTEGER PRIMARY KEY AUTOINCREMENT, group_id INTEGER NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL,
    events INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, ingested INTEGER,
    told_at INTEGER NOT NULL, told_first INTEGER, told_last INTEGER, told_ingested INTEGER,
    gone INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS streams_by_name ON streams (group_id, name) WHERE gone = 0;
  CREATE INDEX IF NOT EXISTS streams_gone ON streams (id) WHERE gone = 1;
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, group_id INTEGER NOT NULL, stream_id INTEGER NOT NULL,
    at INTEGER NOT NULL, ingested INTEGER NOT NULL, bytes INTEGER NOT NULL, message TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS events_of_group ON events (group_id, at, ingested, seq);
  CREATE INDEX IF NOT EXISTS events_of_stream ON events (stream_id, at, ingested, seq);
  CREATE INDEX IF NOT EXISTS events_by_ingestion ON events (ingested);
`

/** Opens the file that holds the events. One that cannot be read is put aside and told, and the logs begin anew. */
export function openStorage(path: string, report: (text: string) => void): DatabaseSync {
  try {
    return opened(path)
  } catch (error) {
    if (!isDamage(error)) throw error
    putAside(path, error, report)
    return opened(path)
  }
}

/** Puts a closed file aside and tells why. */
export function putAside(path: string, why: Error, report: (text: string) => void): void {
  for (const suffix of ['-wal', '-shm']) rename(`${path}${suffix}`, `${path}.damaged${suffix}`)
  renameSync(path, `${path}.damaged`)
  report(`The practice cloud's logs could not be read and begin anew: ${why.message}. They are kept as ${path}.damaged.`)
}

function opened(path: string): DatabaseSync {
  // For the user alone; SQLite makes the files beside it alike.
  closeSync(openSync(path, 'a', 0o600))
  const database = new DatabaseSync(path, { timeout: 2_000 })
  try {
    // A power cut may lose the last events, never the file.
    database.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384')
    database.exec(schema)
    // Reads from each end of the file, so that one that was cut off is noticed here.
    database.prepare('SELECT max(seq), (SELECT count(*) FROM streams), (SELECT count(*) FROM groups) FROM events').get()
    database.prepare('SELECT message FROM events ORDER BY seq DESC LIMIT 1').get()
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
export function isDamage(error: unknown): error is Error {
  return error instanceof Error && 'errcode' in error && (error.errcode === 11 || error.errcode === 26)
}

function rename(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
