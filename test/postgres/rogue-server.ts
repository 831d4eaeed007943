import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP server that answers as told and keeps every byte it was sent. */
export interface RogueServer extends AsyncDisposable {
  readonly port: number
  readonly heard: Buffer[]
  text(): string
}

/** `answer` is called with each chunk and its number on that connection, from 0; what it returns is sent. */
export async function startRogueServer(answer: (chunk: Buffer, number: number, socket: Socket) => Buffer | null): Promise<RogueServer> {
  const heard: Buffer[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    let number = 0
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      heard.push(chunk)
      const reply = answer(chunk, number, socket)
      number += 1
      if (reply !== null) socket.write(reply)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    text: () => Buffer.concat(heard).toString('latin1'),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** One message of Postgres' protocol. */
export function message(type: string, body: Buffer): Buffer {
  const header = Buffer.alloc(5)
  header.write(type, 'latin1')
  header.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([header, body])
}

export function authentication(request: number, rest: Buffer = Buffer.alloc(0)): Buffer {
  const code = Buffer.alloc(4)
  code.writeUInt32BE(request)
  return message('R', Buffer.concat([code, rest]))
}

/** Lets everybody in. */
export const welcome = Buffer.concat([
  authentication(0),
  message('K', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])),
  message('Z', Buffer.from('I')),
])

/** A way to a real server that can go silent: what is open then stays open, and nothing passes any more. */
export async function startLink(to: number): Promise<{ readonly port: number; swallow(): void } & AsyncDisposable> {
  const open = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1')
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('error', () => socket.destroy())
    }
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    swallow() {
      for (const socket of open)
        socket
          .unpipe()
          .removeAllListeners('data')
          .on('data', () => {})
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
