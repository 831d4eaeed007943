import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createSafeStorageSecrets, type KeyStore } from '../../main/safe-storage-secrets.ts'
import { temporaryFolder } from '../support/folders.ts'

const password = 'correct horse battery staple'
const backends = ['gnome_libsecret', 'kwallet', 'kwallet5', 'kwallet6', 'keychain', 'dpapi']

interface TestKeyStore extends KeyStore {
  state: 'open' | 'locked' | 'gone'
  key: Buffer
  rotated: boolean
}

/** A key store that encrypts, and can be locked, lost, or given another key. */
function keyStore(): TestKeyStore {
  const store: TestKeyStore = {
    state: 'open',
    key: randomBytes(32),
    rotated: false,
    isAsyncEncryptionAvailable: async () => {
      if (store.state === 'gone') throw new Error('The name org.freedesktop.secrets was not provided')
      return store.state === 'open'
    },
    encryptStringAsync: async (text) => {
      if (store.state !== 'open') throw new Error(`The keyring is ${store.state}`)
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', store.key, nonce)
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    },
    decryptStringAsync: async (blob) => {
      if (store.state !== 'open') throw new Error(`The keyring is ${store.state}`)
      const decipher = createDecipheriv('aes-256-gcm', store.key, blob.subarray(0, 12))
      decipher.setAuthTag(blob.subarray(-16))
      const result = Buffer.concat([decipher.update(blob.subarray(12, -16)), decipher.final()]).toString('utf8')
      return { shouldReEncrypt: store.rotated, result }
    },
  }
  return store
}

async function machine() {
  const folder = await temporaryFolder()
  const path = join(folder, 'state', 'passwords.json')
  const logged: string[] = []
  const store = keyStore()
  const open = (backend = 'gnome_libsecret') =>
    createSafeStorageSecrets({ keyStore: store, backend, path, log: (entry) => logged.push(entry) })
  /** Every byte that was written below the folder. */
  const onDisk = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n')
  return { path, logged, store, open, onDisk, folder }
}

/** Nothing that may be read by others holds the password, in any of the usual spellings. */
function expectNoPassword(...texts: readonly string[]): void {
  for (const text of texts) {
    expect(text).not.toContain(password)
    expect(text).not.toContain(Buffer.from(password).toString('base64').slice(0, -2))
    expect(text).not.toContain(Buffer.from(password).toString('hex'))
    expect(text).not.toContain(encodeURIComponent(password))
  }
}

describe('passwords kept by the key store', () => {
  test.each(backends)('survive the end of the console, encrypted: %s', async (backend) => {
    const { open, onDisk, logged, path } = await machine()
    await (await open(backend)).set('prod', password)
    expect(await (await open(backend)).get('prod')).toBe(password)
    expectNoPassword(onDisk(), ...logged)
    expect(onDisk()).toContain(`"backend": "${backend}"`)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('are forgotten when asked, and only the one asked for', async () => {
    const { open } = await machine()
    const secrets = await open()
    await secrets.set('prod', password)
    await secrets.set('staging', 'other')
    await secrets.remove('prod')
    const again = await open()
    expect([await again.get('prod'), await again.get('staging')]).toEqual([null, 'other'])
  })

  test('written at once do not lose each other', async () => {
    const { open } = await machine()
    const secrets = await open()
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => secrets.set(id, id)))
    const again = await open()
    expect(await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => again.get(id)))).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('are encrypted anew when the key store turned to another key', async () => {
    const { open, store, onDisk } = await machine()
    await (await open()).set('prod', password)
    const before = onDisk()
    store.rotated = true
    expect(await (await open()).get('prod')).toBe(password)
    expect(onDisk()).not.toBe(before)
    store.rotated = false
    expect(await (await open()).get('prod')).toBe(password)
  })
})

