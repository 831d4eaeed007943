import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findPlaceholders, namesOf, replacePlaceholders } from '../../../main/query/parameters.ts'

const namesIn = async (text: string) => namesOf(await findPlaceholders(text))

describe('named parameters', () => {
  it.each([
    ['SELECT :a, :b, :a', ['a', 'b']],
    ['SELECT %(handle)s, %(message)s', ['handle', 'message']],
    ['SELECT :user, :select', ['user', 'select']],
    ['SELECT :größe', ['größe']],
    ['SELECT :a::int, :b ::text', ['a', 'b']],
    ['SELECT array[:a, :b], x[:i]', ['a', 'b', 'i']],
  ])('are found in %s', async (text, names) => {
    expect(await namesIn(text)).toEqual(names)
  })

  it.each([
    "SELECT ':a', 'it''s :b', E'\\' :c', $$ :d $$, $x$ :e $x$",
    'SELECT ":a" FROM "x%(b)s"',
    'SELECT 1 -- :a\n /* :b /* :c */ :d */',
    'SELECT now()::date, a::int[]',
    'SELECT a[1:n], a[lower(b):upper(b)], a[:]',
    'SELECT f(a := 1)',
    'SELECT 5 %(b) s, a % (b)',
    'SELECT 1 :a1b2'.replace(':a1b2', ': a'),
  ])('are not seen in %s', async (text) => {
    expect(await namesIn(text)).toEqual([])
  })

  it('are none in a text that the scanner refuses', async () => {
    expect(await namesIn("SELECT :a, 'open")).toEqual([])
    expect(await namesIn('SELECT :a \0')).toEqual([])
    expect(await namesIn('SELECT :a \ud800')).toEqual([])
  })

  it('stand where they are said to stand, in text of any language', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' })), async (texts) => {
        const comment = texts.join(' ').replace(/[*/]/g, '')
        if (comment.includes('\0') || !comment.isWellFormed()) return
        const text = `/* ${comment} */ SELECT :first, '${comment.replaceAll("'", "''").replaceAll('\\', '')}', %(second)s`
        const found = await findPlaceholders(text)
        expect(found.map((one) => text.slice(one.from, one.to))).toEqual([':first', '%(second)s'])
      }),
    )
  })

  it('are replaced with a way back for each offset', async () => {
    const text = 'SELECT :a + %(long)s + :a, x'
    const placeholders = await findPlaceholders(text)
    const replaced = replacePlaceholders(text, placeholders, (name) => (name === 'a' ? 1 : 12))
    expect(replaced.text).toBe('SELECT $1 + $12 + $1, x')
    expect(replaced.original(replaced.text.indexOf('x'))).toBe(text.indexOf('x'))
    expect(replaced.original(replaced.text.indexOf('$12'))).toBe(text.indexOf('%(long)s'))
    expect(replaced.original(0)).toBe(0)
    expect(replaced.original(replaced.text.length)).toBe(text.length)
  })
})
