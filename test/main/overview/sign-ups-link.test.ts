import { expect, test } from 'vitest'
import { signUpsLink } from '../../../main/overview/sign-ups-link.ts'
import { Failure } from '../../../preload/contract/errors.ts'
import { signUp, signUps } from '../../support/sign-ups.ts'

const now = Date.parse('2026-11-21T10:30:00.000Z')
const minute = (text: string) => Date.parse(`2026-11-21T${text}:00.000Z`)
const group = '/aws/lambda/cruddur-post-confirmation'
const link = (...list: Parameters<typeof signUp>[]) => signUpsLink(signUps({ signUps: list.map((one) => signUp(...one)) }), now)

const table = {
  sentence: 'The table users did not exist when the function ran.',
  line: 'relation "users" does not exist',
  mend: null,
} as const
const grace = { sub: 'sub-grace', email: 'grace@example.com', row: 'missing', outcome: 'hidden error', reason: table } as const

test('all have a row', () => {
  expect(link([{}])).toEqual({
    link: 'sign-ups',
    state: 'sound',
    sentence: 'Last sign-up 10:04:05 UTC (ada@example.com), none without a row.',
    source: null,
    mend: null,
  })
  expect(link([{}, Date.parse('2026-11-20T10:04:05Z')]).sentence).toMatch(/^Last sign-up 20 Nov 2026, 10:04 UTC \(ada@/)
})

test('users without a row are named with since when, the reason, the last success and the failures since', () => {
  expect(
    link([{ ...grace, sub: 'sub-linus', email: 'linus@example.com' }, minute('10:20')], [grace, minute('10:10')], [{}, minute('10:05')]),
  ).toMatchObject({
    state: 'broken',
    sentence:
      '2 users without a row since 10:10:00 UTC: linus@example.com and grace@example.com. The function caught: relation "users" does not exist. Last sign-up 10:05:00 UTC (ada@example.com), 2 failures since.',
    mend: 'open_logs',
  })
})

test('what somebody wrote does nothing to the text around it', () => {
  const email = `\u202emoc.elpmaxe@\u001b[31m${'x'.repeat(500)}`
  const { sentence } = link([{ ...grace, email, reason: { ...table, line: `relation\u2028\0"users"\u2066 ${'y'.repeat(500)}` } }])
  expect(sentence).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u)
  expect(sentence).toContain('The function caught: relation "users"')
  expect(sentence.length).toBeLessThan(350)
})

test('what mends the failure stands beside', () => {
  expect(link([{ ...grace, reason: { ...table, mend: 'open_access' } }])).toMatchObject({ mend: 'open_logs', also: 'open_access' })
  expect(link([grace])).not.toHaveProperty('also')
})

test('a user counts once however often, and not at all who signed up again later', () => {
  const again = link(
    [grace, minute('10:20')],
    [grace, minute('10:10')],
    [{ ...grace, sub: 'old', supersededBy: 'sub-grace' }, minute('10:01')],
  )
  expect(again.sentence).toMatch(/^1 user without a row since 10:20:00 UTC: grace@example\.com\. /)
  expect(again.sentence).toMatch(/No sign-up with a row yet, 3 failures\.$/)
  const mended = link(
    [{ ...grace, row: 'there', reason: null, outcome: 'ok' }, minute('10:20')],
    [{ ...grace, sub: 'old', supersededBy: 'sub-grace' }, minute('10:10')],
  )
  expect(mended).toMatchObject({ state: 'sound', sentence: 'Last sign-up 10:20:00 UTC (grace@example.com), none without a row.' })
})

test('failures that name nobody break it too, until the next success', () => {
  const nobody = { sub: null, email: null, handle: null, name: null, row: 'unknown', outcome: 'failed', reason: table } as const
  expect(link([nobody, minute('10:10')], [{}, minute('10:05')])).toMatchObject({
    state: 'broken',
    sentence: 'The table users did not exist when the function ran. Last sign-up 10:05:00 UTC (ada@example.com), 1 failure since.',
  })
  expect(link([{}, minute('10:20')], [nobody, minute('10:10')]).state).toBe('sound')
})

test('a user whom only the user pool tells of counts among those without a row', () => {
  const alone = { ...grace, attempts: [], outcome: null, poolAt: minute('10:10') }
  expect(link([alone], [{}, minute('10:05')])).toMatchObject({
    state: 'broken',
    sentence: expect.stringMatching(/^1 user without a row since 10:10:00 UTC: grace@example\.com\. /),
  })
})

test('a password reset is no sign-up, but tells of a user without a row', () => {
  expect(link([{ trigger: 'password_reset' }]).sentence).toMatch(/^No sign-up yet: none in /)
  expect(link([{ ...grace, trigger: 'password_reset', outcome: 'ok' }]).state).toBe('broken')
})

test('a function at work is waited for', () => {
  const open = { ...grace, outcome: 'open' } as const
  expect(link([open, now - 3_000], [{}]).sentence).toBe(
    'Last sign-up 10:04:05 UTC (ada@example.com), none without a row; another is under way.',
  )
  expect(link([open, now - 120_000], [{}]).state).toBe('broken')
})

test('no sign-up yet is said plainly, and is nothing to mend', () => {
  expect(signUpsLink(signUps({ state: 'missing' }), now)).toMatchObject({
    state: 'sound',
    sentence: `No sign-up yet: ${group} does not exist until the function first runs.`,
  })
  expect(signUpsLink(signUps(), now).sentence).toBe(`No sign-up yet: none in ${group} since 14 Nov 2026, 10:04 UTC.`)
  expect(signUpsLink(signUps({ group: null, state: 'missing' }), now)).toMatchObject({ state: 'sound' })
})

test('while the log is read it changes; what cannot be asked is unknown', () => {
  expect(signUpsLink(signUps({ state: 'reading' }), now)).toMatchObject({ state: 'changing', sentence: `${group} is being read.` })
  const denied = new Failure('FORBIDDEN', 'work may not read the log group.', { source: { vendor: 'aws', code: 'AccessDeniedException' } })
  for (const answer of [denied, signUps({ state: 'trouble', problem: denied, signUps: [signUp({ row: 'missing' })] })]) {
    expect(signUpsLink(answer, now)).toMatchObject({
      state: 'unknown',
      sentence: 'work may not read the log group.',
      source: 'AccessDeniedException',
      mend: 'look_again',
    })
  }
  const locked = { readable: false, problem: { code: 'FORBIDDEN', message: 'permission denied for table users' } } as const
  expect(signUpsLink(signUps({ table: locked, signUps: [signUp({ row: 'unknown' })] }), now)).toMatchObject({
    state: 'unknown',
    sentence: 'permission denied for table users',
    mend: 'open_logs',
  })
})
