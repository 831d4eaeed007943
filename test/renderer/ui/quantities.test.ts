import { expect, test } from 'vitest'
import { countOf, formatBytes, formatCountdown, formatDuration } from '../../../renderer/ui/quantities.ts'

test.each([
  [0, '0 bytes'],
  [1023, '1023 bytes'],
  [1024, '1.0 kB'],
  [7_759_462, '7.4 MB'],
  [5 * 1024 ** 4, '5.0 TB'],
  [1023.99 * 1024, '1024 kB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test.each([
  [0.42, '0.4 ms'],
  [38.4, '38 ms'],
  [999.6, '1.0 s'],
  [4100, '4.1 s'],
  [59_960, '1 min 0 s'],
  [14 * 60_000, '14 min'],
  [131 * 60_000, '2 h 11 min'],
  [76 * 3_600_000, '3 d 4 h'],
])('%d milliseconds are %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test('counts carry their noun', () => {
  expect([countOf(1, 'row'), countOf(1204, 'row'), countOf(0, 'entry', 'entries')]).toEqual(['1 row', '1,204 rows', '0 entries'])
})

test('a countdown never goes below zero', () => {
  expect([formatCountdown(15 * 60_000), formatCountdown(59_001), formatCountdown(-5)]).toEqual(['15:00', '1:00', '0:00'])
})
