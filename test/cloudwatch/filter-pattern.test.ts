import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PatternError, parseFilterPattern } from '../../cloudwatch/filter-pattern.ts'

const found = (pattern: string, messages: readonly string[]) => messages.filter((message) => parseFilterPattern(pattern).matches(message))

describe('terms', () => {
  const requests = [
    '[ERROR 400] BAD REQUEST',
    '[ERROR 401] UNAUTHORIZED REQUEST',
    '[ERROR 419] MISSING ARGUMENTS',
    '[ERROR 500] INTERNAL SERVER ERROR',
    '[INFO] request done',
  ] as const
  const [bad, unauthorized, missing, internal, info] = requests

  test.each([
    ['', requests],
    ['   ', requests],
    ['" "', requests],
    ['ERROR', [bad, unauthorized, missing, internal]],
    ['error', []],
    ['ERROR ARGUMENTS', [missing]],
    ['?INFO ?ARGUMENTS', [missing, info]],
    ['?INFO ?ARGUMENTS REQUEST', [bad, unauthorized]],
    ['?INFO -REQUEST', [missing, internal, info]],
    ['"INTERNAL SERVER ERROR"', [internal]],
    ['"INTERNAL ERROR"', []],
    ['ERROR -ARGUMENTS', [bad, unauthorized, internal]],
    ['"ERROR" - "REQUEST"', [missing, internal]],
    ['-ERROR', [info]],
    ['?"401" ?"419"', [unauthorized, missing]],
    ['%AUTHORIZED%', [unauthorized]],
    ['%[45]0[01]\\]% -BAD', [unauthorized, internal]],
  ])('%s finds what AWS says', (pattern, expected) => {
    expect(found(pattern, requests)).toEqual(expected)
  })

  test('a quotation mark within a phrase is written with a backslash', () => {
    expect(found('"relation \\"users\\""', ['relation "users" does not exist', 'relation users'])).toEqual([
      'relation "users" does not exist',
    ])
  })

  test('the words of a pattern are those that a found message holds', () => {
    expect(parseFilterPattern('ERROR "a phrase" -not %x%').words).toEqual(['ERROR', 'a phrase'])
    expect(parseFilterPattern('?one ?two').words).toEqual(['one', 'two'])
    expect(parseFilterPattern('?one two').words).toEqual(['two'])
  })

  test('plain terms agree with their plain meaning', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'C', '_', '1'), minLength: 1, maxLength: 3 })
    const term = fc.record({ kind: fc.constantFrom('', '-', '?'), word: letters, quoted: fc.boolean() })
    const message = fc.string({ unit: fc.constantFrom('a', 'b', 'C', '_', '1', ' '), maxLength: 12 })
    fc.assert(
      fc.property(fc.array(term, { maxLength: 5 }), message, (terms, message) => {
        const pattern = terms.map(({ kind, word, quoted }) => kind + (quoted ? `"${word}"` : word)).join(' ')
        const of = (wanted: string) => terms.filter(({ kind }) => kind === wanted).map(({ word }) => message.includes(word))
        const onlyOptional = terms.length > 0 && terms.every(({ kind }) => kind === '?')
        const expected = onlyOptional ? of('?').includes(true) : !of('').includes(false) && !of('-').includes(true)
        expect(parseFilterPattern(pattern).matches(message)).toBe(expected)
      }),
    )
  })
})

describe('regular expressions', () => {
  test.each([
    ['%^[hc]at%', ['hat', 'cat'], ['a hat', 'bat']],
    ['%[hc]at$%', ['a hat', 'cat'], ['hats']],
    ['%colou?r%', ['color', 'colour'], ['colr']],
    ['%^a{3,5}$%', ['aaa', 'aaaaa'], ['aa', 'aaaaaa']],
    ['%^a{,2}$%', ['', 'aa'], ['aaa']],
    ['%^a{2, 3}$%', ['aa', 'aaa'], ['a']],
    ['%^starting|^shutting down%', ['starting now', 'shutting down'], ['not shutting down']],
    ['%\\[.\\]%', ['[a]', '[]]'], ['[]', 'a']],
    ['%10\\.10\\.0\\.1%', ['10.10.0.1'], ['10010,051']],
    ['%10.10.0.1%', ['10.10.0.1', '10010,051'], []],
    ['%\\d\\s\\w\\D\\S\\W%', ['1 ax!.'], ['a ax!.']],
    ['%\\x28\\x3A%', ['(:'], ['()']],
    ['%a.b%', ['a\nb'], ['ab']],
  ])('%s', (pattern, yes, no) => {
    expect(found(pattern, [...yes, ...no])).toEqual(yes)
  })

  test.each(['%something!%', '%(a|b)%', '%ä%', '%\\b%', '%\\(%', '%[a%', '%a', '%%', '%*a%', '%a{1000}b{1000}%', '%a% %b% %c%'])(
    '%s is refused',
    (pattern) => {
      expect(() => parseFilterPattern(pattern)).toThrow(PatternError)
    },
  )
})

