import { X509Certificate } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makePrivateFolder, writeDurably } from '../../main/data/durable-file.ts'
import { createTurns } from '../../main/data/in-turn.ts'
import { readText } from '../../main/data/text-file.ts'
import type { EmbeddedServer } from '../../main/embedded/server.ts'
import { type InstanceOptions, keptCertificate, setMasterPassword, startInstance, stopLeftBehind } from '../instance.ts'

/** The server that an instance is. What is asked of it happens one after the other. */
export interface Machine {
  /** Makes its folder, with the password that was asked for; null has one made by chance. */
  prepare(password: string | null): Promise<void>
  up(): Promise<void>
  down(): Promise<void>
  restart(): Promise<void>
  /** Stops it and removes all that it kept. */
  remove(): Promise<void>
  /** Notes a password, which `applyPassword` then sets: a start that is interrupted between finds it. */
  notePassword(password: string): Promise<void>
  applyPassword(): Promise<void>
  /** Where it listens; null while it does not run. */
  port(): number | null
  certificateEnds(): Promise<Date>
  /** True where a server that a killed console left was taken over. */
  adopted(): boolean
}

export function createMachine(options: InstanceOptions, report: (text: string) => void): Machine {
  const { folder } = options
  const inTurn = createTurns()
  const kept = join(folder, 'master-password')
  const noted = join(folder, 'master-password.new')
  let server: EmbeddedServer | null = null
  let wasAdopted = false
  let ends: Date | null = null

  const stopNow = async (): Promise<void> => {
    const running = server
    server = null
    if (running === null) await stopLeftBehind(folder)
    else await running.stop()
  }
  const startNow = async (): Promise<void> => {
    if (server !== null) return
    server = await startInstance(options, report)
    wasAdopted = server.adopted
  }
  return {
    prepare: (password) =>
      inTurn(async () => {
        await makePrivateFolder(folder)
        if (password !== null) await writeDurably(kept, `${password}\n`)
      }),
    up: () => inTurn(startNow),
    down: () => inTurn(stopNow),
    restart: () =>
      inTurn(async () => {
        await stopNow()
        await startNow()
      }),
    remove: () =>
      inTurn(async () => {
        await stopNow()
        await rm(folder, { recursive: true, force: true, maxRetries: 5 })
      }),
    notePassword: (password) => inTurn(() => writeDurably(noted, `${password}\n`)),
    applyPassword: () =>
      inTurn(async () => {
        const password = (await readText(noted))?.trim() ?? ''
        if (password === '') return
        await startNow()
        if (server !== null) await setMasterPassword(server, options.masterUser, password)
        await rename(noted, kept)
      }),
    port: () => server?.port ?? null,
    async certificateEnds() {
      if (ends !== null) return ends
      await makePrivateFolder(folder)
      ends = new Date(new X509Certificate((await keptCertificate(options)).certificate).validTo)
      return ends
    },
    adopted: () => wasAdopted,
  }
}
