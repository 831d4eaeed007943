import { randomUUID } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { instanceKey } from '../../preload/contract/instances.ts'
import { createTurns } from '../data/in-turn.ts'
import { readJson, writeJson } from '../data/json-file.ts'
import { isOneAddress } from './address.ts'

const oneAddress = z.string().refine(isOneAddress, 'it is not one single address')

/** A rule as AWS wrote it, as far as a change sends it back. */
const asItWas = z
  .object({
    SecurityGroupRuleId: z.string().min(1),
    GroupId: z.string().min(1),
    IpProtocol: z.string().optional(),
    FromPort: z.int().optional(),
    ToPort: z.int().optional(),
    CidrIpv4: oneAddress.optional(),
    CidrIpv6: oneAddress.optional(),
    Description: z.string().optional(),
  })
  .refine(({ CidrIpv4, CidrIpv6 }) => (CidrIpv4 === undefined) !== (CidrIpv6 === undefined), 'it is not for one single address')

const entry = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  /** The instance, with its place. */
  key: instanceKey,
  /** The environment that the change is written down under. */
  environment: z.string(),
  group: z.string(),
  port: z.int(),
  /** The rule before it was changed; null where one is made. */
  before: asItWas.nullable(),
  /** What is written into it. */
  cidr: oneAddress,
  /** Of a rule that is made. */
  description: z.string().nullable(),
  /** The rules that were there before, among which one that is made is not. */
  there: z.array(z.string()),
  /** `back`: it is decided that it does not stay. */
  state: z.enum(['written', 'back']),
})
export type Entry = z.infer<typeof entry>
const document = z.object({ entries: z.array(entry) })

/** A change on its way: what happens to its entry. Neither fails: what could not be kept goes to the log. */
export interface Standing {
  goingBack(): Promise<void>
  close(): Promise<void>
}

/** Opens what is written down of each change to a rule before it is made, and stands until it ended well or was put back. */
export async function openJournal(stateFolder: string, log: (line: string) => void) {
  const path = join(stateFolder, 'access-journal.json')
  const read = await readJson(path, document)
  if (read.state === 'invalid') {
    await rename(path, `${path}.damaged`)
    log(`access: ${path} does not hold what it should (${read.message}) and was set aside: look at the rules`)
  }
  let entries: readonly Entry[] = read.state === 'ok' ? read.value.entries : []
  const inTurn = createTurns()
  const write = () => inTurn(() => writeJson(path, { entries }))
  const keep = () => write().catch((error: unknown) => log(`access: ${path}: ${error instanceof Error ? error.message : String(error)}`))

  async function close(id: string): Promise<void> {
    entries = entries.filter((one) => one.id !== id)
    await keep()
  }

  return {
    /** The changes that have not ended. */
    standing: (): readonly Entry[] => entries,
    /** Writes a change down; it is on disk when this returns. Fails with FILE, and then it is not to be made. */
    async open(change: Omit<Entry, 'id' | 'at' | 'state'>): Promise<Standing> {
      const id = randomUUID()
      const made: Entry = { ...change, id, at: new Date().toISOString(), state: 'written' }
      entries = [...entries, made]
      try {
        await write()
      } catch (error) {
        entries = entries.filter((one) => one !== made)
        throw error
      }
      return {
        async goingBack() {
          entries = entries.map((one) => (one.id === id ? { ...one, state: 'back' as const } : one))
          await keep()
        },
        close: () => close(id),
      }
    },
    close,
  }
}
export type Journal = Awaited<ReturnType<typeof openJournal>>
