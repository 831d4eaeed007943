import { type InstanceKey, instanceKey } from '../../preload/contract/instances.ts'

/** `ca-central-1/instance/cruddur-db-instance/default`: one instance or cluster in the page's address. The profile, of any letters, is last. */
export const keyText = ({ region, kind, identifier, profile }: InstanceKey): string => `${region}/${kind}/${identifier}/${profile}`

/** What an address names; null where it names nothing that could be an instance. */
export function readKey(text: string | null): InstanceKey | null {
  const [region, kind, identifier, ...profile] = (text ?? '').split('/')
  return instanceKey.safeParse({ region, kind, identifier, profile: profile.join('/') }).data ?? null
}
