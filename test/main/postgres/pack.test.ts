import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RowBytes, unpackRows } from '../../../main/postgres/pack.ts'
import { packedMagic, packedNull } from '../../../preload/contract/packed.ts'

type Row = readonly (string | null)[]

/** A DataRow message as the server sends it. */
function dataRow(values: Row): Buffer {
  const parts = values.map((value) => {
    const text = Buffer.from(value ?? '')
    const length = Buffer.alloc(4)
    length.writeInt32BE(value === null ? -1 : text.length)
    return Buffer.concat([length, text])
  })
  const header = Buffer.alloc(7)
  header.write('D', 'latin1')
  header.writeUInt32BE(6 + parts.reduce((bytes, part) => bytes + part.length, 0), 1)
  header.writeUInt16BE(values.length, 5)
  return Buffer.concat([header, ...parts])
}

function pack(rows: readonly Row[], columns: number): ArrayBuffer {
  const bytes = new RowBytes()
  for (const row of rows) {
    const message = dataRow(row)
    bytes.append(message, 0, message.length)
    bytes.rows += 1
  }
  return bytes.pack(columns, rows.length)
}

test('lays a page out as the contract says', () => {
  const buffer = pack(
    [
      ['a', null],
      ['', 'éé'],
    ],
    2,
  )
  expect([...new Uint32Array(buffer)].slice(0, 8)).toEqual([packedMagic, 2, 2, 20, 36, 0, 1, 1])
  expect([...new Uint32Array(buffer)].slice(9, 12)).toEqual([0, packedNull, 4])
  expect(new TextDecoder().decode(new Uint8Array(buffer, 48, 4))).toBe('éé')
})

test('gives back every value, NULL apart from the empty text', () => {
  const value = fc.option(fc.string({ unit: 'grapheme', maxLength: 100 }), { nil: null })
  const table = fc
    .integer({ min: 0, max: 5 })
    .chain((columns) => fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { maxLength: 20 }))
  fc.assert(
    fc.property(table, (rows) => {
      expect(unpackRows(pack(rows, rows[0]?.length ?? 0))).toEqual(rows)
    }),
  )
})

test('refuses rows whose lengths do not fit', () => {
  expect(() => pack([['a', 'b'], ['c']], 2)).toThrow('A row of 1 values under 2 columns')
})
