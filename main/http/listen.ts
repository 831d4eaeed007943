import { createServer, type Server } from 'node:net'

/** Listens on the loopback address and on no other: no option and no variable changes that. Gives the port; 0 takes any. */
export function listenOnLoopback(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.off('error', reject)
      const address = server.address()
      if (typeof address === 'object' && address !== null) resolve(address.port)
      else reject(new Error('The server has no address.'))
    })
  })
}

/** Fails as listening on the port would, before anything is started for it. */
export async function requireFreePort(port: number): Promise<void> {
  const probe = createServer()
  await listenOnLoopback(probe, port)
  await new Promise<void>((resolve) => {
    probe.close(() => resolve())
  })
}
