// The certificate library needs the decorator metadata that this adds, before it is loaded.
import 'reflect-metadata'
import { X509Certificate as ReadCertificate, randomBytes } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** A certificate with its private key, both as PEM text. */
export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const years = { authority: 10, server: 5 } as const
const day = 86_400_000

/** Makes a certificate authority of its own, valid for ten years. */
export async function makeAuthority(commonName: string): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validity(years.authority),
    serialNumber: serialNumber(),
    name: [{ CN: [commonName] }, { O: ['Basepair'] }],
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: pem(certificate), key: await privateKeyPem(keys.privateKey) }
}

/** Makes a server's certificate for these DNS names and addresses, signed by the authority, valid for five years. */
export async function makeServerCertificate(authority: KeyPair, names: readonly string[], addresses: readonly string[]): Promise<KeyPair> {
  const issuer = new X509Certificate(authority.certificate)
  const signingKey = await crypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(authority.key), algorithm, false, ['sign'])
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.create({
    ...validity(years.server),
    serialNumber: serialNumber(),
    subject: [{ CN: [names[0] ?? addresses[0] ?? ''] }, { O: ['Basepair'] }],
    issuer: issuer.subjectName.toJSON(),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        ...names.map((value) => ({ type: 'dns', value }) as const),
        ...addresses.map((value) => ({ type: 'ip', value }) as const),
      ]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer),
    ],
  })
  return { certificate: pem(certificate), key: await privateKeyPem(keys.privateKey) }
}

/** True while this certificate holds for another `days`, carries each of the names, and the authority signed it. */
export function isGood(certificate: string, authority: string, names: readonly string[], days: number, now: number = Date.now()): boolean {
  try {
    const read = new ReadCertificate(certificate)
    const signer = new ReadCertificate(authority)
    const lasts = now >= Date.parse(read.validFrom) && Date.parse(read.validTo) - now > days * day
    return lasts && read.verify(signer.publicKey) && names.every((name) => read.checkHost(name) !== undefined)
  } catch {
    // Not a certificate: as good as none.
    return false
  }
}

function validity(forYears: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now()
  // A day back, for a clock that is set right later.
  return { notBefore: new Date(now - day), notAfter: new Date(now + forYears * 365 * day) }
}

/** Positive, not zero, and never the same twice. */
function serialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes.toString('hex')
}

function pem(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`
}

async function privateKeyPem(key: CryptoKey): Promise<string> {
  return `${PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`
}
