import { invocationsOf } from '../../cloudwatch/invocations.ts'
import type { FindContext } from './find.ts'
import type { LogStore, StreamLines } from './log-store.ts'

interface Known {
  readonly version: number
  /** The ids of the events of the invocation. */
  readonly events: ReadonlySet<string>
}

/** How many request ids are remembered. */
const most = 4

/** Tells of a line whether it was written during an invocation, by the START and REPORT around it. */
export function createRequestContext(store: Pick<LogStore, 'stream'>): FindContext {
  const requests = new Map<string, Map<StreamLines, Known>>()

  const eventsOf = (id: string, stream: StreamLines): ReadonlySet<string> => {
    let streams = requests.get(id)
    if (streams === undefined) {
      const [oldest] = requests.keys()
      if (requests.size >= most && oldest !== undefined) requests.delete(oldest)
      streams = new Map()
      requests.set(id, streams)
    }
    const known = streams.get(stream)
    if (known?.version === stream.version) return known.events
    // Only streams that name the id anywhere can hold its invocation.
    const named = stream.lines.some(({ message }) => message.includes(id))
    const own = named ? invocationsOf(stream.lines).filter(({ requestId }) => requestId === id) : []
    const events = new Set(own.flatMap((invocation) => invocation.events.map((event) => event.id)))
    streams.set(stream, { version: stream.version, events })
    return events
  }

  return {
    isOfRequest(id, line) {
      const stream = line.group === undefined ? null : store.stream(line.group, line.stream)
      return stream !== null && eventsOf(id, stream).has(line.id)
    },
  }
}
