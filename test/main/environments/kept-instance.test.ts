import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createMemorySecrets } from '../../../main/environments/secrets.ts'
import { createEnvironmentsService } from '../../../main/environments/service.ts'
import { type Kept, openSettingsFile } from '../../../main/environments/settings-file.ts'
import type { Draft } from '../../../preload/contract/environments.ts'
import { temporaryFolder } from '../../support/folders.ts'

const call = { window: 'one', signal: new AbortController().signal }
const environment = 'staging'
const connection = { host: '127.0.0.1', port: 5432, database: 'cruddur', user: 'root', tls: 'off' } as const
const rds = { profile: 'default', region: 'ca-central-1', instance: 'cruddur-db-instance', signIn: 'password' } as const
const kept = { id: environment, label: 'staging', colour: 'orange', guard: 'guarded', project: 'cruddur', connection, rds } as const
const { rds: _, ...onNone } = kept

async function open(one: Kept = kept) {
  const settings = await openSettingsFile(join(await temporaryFolder(), 'settings.json'))
  await settings.save(one)
  const projects = new Map<string, string>()
  const opened = createEnvironmentsService({
    variables: [],
    embedded: [],
    settings,
    secrets: createMemorySecrets(),
    projects: { get: (id) => projects.get(id), set: async (id, project) => void projects.set(id, project) },
    allowUnlock: true,
  })
  await opened.reload()
  onTestFinished(() => opened.close())
  return { service: opened.service, settings }
}

const locked = {
  code: 'LOCKED',
  message: 'staging guards cruddur-db-instance. Unlock it before it is taken off that instance.',
  data: { mend: 'unlock' },
}

test.each<[string, Draft]>([
  ['another instance', { ...kept, rds: { ...rds, instance: 'another' } }],
  ['the same name in another region', { ...kept, rds: { ...rds, region: 'eu-west-1' } }],
  ['none', onNone],
  ['another host', { ...kept, connection: { ...connection, host: 'elsewhere.example.com' } }],
  ['another port', { ...kept, connection: { ...connection, port: 5433 } }],
  ['the instance of another host’s name', { ...onNone, url: 'postgres://root@other.c9akciq32rkq.ca-central-1.rds.amazonaws.com/cruddur' }],
])('a locked environment is put on %s only once it is unlocked', async (_, draft) => {
  const { service, settings } = await open()
  await expect(service.save(draft, call)).rejects.toMatchObject(locked)
  expect(settings.environments()).toEqual([kept])
  await service.unlock({ environment }, call)
  await service.save(draft, call)
  expect(settings.environments()).not.toEqual([kept])
})

test('a locked environment on RDS is removed only once it is unlocked', async () => {
  const { service, settings } = await open()
  await expect(service.remove({ environment }, call)).rejects.toMatchObject(locked)
  expect(settings.environments()).toEqual([kept])
  await service.unlock({ environment }, call)
  await service.remove({ environment }, call)
  expect(settings.environments()).toEqual([])
})

test('what leaves it on its instance, or was on none, needs no unlocking', async () => {
  const { service, settings } = await open()
  await service.save({ ...kept, label: 'Staging', rds: { ...rds, instance: 'Cruddur-DB-Instance', signIn: 'iam' } }, call)
  expect(settings.environments()).toMatchObject([{ label: 'Staging', rds: { signIn: 'iam' } }])
  const elsewhere = await open(onNone)
  await elsewhere.service.remove({ environment }, call)
  expect(elsewhere.settings.environments()).toEqual([])
})
