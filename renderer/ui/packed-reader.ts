import { packedMagic, packedNull } from '../../preload/contract/packed-layout.ts'

/** One page of rows as bytes: a value is decoded when it is asked for, and not kept. */
export interface PackedPage {
  readonly rows: number
  readonly columns: number
  readonly bytes: number
  /** The exact text of one value, or null for NULL. */
  value(row: number, column: number): string | null
  /** The length of a value in bytes, 0 for NULL. */
  length(row: number, column: number): number
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Reads the layout that `preload/contract/packed-layout.ts` describes. @throws RangeError where the bytes do not hold it. */
export function readPackedPage(buffer: ArrayBuffer): PackedPage {
  if (buffer.byteLength < 12) throw new RangeError('A packed page has at least twelve bytes')
  const head = new DataView(buffer)
  if (head.getUint32(0, true) !== packedMagic) throw new RangeError('These bytes are not a packed page')
  const rows = head.getUint32(4, true)
  const columns = head.getUint32(8, true)
  const offsets: Uint32Array[] = []
  const texts: Uint8Array[] = []
  for (let column = 0; column < columns; column++) {
    const block = head.getUint32(12 + column * 4, true)
    const text = block + (rows + 1) * 4
    // Every machine that runs Chromium is little endian, as the layout is.
    const ends = new Uint32Array(buffer, block, rows + 1)
    offsets.push(ends)
    texts.push(new Uint8Array(buffer, text, (ends[rows] ?? 0) & ~packedNull))
  }
  return {
    rows,
    columns,
    bytes: buffer.byteLength,
    length: (row, column) => ((offsets[column]?.[row + 1] ?? 0) & ~packedNull) - ((offsets[column]?.[row] ?? 0) & ~packedNull),
    value(row, column) {
      const ends = offsets[column]
      const text = texts[column]
      const end = ends?.[row + 1]
      if (ends === undefined || text === undefined || end === undefined) throw new RangeError(`No value at row ${row}, column ${column}`)
      if (end >= packedNull) return null
      const start = (ends[row] ?? 0) & ~packedNull
      return start === end ? '' : decoder.decode(text.subarray(start, end))
    },
  }
}
