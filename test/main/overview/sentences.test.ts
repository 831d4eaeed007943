import { expect, test } from 'vitest'
import { enumerate, tlsLink } from '../../../main/overview/sentences.ts'
import type { Connection, Environment } from '../../../preload/contract/environments.ts'

const environment = (connection: Partial<Connection>, guard: Environment['guard']): Environment => ({
  id: 'prod',
  label: 'prod',
  colour: 'red',
  guard,
  origin: 'variable',
  project: 'cruddur',
  connection: { host: 'db.example', port: 5432, database: 'cruddur', user: 'root', tls: 'off', ...connection },
})

test.each([
  [
    'off',
    'guarded',
    'db.example',
    'broken',
    'Off: what goes to db.example and back can be read on the way. Choose verify-full in the settings.',
  ],
  ['off', 'open', 'db.example', 'sound', 'Off: what goes to db.example and back can be read on the way.'],
  ['off', 'guarded', '127.0.0.1', 'sound', 'Off, on this machine.'],
  ['off', 'open', '::1', 'sound', 'Off, on this machine.'],
  ['off', 'open', '127.example', 'sound', 'Off: what goes to 127.example and back can be read on the way.'],
  [
    'unverified',
    'guarded',
    'db.example',
    'broken',
    'TLSv1.3, but nobody checks that it is db.example who answers. Choose verify-full in the settings.',
  ],
  ['unverified', 'open', 'db.example', 'sound', 'TLSv1.3, but nobody checks that it is db.example who answers.'],
  ['unverified', 'open', 'localhost', 'sound', 'TLSv1.3, not verified, on this machine.'],
  ['verify-full', 'guarded', 'db.example', 'sound', 'TLSv1.3, verified with the trusted CAs.'],
] as const)('TLS %s, %s, %s is %s', (tls, guard, host, state, sentence) => {
  expect(
    tlsLink(environment({ tls, host }, guard), tls === 'off' ? null : { protocol: 'TLSv1.3', verified: tls === 'verify-full' }),
  ).toMatchObject({ state, sentence })
})

test('whose CA it is, which root, and until when it holds are said', () => {
  const connection = { tls: 'verify-full', servername: 'inside.example' } as const
  const facts = {
    protocol: 'TLSv1.2',
    verified: true,
    root: { name: 'Company Root', validTill: '2061-05-21T23:02:35.000Z' },
    validTill: '2027-01-02T00:00:00.000Z',
  }
  expect(tlsLink(environment(connection, 'guarded'), facts, 'the CA of company.pem').sentence).toBe(
    'TLSv1.2, verified with the CA of company.pem. Root Company Root to 2061-05-21, certificate to 2027-01-02.',
  )
})

test('long lists are cut', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'b', 'c', 'd']].map((names) => enumerate(names))).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c',
    'a, b, c and 1 more',
  ])
})
