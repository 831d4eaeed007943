import { packedMagic, packedNull } from '../../preload/contract/packed.ts'
import type { Value } from './driver.ts'
import { DriverError } from './driver-error.ts'

const messageHeaderBytes = 5
const countBytes = 2
/** Above this a call of `set` costs less than a loop over the bytes. */
const longValue = 64

/** Gathers DataRow messages as they came from the server and turns them into packed pages. */
export class RowBytes {
  #bytes = Buffer.allocUnsafeSlow(256 * 1024)
  #used = 0
  /** Rows that are complete. */
  rows = 0

  get used(): number {
    return this.#used
  }

  append(chunk: Buffer, from: number, to: number): void {
    const needed = this.#used + to - from
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
      this.#bytes.copy(larger, 0, 0, this.#used)
      this.#bytes = larger
    }
    chunk.copy(this.#bytes, this.#used, from, to)
    this.#used = needed
  }

  /** Packs the first `limit` rows into one buffer that can be transferred, and forgets all of them. */
  pack(columns: number, limit: number): ArrayBuffer {
    const rows = Math.min(this.rows, limit)
    const packed = packRows(this.#bytes, rows, columns)
    this.#used = 0
    this.rows = 0
    if (this.#bytes.length > 16 * 1024 * 1024) this.#bytes = Buffer.allocUnsafeSlow(256 * 1024)
    return packed
  }
}

function int32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
}

/** Adds up the bytes of each column, and makes sure that every value lies within its row. */
function columnSizes(bytes: Uint8Array, rows: number, columns: number): Float64Array {
  const sizes = new Float64Array(columns)
  let at = 0
  for (let row = 0; row < rows; row++) {
    const end = at + 1 + int32(bytes, at + 1)
    const count = ((bytes[at + messageHeaderBytes] ?? 0) << 8) | (bytes[at + messageHeaderBytes + 1] ?? 0)
    at += messageHeaderBytes + countBytes
    if (count !== columns) throw new DriverError('protocol', `A row of ${count} values under ${columns} columns`)
    for (let column = 0; column < columns; column++) {
      const length = int32(bytes, at)
      at += 4
      if (length < -1 || at + length > end) throw new DriverError('protocol', 'A value is longer than its row')
      if (length > 0) {
        sizes[column] = (sizes[column] ?? 0) + length
        at += length
      }
    }
    if (at !== end) throw new DriverError('protocol', 'A row is longer than its values')
  }
  return sizes
}

function packRows(bytes: Uint8Array, rows: number, columns: number): ArrayBuffer {
  const sizes = columnSizes(bytes, rows, columns)
  const offsetBytes = 4 * (rows + 1)
  const blocks = new Uint32Array(columns)
  let size = 12 + 4 * columns
  for (let column = 0; column < columns; column++) {
    blocks[column] = size
    size = Math.ceil((size + offsetBytes + (sizes[column] ?? 0)) / 4) * 4
  }
  const buffer = new ArrayBuffer(size)
  const words = new Uint32Array(buffer)
  words[0] = packedMagic
  words[1] = rows
  words[2] = columns
  words.set(blocks, 3)
  const out = new Uint8Array(buffer)
  /** Where the next value of each column goes, counted from the start of its text. */
  const filled = new Uint32Array(columns)
  let at = 0
  for (let row = 0; row < rows; row++) {
    at += messageHeaderBytes + countBytes
    for (let column = 0; column < columns; column++) {
      const length = int32(bytes, at)
      at += 4
      const block = blocks[column] ?? 0
      let end = filled[column] ?? 0
      if (length < 0) {
        words[(block >> 2) + row + 1] = end | packedNull
        continue
      }
      let to = block + offsetBytes + end
      if (length > longValue) {
        out.set(bytes.subarray(at, at + length), to)
        at += length
      } else {
        for (const stop = at + length; at < stop; at++, to++) out[to] = bytes[at] ?? 0
      }
      end += length
      filled[column] = end
      words[(block >> 2) + row + 1] = end
    }
  }
  return buffer
}

/** A small packed page as rows of text. */
export function unpackRows(buffer: ArrayBuffer): Value[][] {
  const words = new Uint32Array(buffer)
  const bytes = Buffer.from(buffer)
  const rows = words[1] ?? 0
  const columns = words[2] ?? 0
  const result: Value[][] = Array.from({ length: rows }, () => new Array<Value>(columns))
  for (let column = 0; column < columns; column++) {
    const first = (words[3 + column] ?? 0) >> 2
    const text = 4 * (first + rows + 1)
    let start = 0
    for (const [row, values] of result.entries()) {
      const offset = words[first + row + 1] ?? 0
      const end = offset & ~packedNull
      values[column] = (offset & packedNull) !== 0 ? null : bytes.toString('utf8', text + start, text + end)
      start = end
    }
  }
  return result
}
