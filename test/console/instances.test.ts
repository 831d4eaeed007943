import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Fleet, InstanceKey } from '../../preload/contract/instances.ts'
import { startConsole } from '../support/console.ts'
import { type Line, openLine } from '../support/line.ts'

/** From an empty form to rows of a database of one's own, and back to nothing, over the console's real line and the practice cloud. */

const environment = 'local'
const password = 'correct-horse-battery-staple'

async function shown(line: Line, wanted: (fleet: Fleet) => boolean): Promise<Fleet> {
  for await (const fleet of await line.client.instances.watch({ environment })) if (wanted(fleet)) return fleet
  throw new Error('The stream ended')
}

/** Every file of the console's own; the practice cloud's servers have their passwords in their own folders. */
async function written(folder: string): Promise<string> {
  const entries = await readdir(join(folder, 'state'), { recursive: true, withFileTypes: true })
  // A file is written under a name that begins with a dot, and renamed.
  const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map((entry) => join(entry.parentPath, entry.name))
  return (await Promise.all([...files, join(folder, 'settings.json')].map((file) => readFile(file, 'utf8')))).join('\n')
}

test('an instance is created, becomes an environment that answers over verified TLS, and is deleted by its name', async () => {
  await using running = await startConsole()
  const line = await openLine(running)
  const { client } = line
  await client.practice.change({ speed: 6000 })
  const first = await shown(line, ({ instances }) => instances.length > 0)
  const place = first.places.find((one) => one.place.profile === 'practice cloud')?.place
  if (place === undefined) throw new Error('The practice cloud is not among the places')

  const { defaults } = await client.instances.creationOptions({ environment, place })
  const creation = {
    ...defaults,
    identifier: 'second',
    database: 'shop',
    password,
    publiclyAccessible: true,
    deletionProtection: false,
    makeEnvironment: { id: 'shop', label: 'Shop' },
  }
  expect((await client.instances.checkCreation({ environment, creation })).refusals).toEqual([])
  await client.instances.create({ environment, creation })
  const made = await line.until('shop', () => true)
  expect(made.environment).toMatchObject({
    guard: 'open',
    connection: { database: 'shop', tls: 'verify-full' },
    rds: { instance: 'second' },
  })

  const key: InstanceKey = { ...place, kind: 'instance', identifier: 'second' }
  await client.environments.setPassword({ environment: 'shop', password })
  await client.access.allow({ environment: 'shop', key })
  const { connection } = await line.until('shop', (one) => one.connection.state === 'connected')
  expect(connection).toMatchObject({ identity: { database: 'shop', user: defaults.masterUser, tls: { verified: true } } })
  expect((await line.query('shop', 'SELECT current_database()')).rows).toEqual([['shop']])

  await expect(
    client.instances.remove({ environment: 'shop', key, finalSnapshot: null, deleteBackups: true, confirm: 'Second' }),
  ).rejects.toMatchObject({ code: 'UNCONFIRMED' })
  await client.instances.remove({ environment: 'shop', key, finalSnapshot: 'second-final', deleteBackups: true, confirm: 'second' })
  await shown(line, ({ instances }) => instances.every((one) => one.key.identifier !== 'second'))
  const texts = await written(running.dataFolder)
  expect(texts).toContain('second-final')
  expect(texts).not.toContain(password)
  await line.close()
}, 180_000)
