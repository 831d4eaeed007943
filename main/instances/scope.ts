import type { Place, Profile, Scope } from '../../preload/contract/instances.ts'
import { type Aws, defaultProfile, practiceProfile } from '../aws/aws.ts'
import type { Environments } from '../environments/environments.ts'

/** The profiles and regions to begin with: the practice cloud where it runs, otherwise what the SDK would use and what the environments name. */
export async function defaultScope(aws: Aws, profiles: readonly Profile[], environments: Pick<Environments, 'all'>): Promise<Scope> {
  const practice = profiles.find(({ name }) => name === practiceProfile)
  if (practice !== undefined) return { profiles: [practice.name], regions: practice.region === null ? [] : [practice.region] }
  const named = environments.all().flatMap(({ rds }) => (rds === undefined ? [] : [rds]))
  const own = await aws.regionOf(defaultProfile)
  return {
    profiles: [...new Set([...(own === null && named.length > 0 ? [] : [defaultProfile]), ...named.map(({ profile }) => profile)])],
    regions: [...new Set([...(own === null ? [] : [own]), ...named.map(({ region }) => region)])],
  }
}

export const placesOf = ({ profiles, regions }: Scope): Place[] =>
  profiles.flatMap((profile) => regions.map((region) => ({ profile, region })))
