import { expect, test } from 'vitest'
import { checkSchedule, dueMoment, lastMoment, nextMoment } from '../../../main/instances/schedule.ts'
import type { Schedule } from '../../../preload/contract/instances.ts'

const workdays: Schedule = { zone: 'Europe/Berlin', days: [1, 2, 3, 4, 5], startAt: '08:00', stopAt: '19:00' }
const at = (text: string) => Date.parse(text)
const shown = (moment: ReturnType<typeof nextMoment>) => (moment === null ? null : `${moment.action} ${moment.at.toISOString()}`)

test('the next and the last moment, over a weekend', () => {
  // A Friday afternoon in winter: Berlin is one hour ahead.
  expect(shown(nextMoment(workdays, at('2026-11-20T15:00:00Z')))).toBe('stop 2026-11-20T18:00:00.000Z')
  expect(shown(nextMoment(workdays, at('2026-11-20T18:00:00Z')))).toBe('start 2026-11-23T07:00:00.000Z')
  expect(shown(lastMoment(workdays, at('2026-11-22T12:00:00Z')))).toBe('stop 2026-11-20T18:00:00.000Z')
  expect(shown(lastMoment(workdays, at('2026-11-20T18:00:00Z')))).toBe('stop 2026-11-20T18:00:00.000Z')
})

test('summer time moves the moment, not the hour on the wall', () => {
  expect(shown(nextMoment(workdays, at('2026-03-27T20:00:00Z')))).toBe('start 2026-03-30T06:00:00.000Z')
  expect(shown(nextMoment(workdays, at('2026-10-23T20:00:00Z')))).toBe('start 2026-10-26T07:00:00.000Z')
})

test('an hour that summer time leaves out comes right after it, and one that comes twice counts once', () => {
  const nightly: Schedule = { zone: 'Europe/Berlin', days: [7], startAt: null, stopAt: '02:30' }
  expect(shown(nextMoment(nightly, at('2026-03-28T12:00:00Z')))).toBe('stop 2026-03-29T01:00:00.000Z')
  expect(shown(nextMoment(nightly, at('2026-10-25T00:00:00Z')))).toBe('stop 2026-10-25T00:30:00.000Z')
  expect(shown(nextMoment(nightly, at('2026-10-25T00:30:00Z')))).toBe('stop 2026-11-01T01:30:00.000Z')
})

test('a zone of half an hour, and one beyond the date line', () => {
  expect(shown(nextMoment({ ...workdays, zone: 'Asia/Kolkata' }, at('2026-11-20T00:00:00Z')))).toBe('start 2026-11-20T02:30:00.000Z')
  expect(shown(nextMoment({ ...workdays, zone: 'Pacific/Kiritimati' }, at('2026-11-22T00:00:00Z')))).toBe('start 2026-11-22T18:00:00.000Z')
})

test('a stop that was missed is made up for until the start that ends it', () => {
  const friday = at('2026-11-20T15:00:00Z')
  expect(dueMoment(workdays, friday, at('2026-11-22T12:00:00Z'))).toMatchObject({ moment: { action: 'stop' }, late: false })
  // On Monday at nine the start is the last word; the stop of Friday is past.
  expect(dueMoment(workdays, friday, at('2026-11-23T07:30:00Z'))).toMatchObject({ moment: { action: 'start' }, late: false })
  expect(dueMoment(workdays, friday, at('2026-11-23T09:00:00Z'))).toMatchObject({ moment: { action: 'start' }, late: true })
})

test('without a start, a stop is made up for during six hours', () => {
  const stops: Schedule = { ...workdays, startAt: null }
  const before = at('2026-11-20T15:00:00Z')
  expect(dueMoment(stops, before, at('2026-11-20T23:59:00Z'))?.late).toBe(false)
  expect(dueMoment(stops, before, at('2026-11-21T09:00:00Z'))?.late).toBe(true)
})

test('what was done is not due again', () => {
  expect(dueMoment(workdays, at('2026-11-20T18:00:00Z'), at('2026-11-20T18:00:01Z'))).toBeNull()
  expect(dueMoment(workdays, at('2026-11-20T17:59:59Z'), at('2026-11-20T18:00:00Z'))).toMatchObject({ moment: { action: 'stop' } })
})

test.each<readonly [string, Partial<Schedule>]>([
  ['Mars/Olympus is not a time zone', { zone: 'Mars/Olympus' }],
  ['Choose at least one weekday', { days: [] }],
  ['Give a time', { startAt: null, stopAt: null }],
  ['are the same', { startAt: '19:00' }],
])('a schedule is refused: %s', (words, part) => {
  expect(() => checkSchedule({ ...workdays, ...part })).toThrow(words)
  expect(() => checkSchedule(workdays)).not.toThrow()
})
