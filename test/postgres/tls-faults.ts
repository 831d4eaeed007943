import 'reflect-metadata'
import { type AddressInfo, connect as openSocket, type Socket } from 'node:net'
import { createServer, type TlsOptions } from 'node:tls'
import {
  BasicConstraintsExtension,
  type Extension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { KeyPair } from '../../practice/certificates.ts'
import { type RogueServer, startRogueServer } from './rogue-server.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const day = 86_400_000

/** What a certificate of these tests says; days count from today. */
export interface Wanted {
  readonly name: string
  /** Subject alternative names; none: the name stands in the common name alone. */
  readonly hosts?: readonly string[]
  readonly addresses?: readonly string[]
  readonly from?: number
  readonly to?: number
  readonly authority?: boolean
  /** Who signs it; itself where nobody is named. */
  readonly by?: KeyPair
}

let serial = 0x4000

/** Makes a certificate with any fault that is asked for. */
export async function makeCertificate({
  name,
  hosts = [],
  addresses = [],
  from = -1,
  to = 30,
  authority = false,
  by,
}: Wanted): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const names = [...hosts.map((value) => ({ type: 'dns', value }) as const), ...addresses.map((value) => ({ type: 'ip', value }) as const)]
  const extensions: Extension[] = [
    new BasicConstraintsExtension(authority, undefined, true),
    ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
  ]
  serial += 1
  const whole = {
    serialNumber: serial.toString(16),
    notBefore: new Date(Date.now() + from * day),
    notAfter: new Date(Date.now() + to * day),
    signingAlgorithm: algorithm,
    extensions,
  }
  const subject = [{ CN: [name] }]
  const certificate =
    by === undefined
      ? await X509CertificateGenerator.createSelfSigned({ ...whole, name: subject, keys })
      : await X509CertificateGenerator.create({
          ...whole,
          subject,
          issuer: new X509Certificate(by.certificate).subjectName.toJSON(),
          publicKey: keys.publicKey,
          signingKey: await crypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(by.key), algorithm, false, ['sign']),
        })
  const key = PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  return { certificate: `${certificate.toString('pem')}\n`, key: `${key}\n` }
}

/** A server that keeps what it was sent: the bytes on the wire, and what it could read of them after TLS. */
export interface Recorder extends AsyncDisposable {
  readonly port: number
  /** Decrypted bytes. */
  readonly read: Buffer[]
  readonly wire: RogueServer
}

/** Takes TLS with this certificate, then answers whatever comes as told. */
export async function startTlsRecorder(
  { certificate, key }: KeyPair,
  answer: (chunk: Buffer) => Buffer | null,
  options: TlsOptions = {},
): Promise<Recorder> {
  const read: Buffer[] = []
  const inner = await startInner({ cert: certificate, key, ...options }, read, answer)
  const tunnels = new WeakMap<Socket, Socket>()
  const wire = await startRogueServer((chunk, number, socket) => {
    if (number === 0) {
      // A way through to the TLS server, so that the bytes on the wire are recorded too.
      const through = openSocket(inner.port, '127.0.0.1')
      through.on('data', (data) => socket.write(data)).on('close', () => socket.end())
      through.on('error', () => socket.destroy())
      socket.on('close', () => through.destroy())
      tunnels.set(socket, through)
      return Buffer.from('S')
    }
    tunnels.get(socket)?.write(chunk)
    return null
  })
  return {
    port: wire.port,
    read,
    wire,
    async [Symbol.asyncDispose]() {
      await wire[Symbol.asyncDispose]()
      await inner[Symbol.asyncDispose]()
    },
  }
}

async function startInner(options: TlsOptions, read: Buffer[], answer: (chunk: Buffer) => Buffer | null) {
  const server = createServer(options, (socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (data) => {
      read.push(data)
      const reply = answer(data)
      if (reply !== null) socket.write(reply)
    })
  })
  // A client that turns away is what these tests are about.
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
