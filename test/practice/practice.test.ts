import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, type ClientConfig } from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isGood, makeAuthority, makeServerCertificate } from '../../practice/certificates.ts'
import { type Practice, startPractice } from '../../practice/index.ts'
import { temporaryFolder } from '../support/folders.ts'

async function start(folder: string): Promise<Practice> {
  const practice = await startPractice({ folder })
  onTestFinished(() => practice.close())
  return practice
}

/** Signs in as somebody outside would, and answers one query. */
async function ask({ instance }: Practice, sql: string, options: ClientConfig = {}): Promise<Record<string, unknown>[]> {
  const { host, port, user, password, database, caPem, servername } = instance
  const client = new Client({ host, port, user, password: password ?? '', database, ssl: { ca: caPem, servername }, ...options })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(sql)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

test('the practice instance takes verified TLS connections of its master user, and no others', async () => {
  const practice = await start(await temporaryFolder())
  const { instance } = practice
  expect(instance).toMatchObject({
    identifier: 'cruddur-db-instance',
    host: '127.0.0.1',
    servername: 'cruddur-db-instance.practice.ca-central-1.rds.localhost',
    user: 'root',
    database: 'cruddur',
  })
  const tls = 'SELECT ssl, version, current_database() AS database, current_user AS role FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
  expect(await ask(practice, tls)).toEqual([{ ssl: true, version: 'TLSv1.3', database: 'cruddur', role: 'root' }])

  await expect(ask(practice, tls, { ssl: false })).rejects.toMatchObject({
    code: '28000',
    message: expect.stringContaining('no encryption'),
  })
  await expect(ask(practice, tls, { ssl: {} })).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
  const another = await makeAuthority('another')
  await expect(ask(practice, tls, { ssl: { ca: another.certificate, servername: instance.servername } })).rejects.toThrow(
    /verify|self-signed/,
  )
  await expect(ask(practice, tls, { ssl: { ca: instance.caPem, servername: 'prod.example.com' } })).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  })
  await expect(ask(practice, tls, { password: 'guess' })).rejects.toMatchObject({ code: '28P01' })
  expect(await ask(practice, tls, { ssl: { ca: instance.caPem, servername: '', checkServerIdentity: () => undefined } })).toHaveLength(1)
})

test("the master user may what RDS lets it: databases and roles of its own, others' sessions, no superuser", async () => {
  const practice = await start(await temporaryFolder())
  const role = 'SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user'
  expect(await ask(practice, role)).toEqual([{ rolsuper: false, rolcreatedb: true, rolcreaterole: true }])
  await ask(practice, 'CREATE DATABASE cruddur_next')
  await ask(practice, 'ALTER DATABASE cruddur_next RENAME TO cruddur_prev')
  await ask(practice, 'DROP DATABASE cruddur_prev')
  await ask(practice, 'CREATE EXTENSION "uuid-ossp"')
  await ask(practice, 'CREATE TABLE public.users (id uuid DEFAULT uuid_generate_v4())')
  await ask(practice, "CREATE ROLE app LOGIN PASSWORD 'app'")

  const { host, port, caPem, servername } = practice.instance
  const app = new Client({ host, port, user: 'app', password: 'app', database: 'cruddur', ssl: { ca: caPem, servername } })
  const ended = new Promise((resolve) => app.on('error', resolve))
  await app.connect()
  const terminated = await ask(practice, "SELECT pg_terminate_backend(pid) AS done FROM pg_stat_activity WHERE usename = 'app'")
  expect(terminated).toEqual([{ done: true }])
  await ended
  await expect(ask(practice, "COPY (SELECT 1) TO PROGRAM 'true'")).rejects.toMatchObject({ code: '42501' })
})

test('a second start finds data, password and authority again', async () => {
  const folder = await temporaryFolder()
  const first = await start(folder)
  await ask(first, 'CREATE TABLE kept AS SELECT 42 AS answer')
  const before = { ...first.instance }
  await first.close()
  const second = await start(folder)
  expect({ ...second.instance }).toEqual(before)
  expect(second.notices).toEqual([])
  expect(await ask(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
})

test('a lost certificate, a damaged authority and a changed password are mended by the next start', async () => {
  const folder = await temporaryFolder()
  const first = await start(folder)
  await ask(first, "ALTER ROLE root PASSWORD 'forgotten'")
  await first.close()
  await rm(join(folder, 'instances', 'cruddur-db-instance', 'certificate.pem'))
  const second = await start(folder)
  expect(second.instance.caPem).toBe(first.instance.caPem)
  expect(await ask(second, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  await second.close()
  await writeFile(join(folder, 'authority.pem'), 'damaged')
  const third = await start(folder)
  expect(third.instance.caPem).not.toBe(first.instance.caPem)
  expect(await ask(third, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test.skipIf(process.platform === 'win32')('keys and passwords can be read by the user alone', async () => {
  const folder = await temporaryFolder()
  await start(folder)
  const instance = join(folder, 'instances', 'cruddur-db-instance')
  const paths = [join(folder, 'authority.pem'), ...(await readdir(instance)).map((name) => join(instance, name))]
  for (const path of paths) expect((await stat(path)).mode & 0o077, path).toBe(0)
})

describe('certificates', () => {
  test('hold for years, for the names asked for, and are signed by their authority', async () => {
    const authority = await makeAuthority('Basepair')
    const { certificate, key } = await makeServerCertificate(authority, ['db.localhost'], ['127.0.0.1'])
    const read = new X509Certificate(certificate)
    expect(read.checkHost('db.localhost')).toBe('db.localhost')
    expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(read.checkIssued(new X509Certificate(authority.certificate))).toBe(true)
    expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true)
    expect(new X509Certificate(authority.certificate).ca).toBe(true)
    expect(read.ca).toBe(false)
    expect(isGood(certificate, authority.certificate, ['db.localhost'], 4 * 365)).toBe(true)
  })

  test('are made anew when they are about to end, bear other names, or come from another authority', async () => {
    const [authority, other] = await Promise.all([makeAuthority('one'), makeAuthority('one')])
    const { certificate } = await makeServerCertificate(authority, ['db.localhost'], [])
    const inFiveYears = Date.now() + (5 * 365 - 90) * 86_400_000
    expect(isGood(certificate, authority.certificate, ['db.localhost'], 180, inFiveYears)).toBe(false)
    expect(isGood(certificate, authority.certificate, ['other.localhost'], 180)).toBe(false)
    expect(isGood(certificate, other.certificate, ['db.localhost'], 180)).toBe(false)
    expect(isGood('damaged', authority.certificate, [], 180)).toBe(false)
  })
})

test("nothing of the practice cloud's secrets is in its log", async () => {
  const folder = await temporaryFolder()
  const practice = await start(folder)
  const instance = join(folder, 'instances', 'cruddur-db-instance')
  const log = await readFile(join(instance, 'server.log'), 'utf8')
  for (const name of ['password', 'master-password']) expect(log).not.toContain((await readFile(join(instance, name), 'utf8')).trim())
  expect(log).not.toContain(practice.instance.password)
})
