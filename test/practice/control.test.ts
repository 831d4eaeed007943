import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/folders.ts'
import { startServices } from './services.ts'

const read = async (address: string) => (await fetch(address)).text()

test('both address services answer the address of the network; the choice survives a restart', async () => {
  const folder = await temporaryFolder()
  const first = await startServices(folder)
  expect(await read(`${first.endpoint}/check-ip/1`)).toBe('203.0.113.24\n')
  await first.control.change({ network: 'cafe' })
  expect(await read(`${first.endpoint}/check-ip/1`)).toBe('198.51.100.77\n')
  expect(await read(`${first.endpoint}/check-ip/2`)).toBe('198.51.100.77\n')
  expect((await fetch(`${first.endpoint}/check-ip/3`)).status).not.toBe(200)
  await first.close()
  const second = await startServices(folder)
  expect(second.control.state()).toMatchObject({ network: 'cafe', endpoint: second.endpoint })
})

test('the controls tell what is, and each change', async () => {
  const { control } = await startServices(await temporaryFolder())
  let told = 0
  const end = control.onChange(() => {
    told += 1
  })
  await control.change({ throttling: true, credentialsExpired: true, speed: 600 })
  expect(told).toBe(1)
  expect(control.state()).toMatchObject({ throttling: true, credentialsExpired: true, speed: 600 })
  expect(control.state().speeds).toContain(600)
  await expect(control.change({ network: 'nowhere' })).rejects.toMatchObject({ code: 'INVALID' })
  end()
  await control.change({ throttling: false })
  expect(told).toBe(2)
})

test('a stopped instance is started as AWS does; one that is not there or not stopped is told', async () => {
  const { control, instance } = await startServices(await temporaryFolder())
  await expect(control.forceStart('nobody')).rejects.toMatchObject({ code: 'GONE' })
  await expect(control.forceStart('cruddur-db-instance')).rejects.toMatchObject({ code: 'WRONG_STATE' })
  expect(control.state().stopped).toEqual([])
  const told = new Promise<void>((resolve) => void control.onChange(resolve))
  instance.status = 'stopped'
  await told
  expect(control.state().stopped).toEqual(['cruddur-db-instance'])
  await control.forceStart('cruddur-db-instance')
  expect(instance.status).toBe('starting')
})
