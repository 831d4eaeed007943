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
  ['verify-full', 'guarded', 'db.example', 'sound', 'TLSv1.3, verified with the trusted CAs for db.example.'],
] as const)('TLS %s, %s, %s is %s', (tls, guard, host, state, sentence) => {
  expect(tlsLink(environment({ tls, host }, guard), tls === 'off' ? null : 'TLSv1.3')).toMatchObject({ state, sentence })
})

test('the CA of a file is named', () => {
  const link = tlsLink(
    environment({ tls: 'verify-full', caFile: '/etc/ca/company.pem', servername: 'inside.example' }, 'guarded'),
    'TLSv1.2',
  )
  expect(link.sentence).toBe('TLSv1.2, verified with the CA of company.pem for inside.example.')
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
