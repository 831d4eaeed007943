import { Failure } from '../../preload/contract/errors.ts'
import { type AwsOptions, defaultProfile, practiceProfile } from './aws.ts'
import type { Configuration, ProfileFacts } from './configuration.ts'
import { type AwsHttpHandler, hearing } from './http-handler.ts'

/** Keys to sign with. Never part of an answer, an error or a log. */
export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

/** Temporary keys are renewed this long before they end, as the SDK does. */
const renewBeforeMs = 5 * 60_000

/** Why there are no keys: the SDK's own error, and the trouble on the wire that it may have come from. Neither leaves main/aws. */
export class NoKeys extends Error {
  readonly error: unknown
  readonly trouble: unknown
  constructor(error: unknown, trouble: unknown) {
    super('There are no keys.')
    this.error = error
    this.trouble = trouble
  }
}

/** What a profile is found to be, until its credentials fail and everything is read anew. */
export interface SignedIn {
  readonly facts: ProfileFacts
  /** Fails with NoKeys. */
  keys(): Promise<Keys>
  /** The keys used so far, which no text may repeat. */
  secrets(): readonly string[]
}

const practiceFacts = (region: string): ProfileFacts => ({
  name: null,
  spoken: `profile ${practiceProfile}`,
  kind: 'practice',
  known: true,
  region,
  signIn: null,
  endpoint: () => null,
})

/** Opens a profile: reads the configuration anew and makes the SDK's provider for it. Fails with GONE where the practice cloud does not run. */
export async function openProfile(
  profile: string,
  { practice, endpoint, variables }: AwsOptions,
  configuration: Configuration,
  requestHandler: AwsHttpHandler,
): Promise<SignedIn> {
  if (profile === practiceProfile) {
    if (practice === null) {
      throw new Failure('GONE', 'The practice cloud does not run here. Choose another profile in Instances.', { profile })
    }
    const { accessKeyId, secretAccessKey } = practice
    return signedIn(practiceFacts(practice.region), async () => ({ accessKeyId, secretAccessKey }))
  }
  const facts = await configuration.facts(profile)
  if (facts.name === null) {
    const sessionToken = variables['AWS_SESSION_TOKEN']
    const keys = { accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? '', secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? '' }
    return signedIn(facts, async () => (sessionToken === undefined || sessionToken === '' ? keys : { ...keys, sessionToken }))
  }
  const { fromIni, fromNodeProviderChain } = await import('@aws-sdk/credential-providers')
  const shared = {
    ...configuration.files,
    ignoreCache: true,
    clientConfig: { requestHandler, maxAttempts: 2, ...(endpoint === null ? {} : { endpoint }) },
    ...(facts.region === null ? {} : { parentClientConfig: { region: facts.region } }),
  }
  // The chain looks at the machine's own role too; a profile that is named, by AWS_PROFILE or in the console, means that profile.
  const named = profile !== defaultProfile || Boolean(variables['AWS_PROFILE'])
  const provider = named ? fromIni({ ...shared, profile: facts.name }) : fromNodeProviderChain(shared)
  return signedIn(facts, () => provider())
}

function signedIn(facts: ProfileFacts, provide: () => Promise<Keys>): SignedIn {
  let kept: Promise<Keys> | null = null
  let last: Keys | null = null
  let until = Number.POSITIVE_INFINITY
  const used = new Set<string>()
  const renew = (): Promise<Keys> => {
    until = Number.POSITIVE_INFINITY
    const heard = { trouble: undefined as unknown }
    const asked = hearing.run(heard, provide).then(
      (keys) => {
        until = keys.expiration === undefined ? until : keys.expiration.getTime() - renewBeforeMs
        for (const one of [keys.accessKeyId, keys.secretAccessKey, keys.sessionToken]) if (one !== undefined) used.add(one)
        last = keys
        return keys
      },
      (error: unknown) => {
        // The keys in hand are good for some minutes yet: nobody needs to sign in before they end.
        if (last?.expiration !== undefined && last.expiration.getTime() > Date.now()) {
          until = 0
          return last
        }
        throw new NoKeys(error, heard.trouble)
      },
    )
    kept = asked
    asked.catch(() => {
      if (kept === asked) kept = null
    })
    return asked
  }
  return {
    facts,
    keys: () => (kept === null || Date.now() >= until ? renew() : kept),
    secrets: () => [...used],
  }
}
