import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A line to a server of this machine that loses answers in their middle when it is told to. Gone when the test is over. */
export async function openCutLine(endpoint: string) {
  const sockets = new Set<Socket>()
  const line = { url: '', /** So many answers to come end in their middle. */ cuts: 0, cut: 0 }
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A line that is cut ends with errors on both sides.
    socket.on('error', () => {})
    return socket
  }
  const server = createServer((client) => {
    keep(client)
    const upstream = keep(connect(Number(new URL(endpoint).port), '127.0.0.1'))
    client.pipe(upstream)
    upstream.on('data', (part: Buffer) => {
      if (line.cuts === 0) {
        if (!client.write(part)) upstream.pause()
        return
      }
      line.cuts -= 1
      line.cut += 1
      client.write(part.subarray(0, part.length - 10), () => client.destroy())
      upstream.removeAllListeners('data')
      upstream.destroy()
    })
    client.on('drain', () => upstream.resume())
    upstream.on('close', () => client.end())
    client.on('close', () => upstream.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has an address of this kind.
  line.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  )
  return line
}
