import type { ClientLink } from '@orpc/client'

export type Link = ClientLink<Record<never, never>>

/** One open line to main. `closed` settles when it is gone for good. */
export interface Connection {
  readonly link: Link
  readonly closed: Promise<void>
}

/** How this page reaches main. */
export interface Transport {
  /** Opens a line. Fails with `Refused` where trying again is of no use. */
  connect(): Promise<Connection>
  /** Gets the bytes at a one-time address. */
  fetchPage(address: string, signal?: AbortSignal): Promise<Response>
}

/** Main does not know this page: it must be opened from the address that the console printed. */
export class Refused extends Error {
  override readonly name = 'Refused'
}
