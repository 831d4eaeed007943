import { type MessagePort, parentPort } from 'node:worker_threads'
import { serve } from './serve.ts'

/** The entry of the worker thread: everything that parses bytes from a server happens here, so that only this can fall. */
function start(port: MessagePort | null): void {
  if (port === null) throw new Error('This file is the entry of a worker thread')
  serve(port)
}

start(parentPort)