describe('fields', () => {
  const request = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'

  test.each([
    '[ip=%127\\.0\\.0\\.[1-9]%, user, username, timestamp, request =*.html*, status_code = 4*, bytes]',
    '[..., request =*.html*, status_code = 4*, bytes]',
    '[ip, user, ..., status_code = 404 || status_code = 410, bytes > 1000]',
    '[ip, user, username, timestamp = "10/Oct*", request, (status_code = 4* && status_code != 403), bytes <= 1.534e3]',
    '[ip, user, ...]',
    '[...]',
    '[..., status_code=4*,]',
    '[first = 127*]',
    '[ip, rest = "Prod frank*"]',
  ])('%s finds the request', (pattern) => {
    expect(parseFilterPattern(pattern).matches(request)).toBe(true)
  })

  test.each([
    '[ip, user, username, timestamp, request, status_code = 5*, bytes]',
    '[ip, user, username, timestamp, request, status_code, bytes, more]',
    '[..., status_code = 404]',
    '[ip, user, ..., bytes < 1534]',
    '[a, b, c, d, ..., e, f, g, h]',
    '[ip > 1, ...]',
    '[ip, rest = "Prod frank*1534"]',
  ])('%s does not', (pattern) => {
    expect(parseFilterPattern(pattern).matches(request)).toBe(false)
  })

  test('the last field goes to the end of the line', () => {
    const lines = ['INFO 12:00:00 GET /x', 'WARNING 12:00:02 Invalid request', 'ERROR 12:00:02 Failed to process', 'ERROR']
    expect(found('[w1=ERROR, w2]', lines)).toEqual([lines[2]])
    expect(found('[w1=ERROR || w1=WARNING, w2]', lines)).toEqual([lines[1], lines[2]])
    expect(found('[w1!=ERROR && w1!=WARNING, w2]', lines)).toEqual([lines[0]])
    expect(found('[line != "*request*"]', lines)).toEqual([lines[0], lines[2], lines[3]])
  })

  test('an opened bracket or quotation mark without its other one is a word like others', () => {
    expect(parseFilterPattern('[a = "[x", b = y]').matches('[x y')).toBe(true)
    expect(parseFilterPattern('[a, b]').matches('"x')).toBe(false)
  })
})

describe('what cannot be read', () => {
  test.each([
    ['a-b', "Invalid filter pattern at character 1: Invalid character(s) in term 'a-b'"],
    ['ERROR /status', "at character 7: Invalid character(s) in term '/status'"],
    ['"open', 'at character 1: this quotation mark has no other one: "'],
    ['ERROR -', 'at character 8: a term expected.'],
    ['[a', 'at character 3: ] expected after the fields, found the end.'],
    ['[a, ..., b, ...]', 'at character 16: a second ... in one pattern.'],
    ['[a = 1 || b = 2]', 'at character 11: the conditions of a are about a alone.'],
    ['[a > x]', 'a number expected after >'],
    ['[a] b', 'nothing may follow the closing bracket.'],
    ['x'.repeat(1025), 'it is longer than 1024 characters.'],
  ])('%s tells the place', (pattern, sentence) => {
    expect(() => parseFilterPattern(pattern)).toThrow(sentence)
    expect(() => parseFilterPattern(pattern)).toThrow(PatternError)
  })

  test('no pattern and no message makes anything but a PatternError', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      '$',
      '.',
      '*',
      '%',
      '"',
      "'",
      '\\',
      '&&',
      '||',
      '=',
      '!=',
      '>',
      ',',
      '...',
      ' ',
      '-',
      '?',
      'a',
      '1',
      'IS NULL',
      'NOT EXISTS',
      '\u202e',
    )
    const pattern = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.array(piece, { maxLength: 15 }).map((pieces) => pieces.join('')),
    )
    const message = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.array(piece).map((pieces) => pieces.join('')),
    )
    fc.assert(
      fc.property(pattern, message, (pattern, message) => {
        try {
          expect(typeof parseFilterPattern(pattern).matches(message)).toBe('boolean')
        } catch (error) {
          expect(error).toBeInstanceOf(PatternError)
        }
      }),
      { numRuns: 3_000 },
    )
  })

  test('patterns of parentheses and lines of brackets, quotation marks and digits come to an end', () => {
    expect(() => parseFilterPattern(`{${'('.repeat(1000)}`)).toThrow(PatternError)
    expect(parseFilterPattern(`{${'('.repeat(400)}$.a = 1${')'.repeat(400)}}`).matches('{"a":1}')).toBe(true)
    const long = 262_144
    for (const pattern of ['[..., a = 1, b]', '[a, b, c]', '{ $.a[*] = 1 }', '[a > 1]', '%a.*b.*c.*d.*e$%', '"needle"']) {
      for (const text of ['[', '"', '[ ', '" [', '1', ' ', '{"a":', 'abcd ']) {
        const parsed = parseFilterPattern(pattern)
        expect(typeof parsed.matches(text.repeat(long / text.length))).toBe('boolean')
      }
    }
  })
})
