import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Target } from '../../main/postgres/driver.ts'
import { failureOf, openDriver, startServerAndDriver } from './driver-fixture.ts'
import { authentication, message, startRogueServer, welcome } from './rogue-server.ts'

let setting: Awaited<ReturnType<typeof startServerAndDriver>>
beforeAll(async () => {
  setting = await startServerAndDriver({ tls: true })
})
afterAll(() => setting.close())

const one = { text: 'SELECT 1' }
const at = (port: number, more: Partial<Target> = {}): Target => ({
  environment: 'prod',
  host: '127.0.0.1',
  port,
  database: 'app',
  user: 'someone',
  tls: null,
  ...more,
})
const failing = (target: Target) => failureOf(setting.driver.run(target, one))

test('signs in over verified TLS, by address too where the name is told', async () => {
  const target = setting.server.target()
  expect((await setting.driver.run(target, { text: 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()' })).rows).toEqual([['t']])
  expect(await setting.driver.handshake(target)).toEqual({
    protocol: 'TLSv1.3',
    verified: true,
    root: { name: 'Basepair test authority', validTill: expect.any(String) },
    validTill: expect.any(String),
  })
  expect(await setting.driver.handshake({ ...target, tls: null })).toBeNull()
  expect(await setting.driver.handshake({ ...target, tls: { ca: null, verify: false, servername: 'any' } })).toEqual({
    protocol: 'TLSv1.3',
    verified: false,
  })
})

test('sends nothing to a server whose certificate does not hold', async () => {
  const target = setting.server.target()
  const { tls } = target
  if (tls === null) throw new Error('The server was started without TLS')
  expect(await failing({ ...target, tls: { ...tls, ca: null } })).toMatchObject({
    code: 'TLS',
    data: { source: { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' } },
  })
  expect(await failing({ ...target, tls: { ...tls, servername: 'elsewhere.localhost' } })).toMatchObject({
    code: 'TLS',
    message: expect.stringContaining('elsewhere.localhost'),
    data: { source: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } },
  })
})

test('tells a wrong password, a missing one, an unknown role and an unknown database apart', async () => {
  const target = setting.server.target()
  const wrong = openDriver('not the password')
  const none = openDriver(null)
  try {
    const refused = await failureOf(wrong.driver.run(target, one))
    expect(refused).toMatchObject({ code: 'SIGN_IN', data: { source: { vendor: 'postgres', code: '28P01' }, mend: 'enter_password' } })
    expect(JSON.stringify(refused)).not.toContain('not the password')
    expect(await failureOf(none.driver.run(target, one))).toMatchObject({ code: 'SIGN_IN', data: { mend: 'enter_password' } })
    expect(await failureOf(none.driver.connect(target, 'query'))).toMatchObject({ code: 'SIGN_IN', data: { mend: 'enter_password' } })
  } finally {
    await wrong.driver.close()
    await none.driver.close()
  }
  expect(await failing({ ...target, user: 'nobody' })).toMatchObject({ code: 'SIGN_IN' })
  expect(await failing({ ...target, database: 'nowhere' })).toMatchObject({
    code: 'NO_DATABASE',
    message: expect.stringContaining('nowhere'),
    data: { mend: 'create_database' },
  })
})

test('asks for the password again with each new connection', async () => {
  const { driver, asked } = openDriver(setting.server.password)
  try {
    await driver.run(setting.server.target('postgres', 'prod'), one)
    await driver.run(setting.server.target('postgres', 'prod'), one)
    await (await driver.connect(setting.server.target('postgres', 'prod'), 'query')).close()
    expect(asked).toEqual(['prod', 'prod'])
  } finally {
    await driver.close()
  }
})

test('a server that does not answer is told as that, also to those who wait behind the first connections', async () => {
  await using silent = await startRogueServer(() => null)
  const asked = Array.from({ length: 9 }, () => failureOf(setting.driver.run(at(silent.port), { text: 'SELECT 1' })))
  for (const failure of await Promise.all(asked))
    expect(failure).toMatchObject({ code: 'UNREACHABLE', data: { source: { code: 'ETIMEDOUT' } } })
})

test('tells a refused port, an unknown name and silence apart', async () => {
  const gone = await startRogueServer(() => null)
  await gone[Symbol.asyncDispose]()
  expect(await failing(at(gone.port))).toMatchObject({ code: 'UNREACHABLE', data: { source: { vendor: 'node', code: 'ECONNREFUSED' } } })
  expect(await failing(at(5432, { host: 'nowhere.invalid' }))).toMatchObject({
    code: 'UNREACHABLE',
    message: expect.stringContaining('nowhere.invalid'),
  })
  await using silent = await startRogueServer(() => null)
  expect(await failing(at(silent.port))).toMatchObject({ code: 'UNREACHABLE', message: expect.stringContaining(String(silent.port)) })
  const leaving = new AbortController()
  const waiting = failureOf(setting.driver.connect(at(silent.port), 'query', { signal: leaving.signal }))
  leaving.abort()
  expect(await waiting).toMatchObject({ code: 'CANCELLED' })
})

test('does not go on in plain text with a server that has no TLS', async () => {
  await using plain = await startRogueServer((_chunk, number) => (number === 0 ? Buffer.from('N') : null))
  const target = at(plain.port, { tls: { ca: null, verify: true, servername: 'prod.example' } })
  expect(await failing(target)).toMatchObject({ code: 'TLS' })
  expect(Buffer.concat(plain.heard)).toHaveLength(8)
  expect(await failureOf(setting.driver.handshake(target))).toMatchObject({ code: 'TLS' })
})

test('does not take text that was smuggled in before TLS', async () => {
  await using stuffing = await startRogueServer(() => Buffer.concat([Buffer.from('S'), welcome]))
  expect(await failing(at(stuffing.port, { tls: { ca: null, verify: true, servername: 'prod.example' } }))).toMatchObject({
    code: 'UNREACHABLE',
  })
})

test('gives a server that asks for the password in clear text nothing', async () => {
  await using rogue = await startRogueServer((_chunk, number) => (number === 0 ? authentication(3) : null))
  expect(await failing(at(rogue.port))).toMatchObject({ code: 'TLS', message: expect.stringContaining('Nothing was sent') })
  expect(rogue.text()).toContain('someone')
  expect(rogue.text()).not.toContain(setting.server.password)
  expect(rogue.heard).toHaveLength(1)
})

test('stands what is not Postgres, and a connection that is closed at once', async () => {
  await using web = await startRogueServer(() => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))
  expect(await failing(at(web.port))).toMatchObject({ code: 'UNREACHABLE' })
  await using closing = await startRogueServer((_chunk, _number, socket) => {
    socket.destroy()
    return null
  })
  expect(await failing(at(closing.port))).toMatchObject({ code: 'UNREACHABLE' })
})

const rubbish: readonly [name: string, bytes: Buffer][] = [
  ['a row that is longer than its message', message('D', Buffer.from([0, 1, 0, 0, 1, 0, 65]))],
  ['a row of another width', message('D', Buffer.from([0, 9]))],
  ['a message of impossible length', Buffer.from([68, 0, 0, 0, 1, 9, 9, 9, 9])],
  ['an unknown authentication', authentication(77)],
  ['an unknown message', message('?', Buffer.from([1, 2, 3]))],
  ['a broken error', message('E', Buffer.from('Snothing ends this'))],
]

test.each(rubbish)('loses one connection, not the others, to %s', async (_name, bytes) => {
  const described = message('T', Buffer.from([0, 1, 97, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0]))
  await using rogue = await startRogueServer((_chunk, number, socket) => {
    if (number === 0) return welcome
    setTimeout(() => socket.end(), 200)
    return Buffer.concat([described, bytes, message('C', Buffer.from('SELECT 1\0')), message('Z', Buffer.from('I'))])
  })
  await using kept = await setting.driver.connect(setting.server.target(), 'query')
  await kept.run({ text: 'CREATE TEMPORARY TABLE still_there (a int)' })
  await expect(setting.driver.run(at(rogue.port), one)).rejects.toBeInstanceOf(Error)
  expect((await kept.run({ text: 'SELECT count(*) FROM still_there' })).rows).toEqual([['0']])
})