describe('without a usable key store', () => {
  test.each(['basic_text', 'unknown', '', 'something_new'])('nothing is written with the backend %j', async (backend) => {
    const { open, onDisk } = await machine()
    const secrets = await open(backend)
    await secrets.set('prod', password)
    expect(await secrets.get('prod')).toBe(password)
    expect(onDisk()).toBe('')
    expect(secrets.describe()).toContain('no keyring')
    expect(await (await open(backend)).get('prod')).toBeNull()
  })

  test.each(['locked', 'gone'] as const)('a keyring that is %s: kept in memory, said so, and nothing is written', async (state) => {
    const { open, store, onDisk, logged } = await machine()
    store.state = state
    const secrets = await open()
    expect(secrets.describe()).toContain('cannot be used now')
    await secrets.set('prod', password)
    expect(await secrets.get('prod')).toBe(password)
    expect(secrets.describe()).toContain('in memory')
    expect(onDisk()).toBe('')
    expectNoPassword(...logged, secrets.describe())
  })

  test('a keyring killed between two reads: asked for again, kept as it was, and read when it is back', async () => {
    const { open, store, onDisk, logged } = await machine()
    await (await open()).set('prod', password)
    const before = onDisk()
    const secrets = await open()
    store.state = 'gone'
    expect(await secrets.get('prod')).toBeNull()
    expect(secrets.describe()).toContain('have to be entered again')
    expect(onDisk()).toBe(before)
    store.state = 'open'
    expect(await secrets.get('prod')).toBe(password)
    expectNoPassword(...logged)
  })

  test('another backend than before: asked for again, kept as it was, and read when the old one is back', async () => {
    const { open, onDisk } = await machine()
    await (await open('kwallet6')).set('prod', password)
    const before = onDisk()
    const secrets = await open('gnome_libsecret')
    expect(await secrets.get('prod')).toBeNull()
    expect(secrets.describe()).toContain('KWallet')
    expect(onDisk()).toBe(before)
    expect(await (await open('kwallet6')).get('prod')).toBe(password)
  })

  test('a keyring that disappeared for basic_text: nothing is deleted', async () => {
    const { open, onDisk } = await machine()
    await (await open()).set('prod', password)
    const before = onDisk()
    const secrets = await open('basic_text')
    expect(await secrets.get('prod')).toBeNull()
    await secrets.set('prod', 'typed anew')
    expect(onDisk()).toBe(before)
  })

  test('another key: asked for again', async () => {
    const { open, store } = await machine()
    await (await open()).set('prod', password)
    store.key = randomBytes(32)
    const secrets = await open()
    expect(await secrets.get('prod')).toBeNull()
    await secrets.set('prod', 'new')
    expect(await (await open()).get('prod')).toBe('new')
  })
})

describe('damage', () => {
  const damages: Readonly<Record<string, (text: string) => string>> = {
    'a flipped bit in the password': (text) =>
      text.replace(/("blob": ")(.)/, (_all, start, first) => `${start}${first === 'A' ? 'B' : 'A'}`),
    'a password cut short': (text) => text.replace(/("blob": ")([^"]{8})[^"]*/, '$1$2'),
    'an empty password': (text) => text.replace(/("blob": ")[^"]*/, '$1'),
    'a password that is no base64': (text) => text.replace(/("blob": ")[^"]*/, '$1***'),
    'a file cut short': (text) => text.slice(0, 40),
    'an empty file': () => '',
    'another file': () => '{"passwords": 7}',
    'no text at all': () => '\u0000\u0001\uffff',
  }

  test.each(Object.entries(damages))('%s: asked for again, nothing lost, and the next one is kept', async (_name, damage) => {
    const { open, path, onDisk, logged } = await machine()
    await (await open()).set('prod', password)
    const damaged = damage(readFileSync(path, 'utf8'))
    writeFileSync(path, damaged)
    const secrets = await open()
    expect(await secrets.get('prod')).toBeNull()
    expect(onDisk()).toContain(Buffer.from(damaged).toString('latin1'))
    expect(logged.length).toBeGreaterThan(0)
    await secrets.set('prod', password)
    expect(await (await open()).get('prod')).toBe(password)
    expectNoPassword(onDisk(), ...logged)
  })
})
