import { expect, test } from 'vitest'
import { formatExactTime, formatTime, zoneName } from '../../../renderer/ui/time-format.ts'

const now = new Date('2026-11-21T10:05:00Z')

test('a time of today is told to the second, one of another day with its day, one of another year with its year', () => {
  expect(formatTime('2026-11-21T10:02:11.204Z', 'utc', now)).toBe('10:02:11')
  expect(formatTime('2026-11-20T23:59:59Z', 'utc', now)).toBe('20 Nov, 23:59')
  expect(formatTime('2025-11-21T10:02:11Z', 'utc', now)).toBe('21 Nov 2025, 10:02')
})

test('an exact time names its zone and goes to the millisecond', () => {
  expect(formatExactTime('2026-11-21T10:02:11.204Z', 'utc')).toBe('Sat, 21 Nov 2026, 10:02:11.204 UTC')
})

test('UTC is called UTC', () => {
  expect(zoneName('utc')).toBe('UTC')
})
