import { type Aws, practiceProfile } from '../aws/aws.ts'

/** Each by another owner, so that one that errs or lies is noticed. */
const onTheInternet = ['https://checkip.amazonaws.com', 'https://api.ipify.org', 'https://icanhazip.com'] as const

export interface AddressSourcesOptions {
  /** BASEPAIR_ADDRESS_SOURCES: addresses with commas between them, asked instead of all others. */
  readonly named: string | undefined
  readonly aws: Pick<Aws, 'endpointOf'>
  /** The practice cloud's own. */
  readonly practice: { addressSources(profile: string): readonly string[] } | null
}

/**
 * Which services say what the public address of this machine is, as the AWS of a profile sees it. An endpoint of the user's is asked first: where
 * it stands for a whole cloud it has such a service, and elsewhere the ones on the internet answer.
 */
export function createAddressSources({ named, aws, practice }: AddressSourcesOptions): (profile: string) => readonly string[] {
  const given = named === undefined ? [] : named.split(',').map((source) => source.trim())
  const own = given.filter((source) => source !== '')
  return (profile) => {
    if (own.length > 0) return own
    if (profile === practiceProfile && practice !== null) return practice.addressSources(profile)
    const endpoint = aws.endpointOf(profile)
    if (endpoint === null) return onTheInternet
    const base = endpoint.replace(/\/+$/, '')
    return [`${base}/check-ip/1`, `${base}/check-ip/2`, ...onTheInternet]
  }
}
