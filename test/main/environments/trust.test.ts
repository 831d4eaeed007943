import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { amazonRoots, trustOf } from '../../../main/environments/trust.ts'
import type { Connection } from '../../../preload/contract/environments.ts'
import { makeCertificate } from '../../postgres/tls-faults.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'basepair-trust-'))
})
afterAll(() => rm(folder, { recursive: true }))

const at = (host: string, more: Partial<Connection> = {}): Connection => ({
  host,
  port: 5432,
  database: 'cruddur',
  user: 'root',
  tls: 'verify-full',
  ...more,
})
const rds = (region: string) => `cruddur-db-instance.c9akciq32rkq.${region}.rds.amazonaws.com`
const subjects = (ca: string | null) =>
  (ca?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem).subject.split('\n').find((part) => part.startsWith('CN=')) ?? '',
  )

test("a host of RDS is trusted by Amazon's roots of its region, and those of its proxies", () => {
  const { ca, authority } = trustOf(at(rds('ca-central-1')), null)
  expect(authority).toBe("Amazon's RDS CAs")
  const names = subjects(ca)
  expect(names).toContain('CN=Amazon RDS ca-central-1 Root CA RSA2048 G1')
  expect(names).toContain('CN=Amazon Root CA 1')
  expect(names.filter((name) => name.includes('eu-west-1'))).toEqual([])
  expect(subjects(trustOf(at('localhost', { servername: rds('eu-west-1') }), null).ca)).toContain(
    'CN=Amazon RDS eu-west-1 Root CA RSA2048 G1',
  )
  // A region younger than the bundle.
  expect(subjects(amazonRoots('xx-new-1')).length).toBeGreaterThan(50)
})

test('what has ended vouches for nobody', () => {
  for (const pem of amazonRoots('xx-new-1').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []) {
    expect(Date.parse(new X509Certificate(pem).validTo)).toBeGreaterThan(Date.now())
  }
})

test('another host is trusted by the roots of Node, or what came with it', () => {
  expect(trustOf(at('db.example.com'), null)).toEqual({ ca: null, authority: 'the trusted CAs' })
  expect(trustOf(at('127.0.0.1'), 'PEM')).toEqual({ ca: 'PEM', authority: 'the practice CA' })
})

test('a file of the settings comes first, and is told where it is of no use', async () => {
  const good = await makeCertificate({ name: 'Company CA', authority: true })
  const ended = await makeCertificate({ name: 'Old CA', authority: true, from: -20, to: -2 })
  const file = async (name: string, text: string) => {
    const path = join(folder, name)
    await writeFile(path, text)
    return at(rds('ca-central-1'), { caFile: path })
  }
  const company = await file('company.pem', `Company CA\n${ended.certificate}${good.certificate}`)
  expect(trustOf(company, 'PEM').authority).toBe('the CA of company.pem')
  expect(trustOf(company, 'PEM').ca).toContain(good.certificate.trim())
  const refused = async (name: string, text: string) => {
    const connection = await file(name, text)
    return () => trustOf(connection, null)
  }
  expect(await refused('old.pem', ended.certificate)).toThrow(
    /old\.pem holds no certificate that is still valid: the last one ended on \d{4}-/,
  )
  expect(await refused('empty.pem', 'nothing')).toThrow(/holds no PEM certificate/)
  expect(await refused('cut.pem', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n')).toThrow(/cannot be read/)
  expect(() => trustOf(at('db.example.com', { caFile: join(folder, 'missing.pem') }), null)).toThrow(/missing\.pem cannot be read/)
})
