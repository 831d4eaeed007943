import { isUtf8 } from 'node:buffer'
import { open, readFile } from 'node:fs/promises'
import { Failure } from '../../preload/contract/errors.ts'

/** A script is held in memory as a whole: bigger files are for psql or pg_restore. */
const largest = 256 * 1024 * 1024

const byteOrderMark = '\uFEFF'

export interface ScriptText {
  readonly text: string
  readonly notes: readonly string[]
}

/**
 * Reads a script as UTF-8. A byte order mark is left out with a note.
 * @throws Failure FILE with file and line where it is missing, no regular file, too large, holds a NUL or is not UTF-8.
 */
export async function readScriptText(path: string): Promise<ScriptText> {
  const bytes = await readBytes(path)
  const nul = bytes.indexOf(0)
  if (nul >= 0) {
    const wide = bytes.length >= 2 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw refused(path, bytes, nul, wide ? 'is UTF-16: save it as UTF-8' : 'holds a NUL byte, which SQL cannot')
  }
  if (!isUtf8(bytes)) throw refused(path, bytes, firstInvalid(bytes), 'is not valid UTF-8 here: save it as UTF-8')
  const text = bytes.toString('utf8')
  return text.startsWith(byteOrderMark)
    ? { text: text.slice(1), notes: [`${path}: the byte order mark at its start was left out.`] }
    : { text, notes: [] }
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    await using file = await open(path, 'r')
    const stat = await file.stat()
    if (!stat.isFile()) throw new Failure('FILE', `${path} is not a file.`, { file: path })
    if (stat.size > largest)
      throw new Failure('FILE', `${path} has ${Math.ceil(stat.size / 1024 / 1024)} MiB; a script may have 256.`, { file: path })
    return await readFile(file)
  } catch (error) {
    if (error instanceof Failure) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EACCES' ? 'may not be read by you' : `cannot be read (${code})`
    throw new Failure('FILE', `${path} ${why}.`, { file: path, source: { vendor: 'node', code } })
  }
}

function refused(path: string, bytes: Buffer, at: number, what: string): Failure {
  const before = bytes.subarray(0, at)
  const lines = before.toString('latin1').split(/\r\n|\r|\n/)
  const column = (lines.at(-1)?.length ?? 0) + 1
  return new Failure('FILE', `${path}, line ${lines.length}: the file ${what}.`, { file: path, line: lines.length, column })
}

/** The offset of the first byte that is no UTF-8: where decoding put a replacement character that the file does not hold. */
function firstInvalid(bytes: Buffer): number {
  const text = bytes.toString('utf8')
  let offset = 0
  let from = 0
  for (;;) {
    const at = text.indexOf('\uFFFD', from)
    if (at < 0) return offset
    offset += Buffer.byteLength(text.slice(from, at))
    if (bytes.toString('latin1', offset, offset + 3) !== '\xEF\xBF\xBD') return offset
    offset += 3
    from = at + 1
  }
}
