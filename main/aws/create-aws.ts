import { Failure } from '../../preload/contract/errors.ts'
import { Final, type UnderWay, underWay } from './attempts.ts'
import { type Aws, type AwsCall, type AwsIdentity, type AwsOptions, practiceProfile, type Send } from './aws.ts'
import { type Budget, createBudget } from './budget.ts'
import { type ClientOf, makeClient } from './clients.ts'
import { createConfiguration, type ServiceName } from './configuration.ts'
import { type About, describeAwsError } from './error-mapping.ts'
import { AwsHttpHandler, type Limits, usualLimits } from './http-handler.ts'
import { openProfile, type SignedIn } from './profile-line.ts'

/** A profile with its clients, until its credentials fail and both are made anew. */
interface Line {
  readonly signedIn: Promise<SignedIn>
  readonly clients: Map<string, Promise<unknown>>
  identity: Promise<AwsIdentity> | null
}

/** Opens the way to AWS. Reads and calls nothing yet. */
export function createAws(options: AwsOptions, limits: Limits = usualLimits): Aws {
  const configuration = createConfiguration(options)
  const requestHandler = new AwsHttpHandler(limits)
  const lines = new Map<string, Line>()
  const budgets = new Map<string, Budget>()
  const accounts = new Map<string, string>()
  const endpoints = new Map<string, string | null>()

  function lineOf(profile: string): Line {
    const known = lines.get(profile)
    if (known !== undefined) return known
    const line: Line = {
      signedIn: openProfile(profile, options, configuration, requestHandler),
      clients: new Map(),
      identity: null,
    }
    lines.set(profile, line)
    return line
  }

  function budgetOf(profile: string): Budget {
    const key = accounts.get(profile) ?? `profile ${profile}`
    const budget = budgets.get(key) ?? createBudget()
    budgets.set(key, budget)
    return budget
  }

  const fixedEndpoint = (profile: string) => options.endpoint ?? (profile === practiceProfile ? (options.practice?.endpoint ?? null) : null)

  function clientOf<Name extends ServiceName>(line: Line, name: Name, profile: string, region: string, signedIn: SignedIn) {
    const key = `${name} ${region}`
    const endpoint = fixedEndpoint(profile) ?? signedIn.facts.endpoint(name)
    endpoints.set(profile, endpoint)
    const client = line.clients.get(key) ?? makeClient(name, { region, endpoint, credentials: signedIn.keys, requestHandler })
    line.clients.set(key, client)
    // Each key holds the client that its service's name makes.
    return client as Promise<ClientOf<Name>>
  }

  async function call<Name extends ServiceName, Output>(
    name: Name,
    { place, what, signal, background }: AwsCall,
    send: Send<ClientOf<Name>, Output>,
  ) {
    const { profile } = place
    const line = lineOf(profile)
    const budget = budgetOf(profile)
    const state: UnderWay = { budget, action: '', attempts: 0 }
    const limit = AbortSignal.timeout(limits.callMs)
    const ends = signal === undefined ? limit : AbortSignal.any([limit, signal])
    const ended = Promise.withResolvers<never>()
    const end = () => ended.reject(ends.reason)
    if (ends.aborted) end()
    ends.addEventListener('abort', end, { once: true })
    let signedIn: SignedIn | null = null
    const work = async () => {
      signedIn = await line.signedIn
      await signedIn.keys()
      await budget.turn(background === true, ends)
      const region = name === 'pricing' ? 'us-east-1' : place.region
      const client = await clientOf(line, name, profile, region, signedIn)
      return await underWay.run(state, () => send(client, { abortSignal: ends }))
    }
    try {
      return await Promise.race([work(), ended.promise])
    } catch (error) {
      if (signal?.aborted === true) throw new Failure('CANCELLED', 'Cancelled.')
      const failure = describeAwsError(error instanceof Final ? error.error : error, aboutOf(what, profile, signedIn, state))
      if (failure.code === 'CREDENTIALS' && lines.get(profile) === line) lines.delete(profile)
      throw failure
    } finally {
      ends.removeEventListener('abort', end)
      ended.promise.catch(() => {})
    }
  }

  function aboutOf(what: string, profile: string, signedIn: SignedIn | null, state: UnderWay): About {
    const facts = signedIn?.facts
    return {
      what,
      profile: facts?.name ?? profile,
      spoken: facts?.spoken ?? `profile ${profile}`,
      kind: facts?.kind ?? '',
      signIn: facts?.signIn ?? null,
      where: endpoints.get(profile) ?? 'Amazon',
      action: state.action,
      secrets: signedIn?.secrets() ?? [],
    }
  }

  async function askIdentity(place: AwsCall['place'], signal: AbortSignal | undefined): Promise<AwsIdentity> {
    const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts')
    const answer = await call('sts', { place, what: 'ask whose credentials these are', signal }, (client, sending) =>
      client.send(new GetCallerIdentityCommand({}), sending),
    )
    if (answer.Account === undefined || answer.Arn === undefined) {
      throw new Failure('NOT_AWS', 'What answered is not AWS: it did not say whose credentials these are.', { profile: place.profile })
    }
    accounts.set(place.profile, answer.Account)
    return { account: answer.Account, arn: answer.Arn }
  }

  return {
    rds: (one, send) => call('rds', one, send),
    ec2: (one, send) => call('ec2', one, send),
    cloudWatch: (one, send) => call('cloudWatch', one, send),
    pricing: (one, send) => call('pricing', one, send),
    sts: (one, send) => call('sts', one, send),
    identity(place, signal) {
      const line = lineOf(place.profile)
      if (line.identity === null) {
        const asked = askIdentity(place, signal)
        line.identity = asked
        asked.catch(() => {
          if (line.identity === asked) line.identity = null
        })
      }
      return line.identity
    },
    profiles: () => configuration.profiles(),
    async regionOf(profile) {
      if (profile === practiceProfile) return options.practice?.region ?? null
      return (await configuration.facts(profile)).region
    },
    async databaseToken(place, server) {
      const signedIn = await lineOf(place.profile).signedIn
      const { Signer } = await import('@aws-sdk/rds-signer')
      const signer = new Signer({
        hostname: server.host,
        port: server.port,
        username: server.user,
        region: place.region,
        credentials: signedIn.keys,
      })
      return await signer.getAuthToken()
    },
    isThrottled: (place) => budgetOf(place.profile).slowed,
    isAmazon: (profile) => (fixedEndpoint(profile) ?? endpoints.get(profile) ?? null) === null,
    endpointOf: (profile) => fixedEndpoint(profile) ?? endpoints.get(profile) ?? null,
    close: () => requestHandler.destroy(),
  }
}
