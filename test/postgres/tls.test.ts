import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseConnectionUrl } from '../../main/environments/connection-url.ts'
import type { Target, TlsOptions } from '../../main/postgres/driver.ts'
import type { KeyPair } from '../../practice/certificates.ts'
import { Failure } from '../../preload/contract/errors.ts'
import { failureOf, openDriver } from './driver-fixture.ts'
import { authentication, startRogueServer } from './rogue-server.ts'
import { makeCertificate, startTlsRecorder, type Wanted } from './tls-faults.ts'

const password = 'S3cret-of-the-journals'
const host = 'cruddur-db-instance.prod.example'
const { driver } = openDriver(password)
let authority: KeyPair
let other: KeyPair
let ended: KeyPair

beforeAll(async () => {
  ;[authority, other, ended] = await Promise.all([
    makeCertificate({ name: 'Right CA', authority: true }),
    makeCertificate({ name: 'Wrong CA', authority: true }),
    makeCertificate({ name: 'Ended CA', authority: true, from: -20, to: -1 }),
  ])
})
afterAll(() => driver.close())

const target = (port: number, tls: Partial<TlsOptions> | null = {}): Target => ({
  environment: 'prod',
  host: '127.0.0.1',
  port,
  database: 'cruddur',
  user: 'master',
  tls: tls === null ? null : { ca: authority.certificate, verify: true, servername: host, authority: 'the CA of prod.pem', ...tls },
})

/** Asks for the password in clear text, whatever comes: no server asks more boldly. */
const ask = () => authentication(3)

/** Every way to the server: a pooled statement, an own connection, a handshake alone. */
async function refusals(one: Target): Promise<Failure[]> {
  return Promise.all([
    failureOf(driver.run(one, { text: 'SELECT 1' })),
    failureOf(driver.connect(one, 'query')),
    failureOf(driver.handshake(one)),
  ])
}

