import { Failure } from '../../preload/contract/errors.ts'
import { Final, type UnderWay, underWay } from './attempts.ts'
import { type AwsCall, type AwsOptions, practiceProfile, type Send } from './aws.ts'
import { type Budget, createBudget } from './budget.ts'
import { type ClientOf, makeClient } from './clients.ts'
import { type Configuration, permissionPrefixes, type ServiceName } from './configuration.ts'
import { type About, describeAwsError, describeCancelled, describeCredentialsError, describeLate } from './error-mapping.ts'
import { AwsHttpHandler, type Limits, lasting } from './http-handler.ts'
import { NoKeys, openProfile, type SignedIn } from './profile-line.ts'

/** A profile with its clients, until its credentials fail and all of it is made anew from what the files then hold. */
export interface Line {
  readonly signedIn: Promise<SignedIn>
  readonly clients: Map<string, Promise<unknown>>
}

/** What one piece of work is about. */
interface Work {
  readonly place: AwsCall['place']
  readonly what: string
  readonly service: ServiceName
  readonly signal?: AbortSignal | undefined
  readonly secrets?: readonly string[] | undefined
}

/** The Price List stands in few regions, and China has one of its own. */
const pricingRegion = (region: string) => (region.startsWith('cn-') ? 'cn-northwest-1' : 'us-east-1')

