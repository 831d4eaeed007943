import type { Target } from './driver.ts'
import { openLine } from './handshake.ts'
import type { BackendKey } from './held-client.ts'

const cancelCode = 80_877_102

/** The protocol's own cancel: it takes no connection slot and no sign-in, and passes through poolers. The server answers nothing. */
export async function cancelRequest(target: Target, key: BackendKey): Promise<void> {
  const line = await openLine(target)
  const message = Buffer.alloc(16)
  message.writeInt32BE(16, 0)
  message.writeInt32BE(cancelCode, 4)
  message.writeInt32BE(key.processId, 8)
  message.writeInt32BE(key.secretKey, 12)
  line.end(message)
  // The server closes the connection once the signal is sent.
  await new Promise<void>((resolve) => {
    line.once('close', () => resolve())
    line.once('error', () => resolve())
  })
}
