import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Literal, readLiteral } from '../../cloudwatch/literal.ts'
import { pythonRepr } from '../../practice/lambda/python-text.ts'

const plain = (value: Literal | undefined): unknown =>
  value instanceof Map
    ? Object.fromEntries([...value].map(([key, one]) => [key, plain(one)]))
    : Array.isArray(value)
      ? value.map(plain)
      : value

describe('a printed value is read', () => {
  test.each([
    [
      `{'a': 'b', "c": "it's", 'd': None, 'e': True, 'f': 1.5e3, 'g': ['x', ('y',)], 'h': {}}`,
      { a: 'b', c: "it's", d: null, e: null, f: null, g: ['x', ['y']], h: {} },
    ],
    [String.raw`{'a': 'tab\tquote\'slash\\', 'b': '\xe9\u20ac\U0001f600'}`, { a: "tab\tquote'slash\\", b: 'é€😀' }],
    ['{"a": "b\\/\\u00e9", "c": null, "d": [1, true]}', { a: 'b/é', c: null, d: [null, null] }],
    [
      `{\r  sub: 'x',\r  'cognito:user_status': "it's",\r  n: undefined,\r  o: [Object],\r  f: [Function: x],\r  l: [ 'a', ... 12 more items ]\r}`,
      { sub: 'x', 'cognito:user_status': "it's", n: null, o: null, f: null, l: ['a'] },
    ],
    [`{ a: 'one\\n' +\n    'two' }`, { a: 'one\ntwo' }],
    [`[Object: null prototype] { sub: 'x' }`, { sub: 'x' }],
    [`User { sub: 'x' }`, { sub: 'x' }],
    [
      `{'when': datetime.datetime(2026, 11, 21, 15, 0), 'o': <Thing at 0x7f>, 'b': b'x', 'sub': 'y'}`,
      { when: null, o: null, b: 'x', sub: 'y' },
    ],
    [`{'a': 'first', 'a': 'second'}`, { a: 'first' }],
    [`{'__proto__': 'x'}`, Object.fromEntries([['__proto__', 'x']])],
  ])('%s', (text, value) => {
    expect(plain(readLiteral(text, 0))).toEqual(value)
  })

  test.each([
    '',
    '{',
    `{'a'`,
    `{'a': 'b`,
    `{'a': 'b\\`,
    `{'a' 'b'}`,
    `{'a': }`,
    '{{}: 1}',
    `{'a': '\\xzz'}`,
    '{'.repeat(100_000),
    `{'a': ${'['.repeat(100_000)}`,
    'hello',
  ])('what is broken or cut is not: %s', (text) => {
    expect(readLiteral(text, 0)).toBeUndefined()
  })

  test("as Python's repr and Node's console write it, whatever the texts hold", () => {
    const texts = fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 10 }), fc.string({ unit: 'grapheme', maxLength: 30 }), {
      maxKeys: 5,
      noNullPrototype: true,
    })
    fc.assert(
      fc.property(texts, (values) => {
        const dict = `{${Object.entries(values)
          .map(([key, value]) => `${pythonRepr(key)}: ${pythonRepr(value)}`)
          .join(', ')}}`
        expect(plain(readLiteral(dict, 0))).toEqual(values)
        expect(plain(readLiteral(JSON.stringify(values), 0))).toEqual(values)
        expect(plain(readLiteral(inspect(values), 0))).toEqual(values)
      }),
    )
  })
})
