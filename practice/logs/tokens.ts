import { createHash } from 'node:crypto'
import { invalid } from './refusals.ts'

/** A place among the events of a group or a stream; they are in this order. */
export interface Position {
  readonly at: number
  readonly ingested: number
  readonly seq: number
}

export const beginning: Position = { at: -1, ingested: 0, seq: 0 }

/** 56 digits as at AWS, in the order of the events. */
export function eventId({ at, ingested, seq }: Position): string {
  return `3${digits(at, 15)}${digits(ingested, 15)}${digits(seq, 25)}`
}

function positionOf(id: string): Position {
  return { at: Number(id.slice(1, 16)), ingested: Number(id.slice(16, 31)), seq: Number(id.slice(31)) }
}

const digits = (value: number, length: number) => String(value).padStart(length, '0')
const dayMs = 24 * 60 * 60 * 1_000

/** Tokens for pages. They live for 24 hours, and are good for the request that brought them. */
export function createTokens(now: () => number) {
  const mark = (request: unknown) => createHash('sha256').update(JSON.stringify(request)).digest('base64url').slice(0, 12)
  const refused = () => invalid('The specified nextToken is invalid.')
  return {
    /** `request` is all that the next request must ask alike. */
    write(request: unknown, place: string): string {
      return Buffer.from(`${now()} ${mark(request)} ${place}`).toString('base64url')
    },
    read(request: unknown, token: string): string {
      const parts = /^(\d+) (\S{12}) (.*)$/s.exec(Buffer.from(token, 'base64url').toString())
      const [, at = '', whose, place = ''] = parts ?? []
      if (whose !== mark(request) || Number(at) + dayMs < now()) throw refused()
      return place
    },
    /** The tokens of GetLogEvents: forwards from an event, or backwards. */
    writeWay(request: unknown, way: 'f' | 'b', position: Position): string {
      return `${way}/${eventId(at0(position))}/${mark(request)}${now().toString(36)}`
    },
    readWay(request: unknown, token: string): { readonly way: 'f' | 'b'; readonly position: Position } {
      const parts = /^([fb])\/(3\d{55})\/(\S{12})([0-9a-z]+)$/.exec(token)
      const [, way, id = '', whose, at = ''] = parts ?? []
      if (whose !== mark(request) || Number.parseInt(at, 36) + dayMs < now()) throw refused()
      return { way: way === 'f' ? 'f' : 'b', position: positionOf(id) }
    },
    position: (place: string): Position => positionOf(place),
  }
}

export type Tokens = ReturnType<typeof createTokens>

const at0 = (position: Position): Position => ({ ...position, at: Math.max(0, position.at) })
