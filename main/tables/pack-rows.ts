import { packedMagic, packedNull } from '../../preload/contract/packed-layout.ts'
import type { Value } from '../postgres/driver.ts'

/** Packs rows that came as text into one page of the contract's layout (`preload/contract/packed-layout.ts`). */
export function packRows(rows: readonly (readonly Value[])[], columns: number): ArrayBuffer {
  const head = 12 + columns * 4
  const blocks: Uint8Array[] = []
  let size = head
  for (let column = 0; column < columns; column++) {
    const block = packColumn(rows, column)
    blocks.push(block)
    size += aligned(block.byteLength)
  }
  const buffer = new ArrayBuffer(size)
  const view = new DataView(buffer)
  view.setUint32(0, packedMagic, true)
  view.setUint32(4, rows.length, true)
  view.setUint32(8, columns, true)
  let at = head
  for (const [column, block] of blocks.entries()) {
    view.setUint32(12 + column * 4, at, true)
    new Uint8Array(buffer).set(block, at)
    at += aligned(block.byteLength)
  }
  return buffer
}

const aligned = (bytes: number): number => (bytes + 3) & ~3

function packColumn(rows: readonly (readonly Value[])[], column: number): Uint8Array {
  const text = Buffer.from(rows.map((row) => row[column] ?? '').join(''), 'utf8')
  const offsets = (rows.length + 1) * 4
  const block = new Uint8Array(offsets + text.byteLength)
  const view = new DataView(block.buffer)
  let at = 0
  for (const [place, row] of rows.entries()) {
    const value = row[column] ?? null
    at += value === null ? 0 : Buffer.byteLength(value, 'utf8')
    view.setUint32((place + 1) * 4, value === null ? at + packedNull : at, true)
  }
  block.set(text, offsets)
  return block
}