describe('a certificate that does not hold', () => {
  const faults: readonly [name: string, wanted: () => Partial<Wanted>, sentence: RegExp, tls?: () => Partial<TlsOptions>][] = [
    ['self-signed', () => ({ hosts: [host] }), /is not signed by the CA of prod\.pem/],
    ['for another name', () => ({ hosts: ['staging.example'], by: authority }), /is not for cruddur-db-instance\.prod\.example/],
    ['ended', () => ({ hosts: [host], by: authority, from: -20, to: -1 }), /has ended/],
    ['not valid yet', () => ({ hosts: [host], by: authority, from: 2, to: 30 }), /is not valid yet/],
    ['of an unknown CA', () => ({ hosts: [host], by: other }), /is not signed by the CA of prod\.pem/],
    ['of a CA that ended', () => ({ hosts: [host], by: ended }), /the CA that signed it, has ended/, () => ({ ca: ended.certificate })],
    ["of another server's CA file", () => ({ hosts: [host], by: authority }), /is not signed by/, () => ({ ca: other.certificate })],
    ['of no built-in CA', () => ({ hosts: [host], by: authority }), /is not signed by Node's/, () => ({ ca: null, authority: "Node's" })],
    ['for the address only', () => ({ addresses: ['127.0.0.1'], by: authority }), /is not for cruddur-db-instance\.prod\.example/],
    [
      'for a name, asked by address',
      () => ({ hosts: [host], by: authority }),
      /is not for 127\.0\.0\.1/,
      () => ({ servername: '127.0.0.1' }),
    ],
    ['named in its common name only', () => ({ name: host, by: authority }), /common name only/],
    ['for a wildcard above the name', () => ({ hosts: ['*.example'], by: authority }), /is not for cruddur-db-instance\.prod\.example/],
  ]

  test.each(faults)('%s: nothing is said to the server', async (_name, wanted, sentence, tls) => {
    const certificate = await makeCertificate({ name: 'server', ...wanted() })
    await using server = await startTlsRecorder(certificate, ask)
    for (const failure of await refusals(target(server.port, tls?.()))) {
      expect(failure).toMatchObject({ code: 'TLS', data: { mend: 'open_settings' } })
      expect(failure.message).toMatch(sentence)
      expect(failure.message).toContain('Nothing was sent.')
      expect(JSON.stringify(failure)).not.toContain(password)
    }
    expect(Buffer.concat(server.read)).toHaveLength(0)
    expect(server.wire.text()).not.toMatch(new RegExp(`${password}|master|cruddur\0`))
  })
})

describe('a server that will not have TLS', () => {
  test('answers N: not even the name of the user is sent', async () => {
    await using server = await startRogueServer((_chunk, number) => (number === 0 ? Buffer.from('N') : ask()))
    for (const failure of await refusals(target(server.port))) {
      expect(failure).toMatchObject({ code: 'TLS', message: expect.stringMatching(/offers no TLS.*Nothing was sent/) })
    }
    expect(Buffer.concat(server.heard)).toHaveLength(3 * 8)
  })

  test('asks for the password instead of answering the request for TLS', async () => {
    await using server = await startRogueServer(() => ask())
    for (const failure of await refusals(target(server.port))) expect(failure.code).toBe('UNREACHABLE')
    expect(Buffer.concat(server.heard)).toHaveLength(3 * 8)
  })

  test('hangs up in the middle of the handshake', async () => {
    await using server = await startRogueServer((_chunk, number, socket) => {
      if (number === 0) return Buffer.from('S')
      socket.destroy()
      return null
    })
    for (const failure of await refusals(target(server.port))) {
      expect(failure).toMatchObject({
        code: 'TLS',
        message: expect.stringMatching(/closed the connection in the middle of the TLS handshake/),
      })
    }
    expect(server.text()).not.toMatch(new RegExp(`${password}|master`))
  })

  test('speaks TLS 1.0 and 1.1 only', async () => {
    const certificate = await makeCertificate({ name: 'server', hosts: [host], by: authority })
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    await using server = await startTlsRecorder(certificate, ask, old)
    for (const failure of await refusals(target(server.port))) {
      expect(failure).toMatchObject({ code: 'TLS', message: expect.stringMatching(/no TLS of version 1\.2 or newer/) })
    }
    expect(Buffer.concat(server.read)).toHaveLength(0)
  })
})

test.each([
  ['in plain text', null],
  ['over TLS that nobody verified', { ca: null, verify: false }],
] as const)('a password asked for in clear text %s is not given', async (_name, tls) => {
  const certificate = await makeCertificate({ name: 'server', hosts: [host] })
  await using server = tls === null ? await startPlain() : await startTlsRecorder(certificate, ask)
  const one = target(server.port, tls)
  for (const failure of [await failureOf(driver.run(one, { text: 'SELECT 1' })), await failureOf(driver.connect(one, 'query'))]) {
    expect(failure).toMatchObject({ code: 'TLS', message: expect.stringMatching(/would give it away.*Nothing was sent/) })
  }
  expect(Buffer.concat(server.read).toString('latin1')).toContain('master')
  expect(Buffer.concat(server.read).toString('latin1')).not.toContain(password)
})

async function startPlain() {
  const server = await startRogueServer((_chunk, number) => (number === 0 ? ask() : null))
  return { port: server.port, read: server.heard, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

test('a verified server may ask in clear text, as RDS does for IAM tokens', async () => {
  const certificate = await makeCertificate({ name: 'server', hosts: [host], by: authority })
  await using server = await startTlsRecorder(certificate, (chunk) => (chunk.includes('master') ? ask() : null))
  await failureOf(driver.run(target(server.port), { text: 'SELECT 1' }))
  expect(Buffer.concat(server.read).toString('latin1')).toContain(password)
  expect(server.wire.text()).not.toContain(password)
})

test.each([
  'sslmode=disable',
  'sslmode=allow',
  'sslmode=prefer',
  'sslmode=no-verify',
  'sslmode=verify-full&sslmode=disable',
  'ssl=false',
  'ssl=0',
  'sslrootcert=/tmp/mine.pem',
  'sslrootcert=system&sslmode=require',
  'sslcert=/tmp/a.pem&sslkey=/tmp/a.key',
  'uselibpqcompat=true&sslmode=require',
  'host=127.0.0.1',
  'hostaddr=127.0.0.1',
  'sslnegotiation=direct',
  'gssencmode=prefer',
  'channel_binding=disable',
])('a URL cannot weaken TLS of a guarded environment: %s', (options) => {
  const parse = () => parseConnectionUrl(`postgres://master:${password}@${host}/cruddur?${options}`, 'PROD_CONNECTION_URL', true)
  let failure: unknown = null
  try {
    failure = parse().connection.tls
  } catch (error) {
    failure = error
  }
  expect(failure).toBeInstanceOf(Failure)
  expect((failure as Failure).code).toBe('INVALID')
  expect((failure as Failure).message).not.toContain(password)
})

test('a URL that asks for encryption alone is verified all the same', () => {
  for (const mode of ['require', 'verify-ca', 'verify-full']) {
    const { connection } = parseConnectionUrl(`postgres://master:${password}@${host}/cruddur?sslmode=${mode}`, 'PROD_CONNECTION_URL', true)
    expect(connection.tls).toBe('verify-full')
  }
})
