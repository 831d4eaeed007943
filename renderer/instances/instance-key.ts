import { regionPattern } from '../../preload/contract/environments-words.ts'
import type { InstanceKey } from '../../preload/contract/instances.ts'

/** `ca-central-1/instance/cruddur-db-instance/default`: one instance or cluster in the page's address. The profile, of any letters, is last. */
export const keyText = ({ region, kind, identifier, profile }: InstanceKey): string => `${region}/${kind}/${identifier}/${profile}`

/** What an address names; null where it names nothing that could be an instance. */
export function readKey(text: string | null): InstanceKey | null {
  const [region = '', kind, identifier = '', ...rest] = (text ?? '').split('/')
  const profile = rest.join('/')
  if (!regionPattern.test(region) || (kind !== 'instance' && kind !== 'cluster')) return null
  return identifier === '' || identifier.length > 63 || profile === '' || profile.length > 128
    ? null
    : { region, kind, identifier, profile }
}
