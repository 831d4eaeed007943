import { randomUUID } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { type Reach, reach } from '../../preload/contract/access.ts'
import type { EnvironmentId } from '../../preload/contract/environments.ts'
import { createTurns } from '../data/in-turn.ts'
import { readJson, writeJson } from '../data/json-file.ts'

const document = z.object({
  /** This machine and user, as in the tags of its rules. */
  machine: z.string().min(1).max(100),
  options: z.record(z.string(), reach.shape.options).default({}),
})
type Kept = z.infer<typeof document>

const defaults: Reach['options'] = { expiresAfterHours: 0, onStart: false, onChange: false }

/**
 * Opens what Basepair remembers of its access to instances. A file that does not parse is begun anew: nothing is then allowed by itself, and the
 * rules made so far count as somebody else's.
 */
export async function openKept(stateFolder: string, log: (line: string) => void) {
  const path = join(stateFolder, 'access.json')
  const read = await readJson(path, document)
  if (read.state === 'invalid') log(`access: ${path} does not hold what it should (${read.message}) and was begun anew`)
  let kept: Kept = read.state === 'ok' ? read.value : { machine: randomUUID(), options: {} }
  const inTurn = createTurns()
  const write = () => inTurn(() => writeJson(path, kept))
  if (read.state !== 'ok') await write()
  return {
    machine: kept.machine,
    /** Whether anything was ever chosen for the environment. */
    has: (environment: EnvironmentId): boolean => environment in kept.options,
    options: (environment: EnvironmentId): Reach['options'] => kept.options[environment] ?? defaults,
    setOptions(environment: EnvironmentId, options: Reach['options']): Promise<void> {
      kept = { ...kept, options: { ...kept.options, [environment]: options } }
      return write()
    },
    /** Waits until everything is written. */
    close: () => inTurn(async () => {}),
  }
}
export type KeptAccess = Awaited<ReturnType<typeof openKept>>

/** `mia@laptop`, in the characters that AWS takes in a description and a tag. */
export function ownerName(): string {
  return `${userInfo().username}@${hostname()}`.replaceAll(/[^A-Za-z0-9._@=+:/-]/g, '-').slice(0, 200)
}
