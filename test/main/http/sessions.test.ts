import { beforeEach, describe, expect, test } from 'vitest'
import { createSessions, type Sessions } from '../../../main/http/sessions.ts'

const minute = 60_000
const hour = 60 * minute

let clock: number
let sessions: Sessions
beforeEach(() => {
  clock = Date.UTC(2026, 0, 1)
  sessions = createSessions(() => clock)
})

function signIn(): string {
  const exchange = sessions.exchange(sessions.newToken())
  if (exchange.outcome !== 'opened') throw new Error(exchange.outcome)
  return exchange.bearer
}

describe('a one-time token', () => {
  test('opens one session', () => {
    const token = sessions.newToken()
    expect(sessions.exchange(token)).toMatchObject({ outcome: 'opened' })
    expect(sessions.exchange(token)).toEqual({ outcome: 'refused' })
  })

  test('is no bearer, and a bearer is no token', () => {
    const token = sessions.newToken()
    expect(sessions.find(token)).toBeNull()
    expect(sessions.exchange(signIn())).toEqual({ outcome: 'refused' })
  })

  test('the newest waits for its user as long as it takes, earlier ones half a day', () => {
    const [early, late] = [sessions.newToken(), sessions.newToken()]
    clock += 12 * hour
    expect(sessions.exchange(early)).toEqual({ outcome: 'refused' })
    clock += 100 * 24 * hour
    expect(sessions.exchange(late)).toMatchObject({ outcome: 'opened' })
  })

  test('gives way when many later ones were made', () => {
    const first = sessions.newToken()
    const others = Array.from({ length: 16 }, () => sessions.newToken())
    expect(sessions.exchange(first)).toEqual({ outcome: 'refused' })
    for (const token of others) expect(sessions.exchange(token)).toMatchObject({ outcome: 'opened' })
  })
})

describe('a bearer', () => {
  test('names its session and no other', () => {
    const [one, other] = [signIn(), signIn()]
    expect(sessions.find(one)?.id).toBe(sessions.find(one)?.id)
    expect(sessions.find(one)?.id).not.toBe(sessions.find(other)?.id)
    expect(sessions.find(`${one.slice(0, -1)}`)).toBeNull()
    expect(sessions.find('')).toBeNull()
  })

  test('ends after half a day without use', () => {
    const [used, idle] = [signIn(), signIn()]
    clock += 11 * hour
    expect(sessions.find(used)).not.toBeNull()
    clock += 2 * hour
    expect(sessions.find(used)).not.toBeNull()
    expect(sessions.find(idle)).toBeNull()
  })

  test('ends after seven days, however much it is used', () => {
    const bearer = signIn()
    for (let time = 0; time < 7 * 24 - 1; time += 1) {
      clock += hour
      expect(sessions.find(bearer)).not.toBeNull()
    }
    clock += hour
    expect(sessions.find(bearer)).toBeNull()
  })

  test('ends when all are revoked, and with it every token', () => {
    const [bearer, token] = [signIn(), sessions.newToken()]
    sessions.revokeAll()
    expect(sessions.find(bearer)).toBeNull()
    expect(sessions.exchange(token)).toEqual({ outcome: 'refused' })
  })

  test('the one used longest ago gives way when there are too many', () => {
    const bearers: string[] = []
    for (let time = 0; time < 32; time += 1) {
      clock += 1
      bearers.push(signIn())
    }
    clock += 1
    const [first = '', second = ''] = bearers
    sessions.find(first)
    clock += 1
    signIn()
    expect(sessions.find(first)).not.toBeNull()
    expect(sessions.find(second)).toBeNull()
  })
})

describe('wrong tokens', () => {
  test('after five in a row even the right one waits, twice as long each time, half a minute at most', () => {
    const token = sessions.newToken()
    for (let time = 0; time < 5; time += 1) expect(sessions.exchange('wrong')).toEqual({ outcome: 'refused' })
    const waits: number[] = []
    for (let time = 0; time < 8; time += 1) {
      const wait = sessions.exchange(token)
      if (wait.outcome !== 'wait') throw new Error(wait.outcome)
      waits.push(wait.seconds)
      clock += wait.seconds * 1000
      expect(sessions.exchange('wrong')).toEqual({ outcome: 'refused' })
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30, 30])
    clock += 30_000
    expect(sessions.exchange(token)).toMatchObject({ outcome: 'opened' })
  })

  test('are forgotten once the right one came', () => {
    for (let time = 0; time < 4; time += 1) sessions.exchange('wrong')
    signIn()
    for (let time = 0; time < 4; time += 1) expect(sessions.exchange('wrong')).toEqual({ outcome: 'refused' })
    expect(sessions.exchange(sessions.newToken())).toMatchObject({ outcome: 'opened' })
  })
})
