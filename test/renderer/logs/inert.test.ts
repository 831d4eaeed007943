import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findRegex } from '../../../renderer/logs/find-regex.ts'
import { findText } from '../../../renderer/logs/find-text.ts'
import { inertMessage } from '../../../renderer/logs/inert.ts'
import { isPlain } from '../../../renderer/ui/data-grid-text.ts'

const shown = (message: string, { lines = false, limit = 1_000, words = [] as readonly string[] } = {}) =>
  inertMessage(message, { limit, lines, markers: words.map((word) => findText(word).mark) })
const text = (message: string, options = {}) =>
  shown(message, options)
    .parts.map((part) => part.text)
    .join('')
const found = (message: string, ...words: readonly string[]) =>
  shown(message, { words })
    .parts.filter((part) => part.found)
    .map((part) => part.text)

describe('what is not seen', () => {
  test.each([
    ['\u001b[31mred\u001b[0m', '[ESC][31mred[ESC][0m'],
    ['user\u202egnp.exe', 'user[U+202E]gnp.exe'],
    ['a\u200bb\u2028c\u0000d', 'a[ZWSP]b[U+2028]c␀d'],
    ['one\rtwo\u0008\u007f', 'one␍two␈[U+007F]'],
    ['REPORT\tDuration: 1 ms\t\n', 'REPORT\tDuration: 1 ms\t'],
    ['Traceback:\n  File\n', 'Traceback:↵  File'],
    ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ])('%j stands there as signs', (message, expected) => {
    expect(text(message)).toBe(expected)
  })

  test('line breaks stay where a message is shown in lines', () => {
    expect(text('a\n\tb\r\n', { lines: true })).toBe('a\n\tb')
  })

  test('nothing that acts on the page or on the text around it is left in any message', () => {
    const hostile = fc.constantFrom('\u001b[2J', '\u202e', '\u2066', '\u200f', '\ufeff', '\r', '\n', '\0', '\u{e0041}', '𝒜', 'a', ' ')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(hostile).map((pieces) => pieces.join('')),
        ),
        fc.integer({ min: 1, max: 30 }),
        (message, limit) => {
          const { parts, before, after } = inertMessage(message, { limit, lines: false, markers: [findText('a').mark] })
          expect(isPlain(parts.map((part) => part.text.replaceAll('\t', '')).join(''))).toBe(true)
          expect(before).toBeGreaterThanOrEqual(0)
          expect(after).toBeGreaterThanOrEqual(0)
        },
      ),
    )
  })
})

describe('a long message', () => {
  test('is cut, and tells how much is left', () => {
    const { parts, before, after } = shown('x'.repeat(262_144), { limit: 2_000 })
    expect(parts.map((part) => part.text.length)).toEqual([2_000])
    expect([before, after]).toEqual([0, 260_144])
  })

  test('is shown where it holds what was found', () => {
    const message = `${'x'.repeat(5_000)}needle${'y'.repeat(5_000)}`
    const { before, after, parts } = shown(message, { limit: 2_000, words: ['NEEDLE'] })
    expect(before).toBe(4_960)
    expect(after).toBe(message.length - 4_960 - 2_000)
    expect(parts.map((part) => [part.text.length, part.found])).toEqual([
      [40, false],
      [6, true],
      [1_954, false],
    ])
  })

  test('is never cut within a character', () => {
    expect(text('😀😀😀', { limit: 3 })).toBe('😀')
  })
})

describe('what was found', () => {
  test('is marked in every place, in capital and small letters, and what overlaps is one', () => {
    expect(found('Error: error in terror', 'error')).toEqual(['Error', 'error', 'error'])
    expect(found('abcdef', 'abc', 'cde')).toEqual(['abcde'])
    expect(found('a.b a+b', 'a.b')).toEqual(['a.b'])
    expect(found('İstanbul İSTANBUL', 'stanbul')).toEqual(['stanbul', 'STANBUL'])
  })

  test('is marked also where it holds what is not seen', () => {
    expect(found('one\u200btwo', 'one\u200bt')).toEqual(['one', '[ZWSP]', 't'])
  })

  test('is marked by regular expressions, but for those that find nothing', () => {
    const marks = (expression: string, message: string) =>
      inertMessage(message, { limit: 100, lines: false, markers: [findRegex(expression, '')?.mark ?? (() => [])] })
        .parts.filter((part) => part.found)
        .map((part) => part.text)
    expect(marks('[0-9]+', 'a 12 b 345')).toEqual(['12', '345'])
    expect(marks('x*', 'a xx b')).toEqual(['xx'])
  })

  test('the parts of a message that is not cut are the message', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string({ minLength: 1, maxLength: 2 }), { maxLength: 3 }), (message, words) => {
        const tidy = message.replace(/\r?\n$/, '')
        expect(text(message, { words, lines: true })).toBe(text(tidy, { lines: true }))
      }),
    )
  })

  test('hundreds of thousands of places are marked up to a number', () => {
    expect(found('a'.repeat(262_144), 'a').length).toBeLessThanOrEqual(200)
    expect(shown('ab'.repeat(500), { words: ['a'] }).parts.filter((part) => part.found)).toHaveLength(200)
  })
})
