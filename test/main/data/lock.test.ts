import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { lockFolder } from '../../../main/data/lock.ts'
import { startOf } from '../../../main/data/process.ts'
import { temporaryFolder } from '../../support/folders.ts'

interface Answer {
  readonly state: 'ready' | 'held' | 'released' | 'refused'
  readonly message?: string
}

async function contender(folder: string): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, '../../support/lock-contender.ts'), [folder], { execArgv: [] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'message')
  return child
}

async function tell(child: ChildProcess, order: 'claim' | 'release'): Promise<Answer> {
  const answer = once(child, 'message')
  child.send(order)
  const [said] = await answer
  return said
}

test('a second claim is refused with the process that has the first, and passes once that is released', async () => {
  const folder = await temporaryFolder()
  const first = await lockFolder(folder)
  await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'BUSY', message: expect.stringContaining(`process ${process.pid}`) })
  await first.release()
  const second = await lockFolder(folder)
  await second.release()
  expect(await readdir(folder)).toEqual([])
})

test('releasing twice does not take the claim of another', async () => {
  const folder = await temporaryFolder()
  const first = await lockFolder(folder)
  await first.release()
  const second = await lockFolder(folder)
  await first.release()
  await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'BUSY' })
  await second.release()
})

test('the claim of a killed console is void', async () => {
  const folder = await temporaryFolder()
  const killed = await contender(folder)
  expect(await tell(killed, 'claim')).toEqual({ state: 'held' })
  await expect(lockFolder(folder)).rejects.toMatchObject({ message: expect.stringContaining(`process ${killed.pid}`) })
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  const lock = await lockFolder(folder)
  await lock.release()
})

test.runIf(process.platform === 'linux')('the claim of a process whose id another one has by now is void', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'lock'), JSON.stringify({ pid: process.pid, start: 'an earlier boot/1234', claim: 'a' }))
  const lock = await lockFolder(folder)
  await lock.release()
})

test.each([
  ['nothing', ''],
  ['zeros', '\0'.repeat(80)],
])('a claim of which a power cut left %s is void', async (_, text) => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'lock'), text)
  const lock = await lockFolder(folder)
  await lock.release()
})

test('of several that start at once, exactly one gets the folder, also where a void claim is in the way', async () => {
  const folder = await temporaryFolder()
  const contenders = await Promise.all([1, 2, 3, 4].map(() => contender(folder)))
  const dead = { pid: 2 ** 22 + 1, start: startOf(process.pid) }
  for (let round = 0; round < 150; round += 1) {
    if (round % 3 > 0) await writeFile(join(folder, 'lock'), JSON.stringify({ ...dead, claim: String(round) }))
    const answers = await Promise.all(contenders.map((child) => tell(child, 'claim')))
    expect(answers.filter(({ state }) => state === 'held')).toHaveLength(1)
    for (const { state, message } of answers) if (state === 'refused') expect(message).toMatch(/^Another Basepair \(process \d+\)/)
    await Promise.all(contenders.map((child) => tell(child, 'release')))
  }
  expect(await readdir(folder)).toEqual([])
})
