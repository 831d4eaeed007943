import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asideName, byteLength, cutToBytes, maxNameBytes, quoteIdentifier, quoteQualified } from '../../../main/postgres/identifier.ts'

test('quotes every name, doubling the quotes in it', () => {
  expect(quoteIdentifier('user')).toBe('"user"')
  expect(quoteIdentifier('a"; DROP TABLE b; --')).toBe('"a""; DROP TABLE b; --"')
  expect(quoteQualified('public', 'Mixed Case')).toBe('"public"."Mixed Case"')
  expect(() => quoteIdentifier('')).toThrow(RangeError)
  expect(() => quoteIdentifier('a\0b')).toThrow(RangeError)
})

test('leaves no way out of the quotes', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (name) => {
      fc.pre(!name.includes('\0'))
      const inner = quoteIdentifier(name).slice(1, -1)
      expect(inner.replaceAll('""', '')).not.toContain('"')
      expect(inner.replaceAll('""', '"')).toBe(name)
    }),
  )
})

test('sets a name aside within 63 bytes, never splitting a character, two long names apart', () => {
  expect(asideName('cruddur', '_next')).toBe('cruddur_next')
  const long = 'ü'.repeat(31)
  expect(asideName(`${long}a`, '_next')).not.toBe(asideName(`${long}b`, '_next'))
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' }), (name) => {
      const aside = asideName(name, '_prev')
      expect(byteLength(aside)).toBeLessThanOrEqual(maxNameBytes)
      expect(aside.endsWith('_prev')).toBe(true)
      expect(aside.isWellFormed()).toBe(true)
      expect(asideName(name, '_prev')).toBe(aside)
    }),
  )
  expect(cutToBytes('aé🦆', 6)).toBe('aé')
})
