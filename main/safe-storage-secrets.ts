import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod'
import { makePrivateFolder } from './data/durable-file.ts'
import { createTurns } from './data/in-turn.ts'
import { readJson, writeJson } from './data/json-file.ts'
import { createMemorySecrets, type Secrets } from './environments/secrets.ts'
import type { Log } from './incidents.ts'

/** What is asked of Electron's `safeStorage`; only its asynchronous half, as the other is deprecated. */
export interface KeyStore {
  isAsyncEncryptionAvailable(): Promise<boolean>
  encryptStringAsync(text: string): Promise<Buffer>
  decryptStringAsync(blob: Buffer): Promise<{ readonly shouldReEncrypt: boolean; readonly result: string }>
}

export interface SafeStorageOptions {
  readonly keyStore: KeyStore
  /** On Linux what `getSelectedStorageBackend` says; elsewhere `keychain` or `dpapi`. */
  readonly backend: string
  /** Where the encrypted passwords are kept. */
  readonly path: string
  readonly log: Log
}

/** What each backend is called. One that is not here is no key store: `basic_text` encrypts with a password that stands in Chromium's source. */
const names: Readonly<Record<string, string>> = {
  keychain: "the system's keychain",
  dpapi: "Windows' data protection",
  gnome_libsecret: "the desktop's keyring",
  kwallet: 'KWallet',
  kwallet5: 'KWallet',
  kwallet6: 'KWallet',
}

const file = z.object({
  version: z.literal(1),
  /** By environment: the encrypted password, and the backend whose key it was encrypted with. */
  passwords: z.record(z.string(), z.object({ backend: z.string(), blob: z.base64() })),
})
type File = z.infer<typeof file>

/**
 * Keeps passwords with the system's key store. Without one, or where it cannot be used now, they stay in memory for this run and nothing
 * is written. What cannot be read is asked for again, and kept as it is: the key store that wrote it may come back.
 */
export async function createSafeStorageSecrets(options: SafeStorageOptions): Promise<Secrets> {
  const { keyStore, backend, path, log } = options
  const memory = createMemorySecrets()
  const name = names[backend]
  if (name === undefined) {
    return {
      ...memory,
      describe: () => 'This desktop has no keyring, so passwords that you enter are kept in memory until Basepair ends, and never on disk.',
    }
  }

  let kept = await read(path, log)
  let trouble: string | null = (await available(keyStore)) ? null : `${name} cannot be used now`
  const inTurn = createTurns()
  const write = (change: (passwords: File['passwords']) => File['passwords']): Promise<void> =>
    inTurn(async () => {
      const next: File = { version: 1, passwords: change(kept.passwords) }
      await makePrivateFolder(dirname(path))
      await writeJson(path, next)
      kept = next
    })
  const encrypt = async (environment: string, password: string): Promise<void> => {
    const blob = (await keyStore.encryptStringAsync(password)).toString('base64')
    await write((passwords) => ({ ...passwords, [environment]: { backend, blob } }))
  }

  return {
    async get(environment) {
      const remembered = await memory.get(environment)
      const entry = kept.passwords[environment]
      if (remembered !== null || entry === undefined) return remembered
      if (entry.backend !== backend) {
        log(`secrets: the password of ${environment} was encrypted with ${entry.backend}, and this is ${backend}.`)
        trouble = `some were kept with another key store (${names[entry.backend] ?? entry.backend}) and have to be entered again`
        return null
      }
      try {
        const { result, shouldReEncrypt } = await keyStore.decryptStringAsync(Buffer.from(entry.blob, 'base64'))
        await memory.set(environment, result)
        if (shouldReEncrypt) await encrypt(environment, result)
        return result
      } catch (error) {
        // The reason comes from the key store and holds no secret; the blob is left alone.
        log(`secrets: the password of ${environment} could not be read: ${reason(error)}`)
        trouble = `some could not be read with ${name} and have to be entered again`
        return null
      }
    },
    async set(environment, password) {
      await memory.set(environment, password)
      try {
        await encrypt(environment, password)
        trouble = null
      } catch (error) {
        log(`secrets: the password of ${environment} could not be kept: ${reason(error)}`)
        trouble = `${name} cannot be used now, so the last one is kept in memory until Basepair ends`
      }
    },
    async remove(environment) {
      await memory.remove(environment)
      if (environment in kept.passwords)
        await write((passwords) => Object.fromEntries(Object.entries(passwords).filter(([id]) => id !== environment)))
    },
    describe: () => `Passwords are encrypted with ${name}${trouble === null ? '' : `; ${trouble}`}.`,
  }
}

async function available(keyStore: KeyStore): Promise<boolean> {
  try {
    return await keyStore.isAsyncEncryptionAvailable()
  } catch {
    // One that cannot even say so is not to be used.
    return false
  }
}

/** A file that does not parse is put aside, not overwritten: someone may still mend it. */
async function read(path: string, log: Log): Promise<File> {
  const found = await readJson(path, file)
  if (found.state === 'ok') return found.value
  if (found.state === 'invalid') {
    const aside = `${path}.unreadable-${Date.now()}`
    await rename(path, aside)
    log(`secrets: ${path} could not be read (${found.message}) and is now ${aside}; passwords have to be entered again.`)
  }
  return { version: 1, passwords: {} }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
