import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { EventStreamCodec } from '@smithy/core/event-streams'
import type { EventStream, StreamMessage } from '../api.ts'
import { jsonValue } from './render.ts'

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
)

/** Answers with an event stream, message by message as the client takes them, until it ends or the client goes. */
export async function sendStream(response: ServerResponse, stream: EventStream, requestId: string): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => {
    gone.abort()
    stream.end()
  })
  if (response.destroyed) stream.end()
  response.writeHead(200, {
    'content-type': 'application/vnd.amazon.eventstream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-amzn-requestid': requestId,
  })
  const send = async (message: StreamMessage) => {
    if (!response.write(encoded(message)) && !gone.signal.aborted) {
      await once(response, 'drain', { signal: gone.signal }).catch((error: unknown) => {
        if (!gone.signal.aborted) throw error
      })
    }
  }
  await send({ kind: 'event', type: 'initial-response', payload: {} })
  for await (const message of stream.messages) {
    if (gone.signal.aborted) break
    await send(message)
  }
  response.end()
}

function encoded({ kind, type, payload }: StreamMessage): Uint8Array {
  return codec.encode({
    headers: {
      ':message-type': { type: 'string', value: kind },
      [`:${kind}-type`]: { type: 'string', value: type },
      ':content-type': { type: 'string', value: 'application/json' },
    },
    body: Buffer.from(JSON.stringify(jsonValue(payload))),
  })
}
