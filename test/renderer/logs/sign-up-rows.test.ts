import { describe, expect, test } from 'vitest'
import type { SignUp } from '../../../preload/contract/logs.ts'
import { firstFilter, shapeSignUps, valuesOf, whyUnknown } from '../../../renderer/logs/sign-up-rows.ts'

const signUp = (key: string, more: Partial<SignUp> = {}): SignUp => ({
  key,
  sub: `sub-${key}`,
  email: `${key}@example.com`,
  name: null,
  handle: null,
  trigger: 'sign_up',
  attempts: [{ requestId: null, stream: 's', at: 1, outcome: 'ok', durationMs: 12 }],
  outcome: 'ok',
  reason: null,
  row: 'there',
  rowCreatedAt: null,
  ...more,
})

const all = { filter: 'all', showResets: false, repaired: new Set<string>() } as const

describe('the sign-ups that are shown', () => {
  const ada = signUp('ada')
  const grace = signUp('grace', { row: 'missing' })
  const reset = signUp('ada again', { trigger: 'password_reset', sub: 'sub-ada' })

  test('those without a row, or all, in the order of main', () => {
    expect(shapeSignUps([grace, ada], all)).toMatchObject({ rows: [grace, ada], missing: 1, all: 2, resets: 0 })
    expect(shapeSignUps([grace, ada], { ...all, filter: 'missing' }).rows).toEqual([grace])
  })

  test('password resets count apart and are shown when asked for', () => {
    expect(shapeSignUps([reset, ada], all)).toMatchObject({ rows: [ada], all: 1, resets: 1 })
    expect(shapeSignUps([reset, ada], { ...all, showResets: true }).rows).toEqual([reset, ada])
    expect(shapeSignUps([reset, ada], { ...all, filter: 'missing', showResets: true }).rows).toEqual([])
  })

  test('a reset that alone tells of a user without a row is shown once, with or without the switch', () => {
    const later = signUp('lin 2', { trigger: 'password_reset', sub: 'sub-lin', row: 'missing' })
    const earlier = signUp('lin 1', { trigger: 'password_reset', sub: 'sub-lin', row: 'missing' })
    expect(shapeSignUps([later, earlier], { ...all, filter: 'missing' })).toMatchObject({ rows: [later], missing: 1, resets: 1 })
    const known = signUp('lin', { row: 'missing' })
    expect(shapeSignUps([later, known], { ...all, filter: 'missing' })).toMatchObject({ rows: [known], missing: 1, resets: 1 })
  })

  test('who signed up again later needs no row for the first time', () => {
    const first = { ...grace, supersededBy: 'sub-grace-2' }
    expect(shapeSignUps([ada, first], all)).toMatchObject({ rows: [ada, first], missing: 0, all: 2 })
    expect(shapeSignUps([ada, first], { ...all, filter: 'missing' }).rows).toEqual([])
    expect(firstFilter({ state: 'read', signUps: [first] })).toBe('all')
  })

  test('one that was repaired here stays in view', () => {
    const written = { ...grace, row: 'there' as const }
    expect(shapeSignUps([written], { ...all, filter: 'missing', repaired: new Set(['grace']) })).toMatchObject({
      rows: [written],
      missing: 0,
    })
  })

  test('the list begins with those without a row, once it is known that there are any', () => {
    expect(firstFilter({ state: 'reading', signUps: [ada] })).toBe(null)
    expect(firstFilter({ state: 'reading', signUps: [ada, grace] })).toBe('missing')
    expect(firstFilter({ state: 'read', signUps: [ada] })).toBe('all')
  })
})

describe('what is not known', () => {
  const lost = { readable: false, problem: { code: 'SQL' as const, message: 'relation "users" does not exist' } }

  test('the table’s problem comes first, then what the log does not tell', () => {
    expect(whyUnknown(signUp('a'), lost)).toBe(null)
    expect(whyUnknown(signUp('a', { row: 'unknown' }), lost)).toBe('relation "users" does not exist')
    expect(whyUnknown(signUp('a', { row: 'unknown', sub: null, email: null }), { readable: true, problem: null })).toMatch(/who it was/)
  })

  test('the values of the row are what the log tells, and empty where it tells nothing', () => {
    expect(valuesOf(signUp('a', { handle: 'ada.l' }))).toEqual({
      display_name: '',
      handle: 'ada.l',
      email: 'a@example.com',
      cognito_user_id: 'sub-a',
    })
  })
})
