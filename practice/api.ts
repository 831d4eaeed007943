/** What the practice cloud's services are made of. The wire turns each AWS protocol into these and back. */

/** The parameters of one call, whatever protocol brought them. Names are AWS' own: `DBInstanceIdentifier`, `Filters`. */
export interface Params {
  /** A single value as text; undefined where it was not given. */
  text(name: string): string | undefined
  /** `true` and `false`; undefined where it was not given. Anything else is an InvalidParameterValue. */
  flag(name: string): boolean | undefined
  whole(name: string): number | undefined
  /** A list of texts, however its protocol writes lists. */
  texts(name: string): readonly string[]
  /** A list of structures. */
  groups(name: string): readonly Params[]
  /** One structure. */
  group(name: string): Params | undefined
  /** Texts by names of the caller's own, as tags are; only the JSON protocols write them so. */
  map(name: string): Readonly<Record<string, string>>
}

/** The answer as a tree: an object's keys are elements in order, an array repeats its element, undefined leaves it out. */
export type Tree = string | number | boolean | Date | undefined | readonly Tree[] | { readonly [element: string]: Tree }

export interface ApiRequest {
  readonly action: string
  readonly region: string
  readonly params: Params
}

/** One message of an answer that goes on; an exception is its last. */
export interface StreamMessage {
  readonly kind: 'event' | 'exception'
  /** The member of the union that the answer is, for instance `sessionUpdate`, or the exception's name. */
  readonly type: string
  readonly payload: Tree
}

/** An answer that goes on until it ends by itself or the client goes. */
export class EventStream {
  /** Asked for the next only once the client has taken the one before. */
  readonly messages: AsyncIterable<StreamMessage>
  /** The client has gone: `messages` ends. */
  readonly end: () => void
  constructor(messages: AsyncIterable<StreamMessage>, end: () => void) {
    this.messages = messages
    this.end = end
  }
}

/** One AWS service of the practice cloud. Throws `AwsFault` for what AWS would refuse. */
export interface Service {
  /** The answer of the action, without its envelope. */
  call(request: ApiRequest): Promise<Tree | EventStream>
}

/** A refusal in AWS' own words. */
export class AwsFault extends Error {
  readonly code: string
  readonly status: number
  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}
