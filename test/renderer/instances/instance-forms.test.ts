import { describe, expect, test } from 'vitest'
import type { Finding } from '../../../preload/contract/posture.ts'
import type { Creation, CreationCheck, CreationOptions } from '../../../preload/contract/provision.ts'
import { freeName, makePassword, moveTo, restOf, saidOf, withSome } from '../../../renderer/instances/creation-draft.ts'
import { environmentIdFrom, environmentIdProblem } from '../../../renderer/instances/environment-name.ts'
import { groupFindings } from '../../../renderer/instances/finding-groups.ts'
import { summaryOf, toChart } from '../../../renderer/instances/metric-points.ts'
import { formatPerHour, formatUsd } from '../../../renderer/instances/money.ts'
import { draftOf, problemOf, scheduleOf, scheduleWords } from '../../../renderer/instances/schedule-draft.ts'
import { snapshotName, snapshotNameProblem } from '../../../renderer/instances/snapshot-name.ts'
import { toneOf } from '../../../renderer/instances/status.ts'

describe('a schedule', () => {
  test('begins with weekdays, and says what it does', () => {
    const draft = draftOf(null, 'Europe/Berlin')
    expect(problemOf(draft)).toBe(null)
    expect(scheduleWords(scheduleOf(draft))).toBe('Monday to Friday: starts it at 08:00 and stops it at 19:00, Europe/Berlin time.')
    expect(scheduleWords({ zone: 'UTC', days: [6, 1], startAt: null, stopAt: '20:30' })).toBe(
      'Monday, Saturday: stops it at 20:30, UTC time.',
    )
  })
  test('a short time is taken, a wrong one is not', () => {
    const draft = draftOf(null, 'UTC')
    expect(scheduleOf({ ...draft, startAt: '7:30' }).startAt).toBe('07:30')
    for (const startAt of ['', '24:00', '8', '12:60', 'noon'])
      expect(problemOf({ ...draft, startAt }), startAt).toContain('hours and minutes')
    expect(problemOf({ ...draft, starts: false, startAt: 'noon' })).toBe(null)
  })
  test('needs a day and a time, and does not start as it stops', () => {
    const draft = draftOf(null, 'UTC')
    expect(problemOf({ ...draft, days: [] })).toContain('day')
    expect(problemOf({ ...draft, starts: false, stops: false })).toContain('time')
    expect(problemOf({ ...draft, startAt: '9:00', stopAt: '09:00' })).toContain('same time')
  })
  test('one that is there fills the form', () => {
    const schedule = { zone: 'Asia/Tokyo', days: [2], startAt: null, stopAt: '18:00' }
    expect(scheduleOf(draftOf(schedule, 'UTC'))).toEqual(schedule)
  })
})

