import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

/** One request as the SDK sent it. */
export interface AwsRequest {
  /** From the signature's scope: `rds`, `ec2`, `sts`, `monitoring`, `pricing`; empty where nothing was signed. */
  readonly service: string
  readonly region: string
  readonly accessKeyId: string
  /** `DescribeDBInstances`, whichever protocol named it; the path of a request without one. */
  readonly action: string
  /** The parameters of the Query protocol. */
  readonly params: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly path: string
  readonly body: string
}

/** What the endpoint does with one request. */
export interface AwsAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  readonly delayMs?: number
  /**
   * `silence`: nothing is ever said. `reset`: the connection is cut before an answer. `cut`: it is cut after half of the body.
   * `drip`: the body comes a byte at a time, without end.
   */
  readonly trouble?: 'silence' | 'reset' | 'cut' | 'drip'
}

type Answering = AwsAnswer | ((request: AwsRequest) => AwsAnswer | Promise<AwsAnswer>)

const requestId = '5a1c0a0e-0000-4000-8000-000000000001'
const markup = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

/** An answer of RDS or STS: `inner` stands within the result element. */
export function queryAnswer(action: string, inner: string): AwsAnswer {
  const result = `<${action}Result>${inner}</${action}Result>`
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`
  return {
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: `<?xml version="1.0"?><${action}Response>${result}${metadata}</${action}Response>`,
  }
}

/** An answer of EC2. */
export function ec2Answer(action: string, inner: string): AwsAnswer {
  return {
    headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?><${action}Response><requestId>${requestId}</requestId>${inner}</${action}Response>`,
  }
}

/** An answer of CloudWatch or Pricing. */
export function jsonAnswer(value: unknown): AwsAnswer {
  return { headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId }, body: JSON.stringify(value) }
}

/** A refusal in the words of RDS or STS. */
export function queryFault(code: string, message: string, status = 400, headers: Readonly<Record<string, string>> = {}): AwsAnswer {
  const error = `<Error><Type>Sender</Type><Code>${markup(code)}</Code><Message>${markup(message)}</Message></Error>`
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId, ...headers },
    body: `<ErrorResponse>${error}<RequestId>${requestId}</RequestId></ErrorResponse>`,
  }
}

/** A refusal in the words of EC2. */
export function ec2Fault(code: string, message: string, status = 400): AwsAnswer {
  const error = `<Error><Code>${markup(code)}</Code><Message>${markup(message)}</Message></Error>`
  return {
    status,
    headers: { 'content-type': 'text/xml;charset=UTF-8' },
    body: `<?xml version="1.0"?><Response><Errors>${error}</Errors><RequestID>${requestId}</RequestID></Response>`,
  }
}

/** A refusal in the words of CloudWatch or Pricing. */
export function jsonFault(code: string, message: string, status = 400): AwsAnswer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId },
    body: JSON.stringify({ __type: code, message }),
  }
}

const isJson = (request: AwsRequest) => request.headers['x-amz-target'] !== undefined
const unscripted = (request: AwsRequest): AwsAnswer => {
  const message = `The test gave no answer for ${request.service} ${request.action}.`
  if (isJson(request)) return jsonFault('InvalidAction', message)
  return request.service === 'ec2' ? ec2Fault('InvalidAction', message) : queryFault('InvalidAction', message)
}

async function read(request: IncomingMessage): Promise<AwsRequest> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const body = Buffer.concat(parts).toString()
  const [, accessKeyId = '', region = '', service = ''] =
    /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? []
  const params = new URLSearchParams(request.headers['content-type']?.includes('urlencoded') ? body : '')
  const target = request.headers['x-amz-target']
  const path = request.url ?? '/'
  const action = params.get('Action') ?? (typeof target === 'string' ? (target.split('.').pop() ?? target) : (path.split('?')[0] ?? path))
  return { service, region, accessKeyId, action, params, headers: request.headers, path, body }
}

async function give(answer: AwsAnswer, response: ServerResponse): Promise<void> {
  if (answer.delayMs !== undefined) await wait(answer.delayMs)
  const { trouble, body = '' } = answer
  if (trouble === 'silence') return
  if (trouble === 'reset') {
    response.socket?.resetAndDestroy()
    return
  }
  const bytes = Buffer.from(body)
  response.writeHead(answer.status ?? 200, { ...answer.headers, ...(trouble === 'drip' ? {} : { 'content-length': bytes.length }) })
  if (trouble === 'cut') {
    response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.destroy())
    return
  }
  if (trouble !== 'drip') {
    response.end(bytes)
    return
  }
  for (let at = 0; !response.destroyed; at++) {
    response.write(bytes.length === 0 ? ' ' : bytes.subarray(at % bytes.length, (at % bytes.length) + 1))
    await wait(20)
  }
}

export interface AwsEndpoint {
  readonly url: string
  /** Everything that was asked, in order. */
  readonly requests: readonly AwsRequest[]
  /** The requests for one action. */
  asked(action: string): readonly AwsRequest[]
  /**
   * Answers an action of a service (`rds DescribeDBInstances`; `*` for any of either) from now on: each answer once, the last one for ever.
   * What was said later wins.
   */
  answer(service: string, action: string, ...answers: readonly [Answering, ...Answering[]]): void
  close(): Promise<void>
}

/** A scriptable server that stands where AWS would: over real HTTP, on the loopback, for any service. Gone when the test is over. */
export async function startAwsEndpoint(): Promise<AwsEndpoint> {
  const scripts: { service: string; action: string; answers: Answering[] }[] = []
  const requests: AwsRequest[] = []
  const fits = (word: string, name: string) => word === '*' || word === name
  const server = createServer((incoming, response) => {
    // A client that goes away in the middle is what some tests are about.
    response.on('error', () => {})
    void read(incoming)
      .then(async (request) => {
        requests.push(request)
        const script = scripts.findLast(({ service, action }) => fits(service, request.service) && fits(action, request.action))
        const next = script === undefined ? unscripted : script.answers.length > 1 ? script.answers.shift() : script.answers[0]
        await give(typeof next === 'function' ? await next(request) : (next ?? {}), response)
      })
      .catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  onTestFinished(close)
  return {
    // A server that listens on TCP has an address of this kind.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    asked: (action) => requests.filter((one) => one.action === action),
    answer: (service, action, ...answers) => void scripts.push({ service, action, answers: [...answers] }),
    close,
  }
}
