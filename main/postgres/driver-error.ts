/** What goes wrong in the driver itself, beside what Postgres, Node and OpenSSL report. */
export type DriverErrorKind =
  | 'connect timeout'
  | 'sign-in timeout'
  | 'TLS refused'
  | 'TLS handshake'
  | 'clear-text password'
  | 'no password'
  | 'not Postgres'
  | 'protocol'
  | 'ended'
  | 'pool full'
  | 'too large'
  | 'unsendable'
  | 'connection in use'
  | 'open transaction'
  | 'copy refused'
  | 'cancelled'
  | 'timeout'

/** An error of the driver's own, inside the worker. `error-mapping.ts` turns it into a failure of the contract. */
export class DriverError extends Error {
  readonly kind: DriverErrorKind

  constructor(kind: DriverErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DriverError'
    this.kind = kind
  }
}
