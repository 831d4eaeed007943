import { Failure } from '../../preload/contract/errors.ts'
import { type Aws, type AwsIdentity, type AwsOptions, practiceProfile } from './aws.ts'
import { createCalls, type Line } from './calls.ts'
import { createConfiguration } from './configuration.ts'
import { describeClock, isClockWrong } from './error-mapping.ts'
import { type Limits, usualLimits } from './http-handler.ts'

/** Opens the way to AWS. Reads and calls nothing yet. */
export function createAws(options: AwsOptions, limits: Limits = usualLimits): Aws {
  const configuration = createConfiguration(options)
  const calls = createCalls(options, configuration, limits)
  const identities = new WeakMap<Line, Promise<AwsIdentity>>()

  async function askIdentity(place: { readonly profile: string; readonly region: string }): Promise<AwsIdentity> {
    const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts')
    const what = 'ask whose credentials these are'
    const { Account, Arn } = await calls.call('sts', { place, what }, (client, sending) =>
      client.send(new GetCallerIdentityCommand({}), sending),
    )
    if (Account === undefined || Arn === undefined) {
      throw new Failure('NOT_AWS', `Basepair could not ${what}: the answer names no account.`, { profile: place.profile })
    }
    calls.knowAccount(place.profile, Account)
    return { account: Account, arn: Arn }
  }

  const endpointOf = (profile: string) => calls.fixedEndpoint(profile) ?? configuration.endpointNow(profile, 'rds')

  return {
    rds: (one, send) => calls.call('rds', one, send),
    ec2: (one, send) => calls.call('ec2', one, send),
    cloudWatch: (one, send) => calls.call('cloudWatch', one, send),
    logs: (one, send) => calls.call('logs', one, send),
    lambda: (one, send) => calls.call('lambda', one, send),
    cognito: (one, send) => calls.call('cognito', one, send),
    pricing: (one, send) => calls.call('pricing', one, send),
    sts: (one, send) => calls.call('sts', one, send),
    async identity(place, signal) {
      const line = calls.lineOf(place.profile)
      const known = identities.get(line)
      // Shared by all who ask: one that goes away takes only itself out.
      const asked = known ?? askIdentity(place)
      if (known === undefined) {
        identities.set(line, asked)
        asked.catch(() => identities.delete(line))
      }
      return await untilAborted(asked, signal)
    },
    profiles: () => configuration.profiles(),
    async regionOf(profile) {
      if (profile === practiceProfile) return options.practice?.region ?? null
      return (await configuration.facts(profile)).region
    },
    databaseToken: (place, { host, port, user }) =>
      calls.within({ place, what: `make a token for ${user}`, service: 'rds' }, async (signedIn, about) => {
        // A token says when it was made by this machine's clock, and the database believes AWS'.
        if (isClockWrong(calls.clockAheadMs())) throw describeClock(about, calls.clockAheadMs())
        const { Signer } = await import('@aws-sdk/rds-signer')
        const signer = new Signer({ hostname: host, port, username: user, region: place.region, credentials: signedIn.keys })
        return await signer.getAuthToken()
      }),
    clockAheadMs: () => calls.mostAheadMs(),
    isThrottled: (place) => calls.budgetOf(place.profile).slowed,
    isAmazon: (profile) =>
      (['rds', 'ec2'] as const).some((service) => isAmazons(calls.fixedEndpoint(profile) ?? configuration.endpointNow(profile, service))),
    endpointOf,
    wake: () => calls.dropIdle(),
    close: () => calls.close(),
  }
}

/** Amazon has more addresses than the usual one: for FIPS, for both families, and those of a VPC's own. Null is the usual one. */
const isAmazons = (endpoint: string | null): boolean =>
  endpoint === null ||
  /(^|\.)(amazonaws\.com(\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn|amazonaws\.eu)\.?$/i.test(URL.parse(endpoint)?.hostname ?? '')

/** What the promise gives, unless the signal ends the waiting first. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await promise
  const ended = Promise.withResolvers<never>()
  const end = () => ended.reject(new Failure('CANCELLED', 'Cancelled.'))
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  try {
    return await Promise.race([promise, ended.promise])
  } finally {
    signal.removeEventListener('abort', end)
  }
}
