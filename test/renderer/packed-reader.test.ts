import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packRows } from '../../main/tables/pack-rows.ts'
import { readPackedPage } from '../../renderer/ui/packed-reader.ts'
import { createPackedResult } from '../../renderer/ui/packed-result.ts'

const value = fc.option(fc.string({ unit: 'grapheme', maxLength: 20 }))
const table = fc.integer({ min: 0, max: 6 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    rows: fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { maxLength: 20 }),
  }),
)

describe('packed pages', () => {
  it('give back exactly what was packed, NULL apart from empty', () => {
    fc.assert(
      fc.property(table, ({ columns, rows }) => {
        const page = readPackedPage(packRows(rows, columns))
        expect(page.rows).toBe(rows.length)
        expect(rows.map((_, row) => Array.from({ length: columns }, (_none, column) => page.value(row, column)))).toEqual(rows)
      }),
    )
  })

  it('keep a byte order mark, a NUL-like look-alike and lone accents', () => {
    const hostile = ['\ufeffa', '\u2400', 'a\u0301', '\u202eabc', '😀']
    const page = readPackedPage(packRows([hostile], hostile.length))
    expect(hostile.map((_, column) => page.value(0, column))).toEqual(hostile)
  })

  it('refuse other bytes and places that are not there', () => {
    expect(() => readPackedPage(new ArrayBuffer(4))).toThrow(RangeError)
    expect(() => readPackedPage(new ArrayBuffer(64))).toThrow('not a packed page')
    const page = readPackedPage(packRows([['a']], 1))
    expect(() => page.value(1, 0)).toThrow(RangeError)
    expect(() => page.value(0, 1)).toThrow(RangeError)
    const cut = packRows([['a'], ['b']], 1).slice(0, 20)
    expect(() => readPackedPage(cut)).toThrow(RangeError)
  })
})

describe('a result', () => {
  it('finds each row in pages of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 12 }), (sizes) => {
        const result = createPackedResult([{ name: 'n', typeOid: 23, type: 'integer' }])
        let next = 0
        for (const size of sizes) {
          const rows = Array.from({ length: size }, () => [String(next++)])
          result.append(readPackedPage(packRows(rows, 1)))
        }
        expect(result.rows).toBe(next)
        for (let row = 0; row < next; row++) expect(result.row(row)).toEqual([String(row)])
        expect(() => result.value(next, 0)).toThrow(RangeError)
      }),
    )
  })
})
