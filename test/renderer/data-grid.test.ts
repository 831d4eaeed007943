import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Column } from '../../preload/contract/packed.ts'
import { type CopyFormat, formatRows } from '../../renderer/ui/data-grid-copy.ts'
import { formatJson } from '../../renderer/ui/data-grid-json.ts'
import { moved } from '../../renderer/ui/data-grid-keys.ts'
import {
  allRows,
  countSelected,
  extendTo,
  isSelected,
  noRows,
  onlyRow,
  type RowSelection,
  toggleRow,
} from '../../renderer/ui/data-grid-selection.ts'
import { isPlain, visibleParts } from '../../renderer/ui/data-grid-text.ts'
import {
  columnsInView,
  edgesOf,
  pixelLimit,
  rowsInView,
  scrollHeight,
  scrollTopFor,
  topAfterScroll,
  topShowing,
} from '../../renderer/ui/data-grid-window.ts'

describe('the rows in view', () => {
  const short = { count: 1000, rowHeight: 26, viewport: 520 }
  const long = { count: 50_000_000, rowHeight: 26, viewport: 520 }

  it('are those under the scroll position, with some more around', () => {
    expect(rowsInView(short, 0, 3)).toEqual({ from: 0, to: 23 })
    expect(rowsInView(short, 2600, 3)).toEqual({ from: 97, to: 123 })
    expect(rowsInView(short, 26_000 - 520, 3)).toEqual({ from: 977, to: 1000 })
    expect(rowsInView({ ...short, count: 0 }, 0, 3)).toEqual({ from: 0, to: 0 })
  })

  it('reach the first and the last row of lists that no browser can hold the height of', () => {
    expect(scrollHeight(long)).toBe(pixelLimit)
    const atEnd = topAfterScroll(long, { top: 0, scrollTop: 0 }, scrollHeight(long) - long.viewport)
    expect(rowsInView(long, atEnd, 0).to).toBe(long.count)
    expect(topAfterScroll(long, { top: atEnd, scrollTop: 1_000_000 }, 0)).toBe(0)
  })

  it('move pixel by pixel with a wheel, and by fraction with the scrollbar', () => {
    const before = { top: 1_000_000, scrollTop: 12_000 }
    expect(topAfterScroll(long, before, 12_100)).toBe(1_000_100)
    const half = topAfterScroll(long, before, (scrollHeight(long) - long.viewport) / 2)
    expect(half / (long.count * long.rowHeight)).toBeCloseTo(0.5, 3)
    expect(scrollTopFor(long, half)).toBeCloseTo((scrollHeight(long) - long.viewport) / 2, 0)
  })

  it('hold a row that is to be seen', () => {
    fc.assert(
      fc.property(fc.nat(999), fc.nat(26_000 - 520), (row, top) => {
        const next = topShowing(short, top, row)
        expect(row * 26).toBeGreaterThanOrEqual(next)
        expect(row * 26 + 26).toBeLessThanOrEqual(next + 520)
      }),
    )
  })

  it('have the columns that touch the view', () => {
    const edges = edgesOf([100, 200, 50, 300])
    expect(columnsInView(edges, 0, 150)).toEqual({ from: 0, to: 2 })
    expect(columnsInView(edges, 100, 10)).toEqual({ from: 1, to: 2 })
    expect(columnsInView(edges, 640, 100)).toEqual({ from: 3, to: 4 })
    expect(columnsInView(edgesOf([]), 0, 100)).toEqual({ from: 0, to: 0 })
  })
})

describe('selected rows', () => {
  it('are the same as in a plain set', () => {
    const step = fc.record({ kind: fc.constantFrom('only', 'toggle'), row: fc.nat(20) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let selection: RowSelection = noRows
        let model = new Set<number>()
        for (const { kind, row } of steps) {
          if (kind === 'only') {
            selection = onlyRow(row)
            model = new Set([row])
          } else {
            selection = toggleRow(selection, row)
            if (!model.delete(row)) model.add(row)
          }
        }
        expect(countSelected(selection)).toBe(model.size)
        for (let row = 0; row <= 20; row++) expect(isSelected(selection, row)).toBe(model.has(row))
      }),
    )
  })

  it('extend from where they began, in both directions', () => {
    expect(extendTo(onlyRow(5), 8).runs).toEqual([{ from: 5, to: 8 }])
    expect(extendTo(extendTo(onlyRow(5), 8), 2).runs).toEqual([{ from: 2, to: 5 }])
    expect(countSelected(allRows(1_000_000))).toBe(1_000_000)
    expect(allRows(0)).toBe(noRows)
  })
})

describe('the keyboard', () => {
  const bounds = { rows: 100, columns: 5, page: 20 }
  const press = (key: string, place = { row: 10, column: 2 }, ctrlKey = false) => moved(place, { key, ctrlKey, metaKey: false }, bounds)
  it('moves over the cells and into the header, and never beyond', () => {
    expect(press('ArrowDown')).toEqual({ row: 11, column: 2 })
    expect(press('ArrowUp', { row: 0, column: 2 })).toEqual({ row: -1, column: 2 })
    expect(press('ArrowUp', { row: -1, column: 2 })).toEqual({ row: -1, column: 2 })
    expect(press('ArrowRight', { row: 10, column: 4 })).toEqual({ row: 10, column: 4 })
    expect(press('PageDown', { row: 90, column: 0 })).toEqual({ row: 99, column: 0 })
    expect(press('End')).toEqual({ row: 10, column: 4 })
    expect(press('Home', { row: 10, column: 2 }, true)).toEqual({ row: 0, column: 0 })
    expect(press('End', { row: 10, column: 2 }, true)).toEqual({ row: 99, column: 4 })
    expect(press('x')).toBeNull()
  })
})

