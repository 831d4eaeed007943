import { describe, expect, test } from 'vitest'
import { invocationsOf } from '../../cloudwatch/invocations.ts'
import { personOf, traceSignUps } from '../../cloudwatch/sign-ups.ts'
import { end, eventsOf, idOf, report, run, start } from './lambda-log.ts'

const sub = '7c3a9c1e-0000-4000-8000-000000000001'
const repr = `{'sub': '${sub}', 'cognito:user_status': 'CONFIRMED', 'email_verified': 'true', 'name': "Conan O'Brien", 'preferred_username': 'conan', 'email': 'conan@example.com'}\n`
const conan = { sub, email: 'conan@example.com', name: "Conan O'Brien", handle: 'conan' }
const personIn = (...lines: string[]) => {
  const [one] = invocationsOf(eventsOf(run(idOf(1), ...lines)))
  return one === undefined ? null : personOf(one)
}

describe('the person of an invocation', () => {
  test("is read from Python's repr of the attributes", () => {
    expect(personIn('userAttributes\n', repr)).toEqual(conan)
  })

  test('is read from JSON, from an event, and from what Node prints over several lines', () => {
    expect(
      personIn(
        JSON.stringify({
          version: '1',
          request: { userAttributes: { sub, email: conan.email, name: conan.name, preferred_username: 'conan' } },
        }),
      ),
    ).toEqual(conan)
    expect(
      personIn(
        `2026-11-21T15:00:00.000Z\t${idOf(1)}\tINFO\t{\r  sub: '${sub}',\r  'cognito:user_status': 'CONFIRMED',\r  name: "Conan O'Brien",\r  preferred_username: 'conan',\r  email: 'conan@example.com'\r}`,
      ),
    ).toEqual(conan)
  })

  test('is read from a printed statement, also where a quote breaks it', () => {
    expect(
      personIn(
        `\n            INSERT INTO users (\n display_name,\n email,\n handle,\n cognito_user_id\n )\n VALUES(\n 'Conan O'Brien',\n 'conan@example.com',\n 'conan',\n '${sub}'\n )\n`,
      ),
    ).toEqual(conan)
  })
})

describe('the trace', () => {
  test('joins the attempts of one confirmation', () => {
    const attempt = (id: string, at: number) =>
      eventsOf(
        [start(id), repr, `2026-11-21T15:00:00.000Z ${id} Task timed out after 3.00 seconds\n`, end(id), report(id, 'Status: timeout')],
        `stream ${id}`,
        at,
      )
    const traces = traceSignUps(
      invocationsOf([...attempt(idOf(1), 1_000_000), ...attempt(idOf(2), 1_005_000), ...attempt(idOf(3), 1_010_000)]),
    )
    expect(traces).toHaveLength(1)
    expect(traces[0]).toMatchObject({ person: conan, trigger: 'sign_up', outcome: 'timed out', failure: { kind: 'timed out' } })
    expect(traces[0]?.attempts).toHaveLength(3)
  })

  test('tells a password reset by the success before it', () => {
    const traces = traceSignUps(
      invocationsOf([
        ...eventsOf(run(idOf(1), repr), 'a', 1_000_000),
        ...eventsOf(run(idOf(2), repr, 'duplicate key value violates unique constraint "users_pkey"\n'), 'b', 1_060_000),
      ]),
    )
    expect(traces.map(({ trigger, outcome }) => ({ trigger, outcome }))).toEqual([
      { trigger: 'sign_up', outcome: 'ok' },
      { trigger: 'password_reset', outcome: 'hidden error' },
    ])
  })
})
