import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBrowserServer, type TestBrowserServer } from '../../support/browser-server.ts'
import { type RawAnswer, RawClient, rawText } from '../../support/raw-http.ts'
import {
  type Credential,
  credentialsOf,
  expected,
  type Host,
  hostsOf,
  type Method,
  methods,
  type Origin,
  originsOf,
  request,
  type Target,
  targets,
  told,
  type Whole,
} from './requests.ts'

/** Every route × hosts × origins × credentials × methods over raw sockets, and the line likewise: nothing outside the list is answered. */

let server: TestBrowserServer
let hosts: readonly Host[]
let origins: readonly Origin[]
let credentials: readonly Credential[]
let unused: string
/** Addresses asked for, of which only those of admitted requests may be. */
const taken: string[] = []
let clock = Date.UTC(2026, 0, 1)

const tokenOf = (link: string) => link.split('#')[1] ?? ''
const canaryPage = 'canary-page'

beforeAll(async () => {
  server = await startBrowserServer({
    now: () => clock,
    pages: {
      take: (address) => {
        taken.push(address)
        return new TextEncoder().encode(address).buffer
      },
    },
  })
  const over = await server.signIn()
  clock += 8 * 24 * 3_600_000
  const used = tokenOf(server.newLink())
  const answer = await post({ token: used })
  const { bearer } = JSON.parse(answer.body.toString()) as { bearer: string }
  unused = tokenOf(server.newLink())
  hosts = hostsOf(server.port)
  origins = originsOf(server.port)
  credentials = credentialsOf({ bearer, unused, used, over })
})
afterAll(() => server[Symbol.asyncDispose]())

async function post(body: unknown): Promise<RawAnswer> {
  const client = new RawClient(server.port)
  const host = `127.0.0.1:${server.port}`
  const headers = [
    ['Host', host],
    ['Origin', `http://${host}`],
    ['Content-Type', 'application/json'],
  ] as const
  const answer = await client.send(rawText({ method: 'POST', target: '/session', headers, body: JSON.stringify(body) }))
  client.close()
  return answer
}

interface Axes {
  readonly hosts?: readonly Host[]
  readonly origins?: readonly Origin[]
  readonly credentials?: readonly Credential[]
  readonly methods?: (target: Target) => readonly Method[]
  readonly targets?: readonly Target[]
  readonly upgrade?: boolean
}

function* wholes(axes: Axes): Generator<Whole> {
  for (const target of axes.targets ?? targets)
    for (const method of axes.methods?.(target) ?? [target.method ?? 'GET'])
      for (const host of axes.hosts ?? hosts)
        for (const origin of axes.origins ?? origins)
          for (const credential of axes.credentials ?? credentials)
            yield { host, origin, credential, method, target, upgrade: axes.upgrade ?? false }
}

/** What an answer breaks of the rules for all of them. */
function faults(answer: RawAnswer): string[] {
  const { headers, status, body } = answer
  const found: string[] = []
  for (const name of headers.keys()) if (name === 'set-cookie' || name.startsWith('access-control-')) found.push(`sends ${name}`)
  if (status !== 200 && status !== 101 && body.length > 0) found.push('says something in a refusal')
  if (status === 101) return found
  const must: Record<string, RegExp> = {
    'content-security-policy': /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'.*require-trusted-types-for 'script'/,
    'x-content-type-options': /^nosniff$/,
    'x-frame-options': /^DENY$/,
    'referrer-policy': /^no-referrer$/,
    'cross-origin-resource-policy': /^same-origin$/,
    'cross-origin-opener-policy': /^same-origin$/,
    'cross-origin-embedder-policy': /^require-corp$/,
    'permissions-policy': /camera=\(\)/,
    'cache-control': status === 200 ? /no-store|^private, max-age=31536000, immutable$/ : /^no-store$/,
  }
  for (const [name, value] of Object.entries(must)) {
    const sent = headers.get(name) ?? []
    if (sent.length !== 1 || !value.test(sent[0] ?? '')) found.push(`sends ${name}: ${sent.join(' | ')}`)
  }
  return found
}

/** Sends every request of the axes and gives how many there were, how many were admitted, and what was wrong. */
async function walk(...axes: Axes[]): Promise<{ sent: number; admitted: number; wrong: string[] }> {
  const all = new Map<string, Whole>()
  for (const axis of axes) for (const whole of wholes(axis)) all.set(told(whole), whole)
  const waiting = [...all.values()]
  const wrong: string[] = []
  let admitted = 0
  const work = async () => {
    const client = new RawClient(server.port)
    for (let whole = waiting.pop(); whole !== undefined; whole = waiting.pop()) {
      const status = expected(whole)
      const allowed = status === 200 || status === 101
      const token = allowed && whole.target.kind === 'session' ? tokenOf(server.newLink()) : unused
      const address = allowed ? 'a-page' : canaryPage
      const answer = await client.send(rawText(request(whole, { address, token })))
      if (allowed) admitted += 1
      if (answer.status !== status) wrong.push(`${told(whole)}: ${answer.status} instead of ${status}`)
      for (const fault of faults(answer)) wrong.push(`${told(whole)}: ${fault}`)
    }
    client.close()
  }
  await Promise.all(Array.from({ length: 8 }, work))
  return { sent: all.size, admitted, wrong }
}

const few = <Entry extends { readonly name: string }>(entries: readonly Entry[], ...names: string[]) =>
  entries.filter(({ name }) => names.includes(name))

describe('the route table', () => {
  test('holds exactly the routes that this suite walks', () => {
    const walked = targets.filter(({ method }) => method !== null).map(({ method, path }) => `${method} ${path}`)
    expect(server.routes.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(walked.toSorted())
  })
})

describe('requests', () => {
  test('nothing outside the list is answered, whatever the host, the origin, the credential and the method', async () => {
    const { sent, admitted, wrong } = await walk(
      // Each host with each origin, on every route.
      { credentials: few(credentials, 'none', 'right', 'wrong', 'an unused one-time token') },
      // Each credential with each origin, where the host alone would not refuse.
      { hosts: few(hosts, 'the address', 'localhost', 'a rebound name') },
      // Each method on each route.
      {
        methods: () => methods,
        hosts: few(hosts, 'the address', 'a rebound name', 'missing'),
        origins: few(origins, 'missing', 'the address', 'another site'),
        credentials: few(credentials, 'none', 'right', 'wrong'),
      },
    )
    expect(wrong.slice(0, 20)).toEqual([])
    expect(sent).toBeGreaterThan(20_000)
    expect(admitted).toBeGreaterThan(200)
    expect(taken.filter((address) => address === canaryPage)).toEqual([])
  })

  test('no refused request used up the one-time token that it carried', async () => {
    expect((await post({ token: unused })).status).toBe(200)
    expect((await post({ token: unused })).status).toBe(401)
    unused = tokenOf(server.newLink())
  })
})

describe('handshakes', () => {
  test('no line is opened for another host or origin, on another path or by another method', async () => {
    const { sent, admitted, wrong } = await walk(
      { upgrade: true, targets: targets.filter(({ kind }) => kind === 'line'), credentials: few(credentials, 'none', 'right', 'wrong') },
      {
        upgrade: true,
        methods: () => methods,
        hosts: few(hosts, 'the address', 'a rebound name', 'missing'),
        origins: few(origins, 'missing', 'the address', 'another site'),
        credentials: few(credentials, 'none', 'right'),
      },
    )
    expect(wrong.slice(0, 20)).toEqual([])
    expect(sent).toBeGreaterThan(2000)
    expect(admitted).toBeGreaterThan(4)
    expect(server.witness.begun).toEqual([])
  })
})
