import { Failure } from '../../preload/contract/errors.ts'
import type { Aws } from '../aws/aws.ts'
import type { Caller } from '../environments/caller.ts'
import type { Environments } from '../environments/environments.ts'
import { keyOf } from './instance-key.ts'
import { readServer, type Server } from './look.ts'

/**
 * Passes where no locked environment's instance is behind this group of the server's: its rules let in to both. Fails with LOCKED, and as AWS does
 * where it does not say so in the same profile.
 */
export async function allowSharing(
  { environments, aws }: { readonly environments: Pick<Environments, 'all' | 'isLocked'>; readonly aws: Aws },
  call: Caller,
  server: Server,
  group: string,
): Promise<void> {
  const { profile, region } = server.key
  const others = environments.all().flatMap((one) => {
    const key = environments.isLocked(call, one.id) ? keyOf(one) : null
    return key === null || key.region !== region ? [] : [{ one, key }]
  })
  await Promise.all(
    others.map(async ({ one, key }) => {
      const what = `see whether ${one.label} is behind the same security groups`
      const groups = await readServer(aws, key, { place: { profile: key.profile, region }, what }).then<
        readonly string[],
        readonly string[]
      >(
        (other) => other.groups,
        (error: unknown) => {
          const isGone = error instanceof Failure && error.code === 'GONE'
          // Another profile may well be another account, which has groups of its own.
          if (isGone || key.profile !== profile) return []
          throw error
        },
      )
      if (groups.includes(group))
        throw new Failure('LOCKED', `${group} decides who reaches ${one.label} too, which is read-only. Unlock ${one.label} first.`, {
          mend: 'unlock',
        })
    }),
  )
}
