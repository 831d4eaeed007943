import { checkServerIdentity, type DetailedPeerCertificate, type PeerCertificate } from 'node:tls'
import type { TlsFacts } from '../../preload/contract/environments.ts'

/** A certificate that names its host in the common name alone. */
export class CommonNameOnly extends Error {
  readonly code = 'COMMON_NAME_ONLY'
}

/**
 * Whether the certificate is for this name. Unlike Node, a common name counts for nothing: RFC 6125 section 6.4.4 leaves it to old
 * certificates, and whoever may sign one for a person could sign one for a host.
 */
export function checkName(name: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subjectaltname === undefined) return new CommonNameOnly('The certificate holds no subject alternative name')
  return checkServerIdentity(name, certificate)
}

/** The root that a verified chain ends in, and until when it and the server's own certificate hold. */
export function chainOf(server: DetailedPeerCertificate): Pick<TlsFacts, 'root' | 'validTill'> {
  let root = server
  // A root is its own issuer.
  for (let depth = 0; depth < 10 && root.issuerCertificate !== undefined && root.issuerCertificate !== root; depth += 1) {
    root = root.issuerCertificate
  }
  return {
    validTill: new Date(server.valid_to).toISOString(),
    root: {
      name: textOf(root.subject.CN) ?? textOf(root.subject.O) ?? 'a root without a name',
      validTill: new Date(root.valid_to).toISOString(),
    },
  }
}

/** A name may hold an attribute several times. */
const textOf = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value.join(', ') : value)
