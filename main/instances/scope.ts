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

/** The regions that RDS has in the standard partition, then China and GovCloud; others can be typed. Source: AWS' regional endpoints of RDS. */
export const regions: readonly string[] = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'ca-central-1',
  'ca-west-1',
  'mx-central-1',
  'sa-east-1',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'af-south-1',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'cn-north-1',
  'cn-northwest-1',
  'us-gov-east-1',
  'us-gov-west-1',
]
