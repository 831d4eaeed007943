import { once } from 'node:events'
import type { Handshake, Target } from './driver.ts'
import { connectTimeoutMs, Line } from './line.ts'

/** A line on which nothing of Postgres was said yet; TLS is made where the target asks for it. */
export async function openLine(target: Target, timeoutMs: number = connectTimeoutMs, signal?: AbortSignal): Promise<Line> {
  signal?.throwIfAborted()
  const line = new Line({ tls: target.tls, connectTimeoutMs: timeoutMs })
  const abort = () => line.destroy(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  try {
    const ready = once(line, 'connect')
    if (target.host.startsWith('/')) line.connect(`${target.host}/.s.PGSQL.${target.port}`)
    else line.connect(target.port, target.host)
    await ready
    return line
  } catch (error) {
    line.destroy()
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

/** Connects, makes TLS where the target asks for it, and closes again without signing in. */
export async function openHandshake(target: Target, timeoutMs: number | undefined, signal: AbortSignal): Promise<Handshake | null> {
  const line = await openLine(target, timeoutMs || undefined, signal)
  const { secured } = line
  line.destroy()
  return secured
}
