import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createAws } from '../../../main/aws/create-aws.ts'
import { type Limits, usualLimits } from '../../../main/aws/http-handler.ts'
import { type AwsAnswer, type AwsRequest, queryAnswer, queryFault, startAwsEndpoint } from '../../support/aws-endpoint.ts'
import { type Tree, xml } from './cloud-fixture.ts'

/** A state that an instance was in, from a time on. */
interface Truth {
  readonly status: string
  readonly from: number
  /** Came by a request of the console, or follows from one; otherwise AWS or somebody else did it. */
  readonly own: boolean
}

export interface ModelInstance {
  readonly profile: string
  readonly region: string
  readonly identifier: string
  readonly kind: 'instance' | 'cluster'
  readonly fields: Readonly<Record<string, Tree>>
  /** Oldest first. */
  readonly truth: Truth[]
  /** What comes next by itself. */
  next: { readonly status: string; readonly at: number; readonly own: boolean }[]
  /** The time that the last answer shows. */
  shownAt: number
  automaticRestartAt?: string
}

export interface ModelOptions {
  readonly now: () => number
  /** How old an answer is, in milliseconds. */
  readonly lag?: () => number
  /** How long stopping and starting take. */
  readonly takes?: () => number
  readonly profiles?: readonly string[]
}

/** RDS as far as stopping and starting go: its states with their truth, and answers that lag behind it. */
export async function startRdsModel({ now, lag = () => 0, takes = () => 60_000, profiles = [] }: ModelOptions) {
  const endpoint = await startAwsEndpoint()
  const instances: ModelInstance[] = []
  const wrong: { readonly action: string; readonly status: string; readonly instance: ModelInstance; readonly shownAt: number }[] = []
  const sent: { readonly action: string; readonly identifier: string }[] = []

  const answers = new Map<string, (request: AwsRequest) => AwsAnswer>()
  const answer = (action: string, give: (request: AwsRequest) => AwsAnswer) => {
    answers.set(action, give)
    endpoint.answer('rds', action, give)
  }

  const settle = (one: ModelInstance) => {
    for (const step of one.next.filter(({ at }) => at <= now())) one.truth.push({ status: step.status, from: step.at, own: step.own })
    one.next = one.next.filter(({ at }) => at > now())
  }
  const statusAt = (one: ModelInstance, time: number) => {
    settle(one)
    return (one.truth.findLast(({ from }) => from <= time) ?? one.truth[0])?.status ?? ''
  }
  const status = (one: ModelInstance) => statusAt(one, now())
  const become = (one: ModelInstance, to: string, own = false) => void one.truth.push({ status: to, from: now(), own })

  const described = (one: ModelInstance, shown: string): Tree => {
    const stop = one.automaticRestartAt !== undefined && shown === 'stopped' ? one.automaticRestartAt : undefined
    const common = { Engine: 'postgres', EngineVersion: '18.4', MultiAZ: false, AutomaticRestartTime: stop, ...one.fields }
    if (one.kind === 'cluster') return { DBClusterIdentifier: one.identifier, Status: shown, ...common, Engine: 'aurora-postgresql' }
    return {
      DBInstanceIdentifier: one.identifier,
      DBInstanceArn: `arn:aws:rds:${one.region}:123456789012:db:${one.identifier}`,
      DBInstanceStatus: shown,
      DBInstanceClass: 'db.t4g.micro',
      AllocatedStorage: 20,
      StorageType: 'gp3',
      ...common,
    }
  }

  const profileOf = ({ accessKeyId }: AwsRequest) => profiles[Number(accessKeyId.slice(4, 20)) - 1] ?? 'default'
  const find = (request: AwsRequest, kind: ModelInstance['kind'], identifier: string | null) =>
    instances.filter(
      (one) =>
        one.kind === kind &&
        one.region === request.region &&
        one.profile === profileOf(request) &&
        (identifier === null || one.identifier === identifier),
    )

  for (const kind of ['instance', 'cluster'] as const) {
    const [list, element, name] =
      kind === 'instance'
        ? (['DBInstances', 'DBInstance', 'DBInstanceIdentifier'] as const)
        : (['DBClusters', 'DBCluster', 'DBClusterIdentifier'] as const)
    answer(`Describe${list}`, (request) => {
      const identifier = request.params.get(name)
      const found = find(request, kind, identifier)
      if (identifier !== null && found.length === 0) return queryFault(`${element}NotFound`, `${element} ${identifier} not found.`, 404)
      const shown = found.map((one) => {
        one.shownAt = now() - lag()
        return described(one, statusAt(one, one.shownAt))
      })
      return queryAnswer(`Describe${list}`, xml({ [list]: xmlList(element, shown) }))
    })
    for (const action of ['Stop', 'Start'] as const) {
      answer(`${action}${element}`, (request) => {
        const identifier = request.params.get(name) ?? ''
        const [one] = find(request, kind, identifier)
        if (one === undefined) return queryFault(`${element}NotFound`, `${element} ${identifier} not found.`, 404)
        sent.push({ action: action.toLowerCase(), identifier })
        const before = status(one)
        if (before !== (action === 'Stop' ? 'available' : 'stopped')) {
          wrong.push({ action, status: before, instance: one, shownAt: one.shownAt })
          return queryFault(
            `Invalid${element}State`,
            `${element} ${identifier} is not in ${action === 'Stop' ? 'available' : 'stopped'} state.`,
          )
        }
        const [passing, end] = action === 'Stop' ? ['stopping', 'stopped'] : ['starting', 'available']
        one.next = []
        become(one, passing, true)
        one.next.push({ status: end, at: now() + takes(), own: true })
        return queryAnswer(`${action}${element}`, xml({ [element]: described(one, passing) }))
      })
    }
  }
  answer('DescribeEvents', () => queryAnswer('DescribeEvents', '<Events/>'))
  endpoint.answer('sts', 'GetCallerIdentity', (request) => {
    const account = String(100000000000 + Number(request.accessKeyId.slice(4, 20)))
    return queryAnswer('GetCallerIdentity', xml({ Arn: `arn:aws:iam::${account}:user/dev`, UserId: 'AIDA', Account: account }))
  })

  /** The real way to AWS, pointed here; each profile is an account of its own. */
  const openAws = async (limits: Partial<Limits> = {}) => {
    const folder = await mkdtemp(join(tmpdir(), 'basepair-rds-model-'))
    const names = profiles.length === 0 ? ['default'] : profiles
    const sections = names.map((name, index) => {
      const id = `AKIA${String(index + 1).padStart(16, '0')}`
      return `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n`
    })
    await writeFile(join(folder, 'credentials'), sections.join('\n'))
    const variables = {
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_REGION: 'ca-central-1',
    }
    // Time passes faster in tests than the budget of an account would let AWS be asked.
    const aws = createAws({ endpoint: endpoint.url, practice: null, variables }, { ...usualLimits, callsPerSecond: 1_000, ...limits })
    onTestFinished(async () => {
      aws.close()
      await rm(folder, { recursive: true, force: true })
    })
    return aws
  }

  return {
    endpoint,
    instances,
    /** The answer that the model gives to a request of RDS. */
    answering: (request: AwsRequest): AwsAnswer =>
      answers.get(request.action)?.(request) ?? queryFault('InvalidAction', `The model has no answer for ${request.action}.`),
    /** The requests to stop and start that reached AWS, and those of them that AWS refused for the state. */
    sent,
    wrong,
    status,
    settle,
    become,
    openAws,
    add(identifier: string, more: Partial<Omit<ModelInstance, 'identifier'>> & { readonly status?: string } = {}): ModelInstance {
      const { status: first = 'available', ...rest } = more
      const made: ModelInstance = {
        profile: 'default',
        region: 'ca-central-1',
        kind: 'instance',
        fields: {},
        truth: [{ status: first, from: 0, own: false }],
        next: [],
        shownAt: 0,
        ...rest,
        identifier,
      }
      instances.push(made)
      return made
    },
  }
}
export type RdsModel = Awaited<ReturnType<typeof startRdsModel>>

const xmlList = (element: string, items: readonly Tree[]): Tree => (items.length === 0 ? '' : { [element]: items })