describe('a creation', () => {
  const defaults: Creation = {
    profile: 'default',
    region: 'eu-west-1',
    identifier: '',
    instanceClass: 'db.t4g.micro',
    engineVersion: '18.4',
    masterUser: 'root',
    managePassword: false,
    database: '',
    port: 5432,
    storageGib: 20,
    storageType: 'gp3',
    encrypted: true,
    publiclyAccessible: false,
    multiAz: false,
    securityGroups: ['sg-new'],
    backupRetentionDays: 7,
    deletionProtection: true,
    iamAuthentication: true,
    performanceInsights: true,
    makeEnvironment: null,
  }
  const options: CreationOptions = {
    engineVersions: ['18.4'],
    instanceClasses: ['db.t4g.micro', 'db.m6g.large'],
    availabilityZones: ['eu-west-1a'],
    securityGroups: [{ id: 'sg-new', name: 'default', vpc: null }],
    defaults,
    unseen: [],
  }
  test('in another region keeps what is to be had there', () => {
    const before: Creation = {
      ...defaults,
      region: 'ca-central-1',
      identifier: 'orders',
      instanceClass: 'db.m6g.large',
      engineVersion: '16.1',
      availabilityZone: 'ca-central-1a',
      subnetGroup: 'ours',
      securityGroups: ['sg-old'],
    }
    expect(moveTo(options, before)).toEqual({ ...defaults, identifier: 'orders', instanceClass: 'db.m6g.large' })
    expect(moveTo(options, null)).toBe(defaults)
  })
  test('a name that is taken gets the next number', () => {
    expect(freeName('orders', new Set(['order']))).toBe('orders')
    expect(freeName('orders', new Set(['orders', 'orders-2']))).toBe('orders-3')
  })
  test('an emptied choice is left out', () => {
    const zoned = withSome(defaults, { availabilityZone: 'eu-west-1a', password: 'secret' })
    expect(withSome(zoned, { availabilityZone: undefined, password: undefined })).toEqual(defaults)
  })
  test('what is said stands at its field, and nothing is lost', () => {
    const refusals = [
      { field: 'identifier', sentence: 'Too long.' },
      { field: 'makeEnvironment.id', sentence: 'Taken.' },
      { field: 'quota', sentence: 'Too many.' },
    ]
    const check: CreationCheck = { refusals, warnings: [], command: '', perHour: null, storagePerMonth: null }
    expect(saidOf(check, 'refusals', 'makeEnvironment')).toEqual(['Taken.'])
    expect(restOf(check, ['identifier', 'makeEnvironment'])).toEqual(['Too many.'])
  })
  test('a made password is one that RDS takes, and never the same', () => {
    const made = Array.from({ length: 50 }, () => makePassword())
    for (const password of made) expect(password).toMatch(/^[!-~]{32}$/)
    for (const password of made) expect(password).not.toMatch(/[/"@\s]/)
    expect(new Set(made).size).toBe(50)
  })
})

test('a snapshot’s name is one that AWS takes', () => {
  const name = snapshotName('Cruddur-DB', 'final', new Date('2026-11-21T12:05:30Z'))
  expect(name).toBe('cruddur-db-final-2026-11-21-1205')
  expect(snapshotNameProblem(name)).toBe(null)
  expect(snapshotNameProblem(snapshotName('a'.repeat(63), 'before-stop', new Date()))).toBe(null)
  for (const wrong of ['', '1a', 'a_b', 'a--b', 'a-', 'a'.repeat(256)]) expect(snapshotNameProblem(wrong), wrong).not.toBe(null)
})

test('an environment’s id is made of the identifier', () => {
  expect(environmentIdFrom('Reporting-DB')).toBe('reporting-db')
  expect(environmentIdProblem(environmentIdFrom(`9-${'x'.repeat(60)}-`))).toBe(null)
  expect(environmentIdProblem('Über')).not.toBe(null)
})

test('money has as many digits as it needs, and its unit', () => {
  expect([0, 0.0042, 0.018, 12.4, 1234.5].map(formatUsd)).toEqual(['0.00 USD', '0.0042 USD', '0.018 USD', '12.40 USD', '1,234.50 USD'])
  expect(formatPerHour(0.018)).toBe('0.018 USD/h')
})

test('a status that nobody knows is not judged', () => {
  expect(['available', 'stopped', 'stopping', 'storage-full', 'incompatible-network', 'entangling'].map(toneOf)).toEqual([
    'ok',
    'plain',
    'busy',
    'bad',
    'bad',
    'plain',
  ])
})

test('a time without measurements is a gap in the chart', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 10, minute)).toISOString()
  const points = toChart(
    [
      { at: at(20), value: 7 },
      { at: at(0), value: 1 },
      { at: at(5), value: 9 },
    ],
    300,
  )
  expect(points.map(({ value }) => value)).toEqual([1, 9, null, 7])
  expect(summaryOf(points)).toMatchObject({ last: { value: 7 }, highest: { value: 9 } })
  expect(summaryOf(toChart([{ at: at(0), value: null }], 300))).toBe(null)
})

test('findings to mend come first', () => {
  const finding = (verdict: Finding['verdict']): Finding => ({ rule: 'backups', title: '', verdict, sentence: '', why: '', change: null })
  const groups = groupFindings([finding('good'), finding('information'), finding('bad'), finding('good')])
  expect(groups.map(({ verdict, findings }) => `${verdict} ${findings.length}`)).toEqual(['bad 1', 'good 2', 'information 1'])
})
