import { once } from 'node:events'
import type { Target } from './driver.ts'
import { connectTimeoutMs } from './held-client.ts'
import { Line } from './line.ts'

/** Connects, makes TLS where the target asks for it, and closes again without signing in. */
export async function openHandshake(
  target: Target,
  signal: AbortSignal,
): Promise<{ readonly protocol: string; readonly verified: boolean } | null> {
  const line = new Line({ tls: target.tls, connectTimeoutMs })
  const abort = () => line.destroy()
  signal.addEventListener('abort', abort, { once: true })
  try {
    const ready = once(line, 'connect', { signal })
    if (target.host.startsWith('/')) line.connect(`${target.host}/.s.PGSQL.${target.port}`)
    else line.connect(target.port, target.host)
    await ready
    return line.protocol === null ? null : { protocol: line.protocol, verified: line.verified }
  } finally {
    signal.removeEventListener('abort', abort)
    line.destroy()
  }
}
