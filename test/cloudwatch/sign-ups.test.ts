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

  test('is read from lines of a statement that came one by one', () => {
    const lines = ['INSERT INTO users (\n', '  display_name,\n', '  email,\n', '  handle,\n', '  cognito_user_id\n', ')\n', 'VALUES (\n']
    const values = ["  'Conan O'Brien',\n", "  'conan@example.com',\n", "  'conan',\n", `  '${sub}'\n`, ')\n']
    expect(personIn(...lines, ...values)).toEqual(conan)
  })

  test('stays who it was, whatever else is printed', () => {
    const other = "{'sub': 'someone-else', 'email': 'victim@example.com', 'name': 'Victim'}\n"
    expect(personIn(repr, other)).toEqual(conan)
    expect(personIn("{'sub': 'a', 'name': \"{'sub': 'b', 'email': 'victim@example.com'}\"}\n")).toMatchObject({ sub: 'a', email: null })
  })

  test('is nobody where no line tells', () => {
    const nobody = { sub: null, email: null, name: null, handle: null }
    for (const line of [
      'entered-try\n',
      '{}\n',
      "{'name': 'x'}\n",
      "{'sub': 5}\n",
      `the sub is ${sub}\n`,
      'INSERT INTO users (a) VALUES (1)\n',
      `{'sub': '${'x'.repeat(5_000)}'}\n`,
    ])
      expect(personIn(line)).toEqual(nobody)
  })

  test('is looked for in hostile lines without losing time', () => {
    expect(personIn(...Array.from({ length: 400 }, () => `${"{'a': ".repeat(5_000)}\n`), repr)).toMatchObject({ name: null })
    expect(personIn(`INSERT INTO users (${'a,'.repeat(500)}a) VALUES ('${"', '".repeat(60_000)}')`)).toMatchObject({ sub: null })
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

  const at = (time: number, id: string, ...lines: string[]) => eventsOf(run(id, ...lines), `stream ${id}`, time)
  const tell = (events: ReturnType<typeof eventsOf>) =>
    traceSignUps(invocationsOf(events)).map(({ person, trigger, attempts, outcome }) => [person.name, trigger, attempts.length, outcome])

  test('keeps apart two people, and what names nobody', () => {
    const someone = "{'sub': 's2', 'email': 'x@example.com', 'name': 'X'}\n"
    expect(
      tell([
        ...at(1_000_000, idOf(1), repr),
        ...at(1_001_000, idOf(2), someone),
        ...at(1_002_000, idOf(3), 'x'),
        ...at(1_003_000, idOf(4), 'x'),
      ]),
    ).toEqual([
      ["Conan O'Brien", 'sign_up', 1, 'ok'],
      ['X', 'sign_up', 1, 'ok'],
      [null, 'unknown', 1, 'ok'],
      [null, 'unknown', 1, 'ok'],
    ])
  })

  test('believes the trigger that a line tells', () => {
    const line = (source: string) => `triggerSource PostConfirmation_${source}\n`
    expect(
      tell([...at(1_000_000, idOf(1), line('ConfirmSignUp'), repr), ...at(1_002_000, idOf(2), line('ConfirmForgotPassword'), repr)]),
    ).toEqual([
      ["Conan O'Brien", 'sign_up', 1, 'ok'],
      ["Conan O'Brien", 'password_reset', 1, 'ok'],
    ])
    const event = JSON.stringify({
      triggerSource: 'PostConfirmation_ConfirmForgotPassword',
      request: { userAttributes: { sub, name: 'C' } },
    })
    expect(tell(at(1_000_000, idOf(1), event))).toEqual([['C', 'password_reset', 1, 'ok']])
  })

  test('counts a success that came too late for Cognito, and what the attempts after it met', () => {
    const slow = eventsOf([start(idOf(1)), repr], 'a', 1_000_000)
    const ended = eventsOf([end(idOf(1)), report(idOf(1))], 'a', 1_007_000)
    const again = at(1_005_000, idOf(2), repr, 'duplicate key value violates unique constraint "users_pkey"\n')
    expect(tell([...slow, ...ended, ...again])).toEqual([["Conan O'Brien", 'sign_up', 2, 'ok']])
  })

  test('says why there may be no row', () => {
    const [trace] = traceSignUps(invocationsOf(at(1_000_000, idOf(1), repr, 'relation "users" does not exist\n')))
    expect(trace).toMatchObject({ outcome: 'hidden error', failure: { kind: 'table missing', mend: 'load_schema' } })
    expect(traceSignUps(invocationsOf(at(1_000_000, idOf(1), repr)))[0]?.failure).toBeNull()
  })

  test('leaves out an init without an invocation', () => {
    const init = 'INIT_START Runtime Version: python:3.12.v36\tRuntime Version ARN: arn\n'
    expect(traceSignUps(invocationsOf(eventsOf([init])))).toEqual([])
  })
})
