import { describe, expect, test } from 'vitest'
import { PatternError, parseFilterPattern } from '../../cloudwatch/filter-pattern.ts'

const trail = JSON.stringify({
  eventType: 'UpdateTrail',
  sourceIPAddress: '111.111.111.111',
  arrayKey: ['value', 'another value'],
  objectList: [
    { name: 'a', id: 1 },
    { name: 'b', id: 2 },
  ],
  SomeObject: null,
  ThisFlag: true,
  'cluster.name': 'c',
  latency: 500,
  port: '5432',
  user: { id: 1, email: 'John.Stiles@example.com' },
  users: [{ id: 2, email: 'John.Doe@example.com' }],
  actions: ['GET', 'PUT', 'DELETE'],
  coordinates: [
    [0, 1, 2],
    [4, 5, 6],
  ],
})

describe('a JSON pattern', () => {
  test.each([
    '{ $.eventType = "UpdateTrail" }',
    '{$.eventType=UpdateTrail}',
    '{ $.sourceIPAddress != 123.123.* }',
    '{ $.sourceIPAddress = 111.* }',
    '{ $.eventType = *Trail }',
    '{ $.eventType = "*dateTr*" }',
    '{ $.arrayKey[0] = "value" }',
    '{ $.objectList[1].id = 2 }',
    '{ $.SomeObject IS NULL }',
    '{ $.SomeOtherObject NOT EXISTS }',
    '{ $.ThisFlag IS TRUE }',
    '{ $.eventType = %Trail% }',
    '{ $.arrayKey[*] = %val.{2}% }',
    '{ $.* = %111\\.111\\.111\\.1[0-9]{1,2}% }',
    '{ $.[\'cluster.name\'] = "c" }',
    '{ $["cluster.name"] = c }',
    '{ $.latency >= 500 }',
    '{ $.latency < 10e3 && $.latency > +499.5 }',
    '{ $.latency = 5e2 }',
    '{ $.latency = * }',
    '{ $.latency = 5* }',
    '{ $.port = 5432 }',
    '{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }',
    '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch" && $.actions[2] = "nonmatch" }',
    '{ $.coordinates[1][*] = 6 }',
  ])('%s finds the event', (pattern) => {
    expect(parseFilterPattern(pattern).matches(trail)).toBe(true)
    expect(parseFilterPattern(pattern).matches(`${trail}\n`)).toBe(true)
  })

  test.each([
    '{ $.eventType = "updateTrail" }',
    '{ $.eventType = Update }',
    '{ $.SomeObject NOT EXISTS }',
    '{ $.nothing IS NULL }',
    '{ $.ThisFlag IS FALSE }',
    '{ $.latency > 500 }',
    '{ $.port > 1 }',
    '{ $.users = 1 }',
    '{ $.users != 1 }',
    '{ $.nothing != 1 }',
    '{ $.SomeObject != 1 }',
    '{ $.arrayKey[2] = "value" }',
    '{ $.user[0] = 1 }',
    '{ $.constructor = * }',
    '{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }',
    '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch") && $.actions[2] = "nonmatch" }',
  ])('%s does not', (pattern) => {
    expect(parseFilterPattern(pattern).matches(trail)).toBe(false)
  })

  test('a message that is no JSON object is not found, whatever is asked', () => {
    const pattern = parseFilterPattern('{ $.x NOT EXISTS }')
    for (const message of ['', 'text', '[1]', '"x"', '{"cut": ', '{"a":1} more', 'x {"a":1}']) expect(pattern.matches(message)).toBe(false)
    expect(pattern.matches('  {"a":1}')).toBe(true)
  })

  test('names that objects have by themselves are names like others', () => {
    expect(parseFilterPattern('{ $.__proto__ NOT EXISTS }').matches('{}')).toBe(true)
    expect(parseFilterPattern('{ $.__proto__.a = 1 }').matches('{"__proto__":{"a":1}}')).toBe(true)
  })

  test.each([
    ['{ $.a EXISTS }', 'CloudWatch knows IS NULL, IS TRUE, IS FALSE and NOT EXISTS alone.'],
    ['{ $.a IS NOT NULL }', 'CloudWatch knows'],
    ['{ a = 1 }', '$ expected before a selector, found "a = 1 }".'],
    ['{ $ = 1 }', 'a selector names a property'],
    ['{ $.a }', 'one of = != < > <= >= expected.'],
    ['{ $.a = }', 'a value expected'],
    ['{ $.a = "x }', 'this quotation mark has no other one'],
    ['{ $.a = 1', '} expected after the conditions, found the end.'],
    ['{ ($.a = 1 }', ') expected'],
    ['{ $.a = 1 } x', 'nothing may follow the closing brace.'],
    ['{ $.a[x] = 1 }', 'a number, * or a name in quotes expected'],
    ['{ $.*.b.* = 1 }', 'more than one wildcard in one selector.'],
    ['{ $.* = 1 && $.b[*] = 1 && $.c[*] = 1 && $.d.* = 1 }', 'more than 3 wildcard selectors'],
    ['{ $.a = %x% && $.b = %y% && $.c = %z% }', 'more than 2 regular expressions'],
    ['{}', '$ expected'],
  ])('%s is refused', (pattern, sentence) => {
    expect(() => parseFilterPattern(pattern)).toThrow(sentence)
    expect(() => parseFilterPattern(pattern)).toThrow(PatternError)
  })

  test('JSON nested as deeply as a line can hold is read', () => {
    const depth = 100_000
    expect(parseFilterPattern('{ $.a[0] = 1 }').matches(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`)).toBe(false)
  })
})