/** Makes the calls: profiles with their clients, the accounts' budgets, time limits, and errors as failures of the contract. */
export function createCalls(options: AwsOptions, configuration: Configuration, limits: Limits) {
  const clock = { aheadMs: 0 }
  const aheadOf = new Map<string, number>()
  const requestHandler = new AwsHttpHandler(limits, (aheadMs, host) => {
    clock.aheadMs = aheadMs
    aheadOf.set(host, aheadMs)
  })
  const lines = new Map<string, Line>()
  const budgets = new Map<string, Budget>()
  const accounts = new Map<string, string>()
  /** The regions in which AWS has accepted a profile's credentials since they last failed. */
  const accepted = new Map<string, Set<string>>()
  const closing = new AbortController()

  function lineOf(profile: string): Line {
    const known = lines.get(profile)
    if (known !== undefined) return known
    const line = {
      signedIn: openProfile(profile, options, configuration, requestHandler),
      clients: new Map<string, Promise<unknown>>(),
    }
    // Whoever waits for it hears of a failure; nobody may be waiting any more.
    line.signedIn.catch(() => {})
    lines.set(profile, line)
    return line
  }

  /** Forgets what is kept of a profile, so that the next call reads everything anew. */
  function forget(profile: string, line: Line): void {
    if (lines.get(profile) === line) lines.delete(profile)
  }

  function budgetOf(profile: string): Budget {
    const key = accounts.get(profile) ?? `profile ${profile}`
    const budget = budgets.get(key) ?? createBudget(limits.callsPerSecond, limits.slowness)
    budgets.set(key, budget)
    return budget
  }

  /** Where the requests of a profile go whatever its configuration says; null where that decides. */
  const fixedEndpoint = (profile: string): string | null =>
    options.endpoint ?? (profile === practiceProfile ? (options.practice?.endpoint ?? null) : null)

  function clientOf<Name extends ServiceName>(line: Line, name: Name, region: string, endpoint: string | null, signedIn: SignedIn) {
    const key = `${name} ${region}`
    const client = line.clients.get(key) ?? makeClient(name, { region, endpoint, credentials: signedIn.keys, requestHandler })
    line.clients.set(key, client)
    // Each key holds the client that its service's name makes.
    return client as Promise<ClientOf<Name>>
  }

  function aboutOf({ place, what, service, secrets = [] }: Work, signedIn: SignedIn | null, action: string): About {
    const facts = signedIn?.facts
    const regions = accepted.get(place.profile) ?? new Set()
    const endpoint = fixedEndpoint(place.profile) ?? facts?.endpoint(service) ?? null
    return {
      what,
      service: permissionPrefixes[service],
      region: place.region,
      profile: facts?.name ?? place.profile,
      spoken: facts?.spoken ?? `profile ${place.profile}`,
      kind: facts?.kind ?? '',
      known: facts?.known ?? true,
      signIn: facts?.signIn ?? null,
      where:
        place.profile === practiceProfile ? 'the practice cloud' : endpoint === null ? 'AWS' : `the endpoint ${new URL(endpoint).host}`,
      action,
      worksElsewhere: regions.size > 0 && !regions.has(place.region),
      secrets: [...(signedIn?.secrets() ?? []), ...secrets.flatMap((one) => [one, encodeURIComponent(one)])],
    }
  }

  /** Does something in a profile's name within the time limit, and tells each error as a failure. */
  async function within<Output>(work: Work, budget: Budget, act: (line: Line, signedIn: SignedIn, state: UnderWay) => Promise<Output>) {
    const { profile } = work.place
    const line = lineOf(profile)
    const limit = AbortSignal.timeout(limits.callMs)
    const ends = AbortSignal.any([limit, closing.signal, ...(work.signal === undefined ? [] : [work.signal])])
    const state: UnderWay = { budget, ends, action: '', stage: 'credentials', last: undefined }
    let signedIn: SignedIn | null = null
    const acting = async () => {
      signedIn = await line.signedIn
      await signedIn.keys()
      return await act(line, signedIn, state)
    }
    const ended = Promise.withResolvers<never>()
    const end = () => ended.reject(ends.reason)
    ends.addEventListener('abort', end, { once: true })
    if (ends.aborted) end()
    try {
      const output = await Promise.race([acting(), ended.promise])
      if (state.action !== '' && work.service !== 'pricing') {
        accepted.set(profile, (accepted.get(profile) ?? new Set()).add(work.place.region))
      }
      return output
    } catch (caught) {
      const about = aboutOf(work, signedIn, state.action)
      const failure = say(caught, about, state, limit)
      if (failure.code === 'CREDENTIALS') accepted.delete(profile)
      // A connection that nobody answers on any more would hold up the next call as well.
      if (failure.code === 'TIMEOUT') requestHandler.dropIdle()
      // Credentials that hang are asked for anew, like those that fail; a profile that could not be opened is opened anew.
      if (failure.code === 'CREDENTIALS' || signedIn === null || state.stage === 'credentials') forget(profile, line)
      throw failure
    } finally {
      ends.removeEventListener('abort', end)
    }
  }

  function say(caught: unknown, about: About, state: UnderWay, limit: AbortSignal): Failure {
    const error = caught instanceof Final ? caught.error : caught
    if (error instanceof Failure) return error
    if (state.ends.aborted) {
      return limit.aborted ? describeLate(about, state, limits.callMs) : describeCancelled(about)
    }
    if (error instanceof NoKeys) return describeCredentialsError(error.error, error.trouble, about)
    return describeAwsError(error, about)
  }

  async function call<Name extends ServiceName, Output>(
    service: Name,
    { place, what, signal, secrets, background = false }: AwsCall,
    send: Send<ClientOf<Name>, Output>,
  ): Promise<Output> {
    const budget = budgetOf(place.profile)
    return await within({ place, what, service, signal, secrets }, budget, async (line, signedIn, state) => {
      state.stage = 'turn'
      await budget.turn(background, state.ends)
      state.stage = 'sent'
      const region = service === 'pricing' ? pricingRegion(place.region) : place.region
      const endpoint = fixedEndpoint(place.profile) ?? signedIn.facts.endpoint(service)
      const client = await clientOf(line, service, region, endpoint, signedIn)
      const goesOn = AbortSignal.any([closing.signal, ...(signal === undefined ? [] : [signal])])
      return await lasting.run(goesOn, () => underWay.run(state, () => send(client, { abortSignal: state.ends })))
    })
  }

  return {
    call,
    within: <Output>(work: Work, act: (signedIn: SignedIn, about: About) => Promise<Output>): Promise<Output> =>
      within(work, budgetOf(work.place.profile), (_, signedIn) => act(signedIn, aboutOf(work, signedIn, ''))),
    lineOf,
    budgetOf,
    fixedEndpoint,
    /** From now on the profile shares the budget of the account's other profiles. */
    knowAccount: (profile: string, account: string) => void accounts.set(profile, account),
    /** How far this machine's clock is ahead of the last answer's. */
    clockAheadMs: () => clock.aheadMs,
    /** The furthest by which this machine's clock is ahead of anyone's last answer: an endpoint on this machine has this machine's time. */
    mostAheadMs: () => Math.max(...(aheadOf.size === 0 ? [0] : aheadOf.values())),
    dropIdle: () => requestHandler.dropIdle(),
    close() {
      closing.abort(new Error('Closed.'))
      requestHandler.destroy()
    },
  }
}