describe('unseen characters', () => {
  it('are marked, and nothing else is changed', () => {
    expect(visibleParts('a\tb\u202e\u0000é')).toEqual([
      { text: 'a', mark: false },
      { text: '⇥', mark: true },
      { text: 'b', mark: false },
      { text: '[U+202E]', mark: true },
      { text: '␀', mark: true },
      { text: 'é', mark: false },
    ])
    expect(visibleParts('a\nb\u200b', true)).toEqual([
      { text: 'a\nb', mark: false },
      { text: '[ZWSP]', mark: true },
    ])
    expect(isPlain('plain é 😀 👨‍👩‍👧')).toBe(true)
  })

  it('never make two texts look alike, and keep all of the rest', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const plain = visibleParts(text).filter((part) => !part.mark)
        expect(plain.every((part) => isPlain(part.text))).toBe(true)
        expect(visibleParts(text).length === 0).toBe(text === '')
      }),
    )
  })
})

describe('rows as text', () => {
  const columns: Column[] = [
    { name: 'id', typeOid: 20, type: 'bigint' },
    { name: 'say "x"', typeOid: 25, type: 'text' },
    { name: 'id', typeOid: 114, type: 'json' },
    { name: 'ok', typeOid: 16, type: 'boolean' },
  ]
  const rows = [
    ['9007199254740993', `it's, "so"\n\\`, '{"a": 9007199254740993}', 't'],
    ['-5', null, null, null],
    ['7', '', '[]', 'f'],
  ]
  const as = (format: CopyFormat) => formatRows(format, columns, rows, ['my schema', 'users'])

  it('of a spreadsheet keep a value in its cell', () => {
    expect(as('text').split('\n').at(-1)).toBe('7\t\t[]\tf')
    expect(as('text')).toContain('"it\'s, ""so""\n\\"')
  })

  it('in CSV tell NULL from an empty text', () => {
    expect(as('csv')).toBe(
      'id,"say ""x""",id,ok\r\n9007199254740993,"it\'s, ""so""\n\\","{""a"": 9007199254740993}",t\r\n-5,,,\r\n7,"",[],f\r\n',
    )
  })

  it('for a spreadsheet run no formula, and keep negative numbers', () => {
    for (const value of ['=1+1', '+cmd', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '  =1', '＝1', '\n=1']) {
      const text = formatRows('spreadsheet', [{ name: 'a', typeOid: 25, type: 'text' }], [[value]], ['t'])
      expect(text.replace(/^a\r\n"?/, ''), JSON.stringify(value)).toMatch(/^'/)
    }
    expect(formatRows('spreadsheet', [{ name: 'a', typeOid: 20, type: 'bigint' }], [['-5.25']], ['t'])).toBe('a\r\n-5.25\r\n')
  })

  it('in JSON keep every digit and every column', () => {
    expect(as('json').split('\n')[1]).toBe(
      '  {"id": 9007199254740993, "say \\"x\\"": "it\'s, \\"so\\"\\n\\\\", "id_2": {"a": 9007199254740993}, "ok": true},',
    )
    expect(() => JSON.parse(as('json'))).not.toThrow()
    expect(formatRows('json', [{ name: '__proto__', typeOid: 701, type: 'double precision' }], [['NaN']], ['t'])).toContain(
      '"__proto__": "NaN"',
    )
  })

  it('as INSERT cannot end the text that they stand in', () => {
    expect(as('insert').split('\n')[0]).toBe(
      `INSERT INTO "my schema"."users" ("id", "say ""x""", "id", "ok") VALUES (9007199254740993, E'it''s, "so"`,
    )
    expect(as('insert')).toContain(`VALUES (-5, NULL, NULL, NULL);`)
    expect(as('insert')).toContain(`VALUES (7, '', '[]', 'f');`)
  })
})

describe('JSON set out', () => {
  it('keeps digits, order, repeated names and escapes', () => {
    expect(formatJson('{"b":9007199254740993,"a":[1,{}],"b":"x,{\\"y\\":}","c":[]}')).toBe(
      '{\n  "b": 9007199254740993,\n  "a": [\n    1,\n    {}\n  ],\n  "b": "x,{\\"y\\":}",\n  "c": []\n}',
    )
    expect(formatJson('{nope}')).toBeNull()
    expect(formatJson('12')).toBeNull()
  })

  it('is nothing but brackets, as many as a line can hold', () => {
    const text = '['.repeat(128_000) + ']'.repeat(128_000)
    expect(formatJson(text)?.replaceAll(/\s/g, '')).toBe(text)
  })

  it('means the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        const formatted = formatJson(text)
        if (formatted !== null) expect(JSON.parse(formatted)).toEqual(JSON.parse(text))
      }),
    )
  })
})
