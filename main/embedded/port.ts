import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below the ports that systems give to outgoing connections, so that a remembered one is rarely taken by chance. */
const range = { from: 20_000, to: 32_000 } as const

/** True where nothing listens on this port of 127.0.0.1. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

/** The first of the wanted ports that is free, otherwise any free one. */
export async function choosePort(wanted: readonly (number | undefined)[]): Promise<number> {
  for (const port of wanted) if (port !== undefined && port > 0 && port < 65_536 && (await isPortFree(port))) return port
  for (;;) {
    const port = randomInt(range.from, range.to)
    if (await isPortFree(port)) return port
  }
}
