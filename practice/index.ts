import { join } from 'node:path'
import { makePrivateFolder } from '../main/data/durable-file.ts'
import { type Instance, keptAuthority, startInstance } from './instance.ts'

export interface PracticeOptions {
  /** The state of the practice cloud lives here, and survives a restart. */
  readonly folder: string
  /** Gets a sentence for the user when something happens to the cloud by itself. */
  readonly report?: ((text: string) => void) | undefined
}

/** The practice cloud. Who uses it talks to it over the network alone, as to Amazon's. */
export interface Practice {
  readonly instance: Instance
  /** What the user should know about this start. */
  readonly notices: readonly string[]
  /** Stops every server of it, the data intact. */
  close(): Promise<void>
}

const identifier = 'cruddur-db-instance'

/** Starts the practice cloud: one database instance, as the journals created it. Fails as the embedded server does. */
export async function startPractice({ folder, report = () => {} }: PracticeOptions): Promise<Practice> {
  await makePrivateFolder(folder)
  const authority = await keptAuthority(folder)
  const { instance, server } = await startInstance(
    {
      folder: join(folder, 'instances', identifier),
      authority,
      identifier,
      region: 'ca-central-1',
      masterUser: 'root',
      database: 'cruddur',
    },
    report,
  )
  const notices = server.adopted
    ? [`The practice instance ${identifier} was still running after the last console ended abruptly. It was taken over.`]
    : []
  return { instance, notices, close: () => server.stop() }
}
