import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Environment, EnvironmentState } from '../../preload/contract/environments.ts'
import { client } from '../client.ts'
import { announce } from '../ui/announce.ts'
import { confirmByName } from '../ui/confirm-by-name.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { useEnvironments } from '../ui/environment.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Card } from '../ui/layout.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { StatusPill } from '../ui/status-pill.tsx'
import { openEnvironmentForm } from './environment-form.tsx'

const origins: Record<Environment['origin'], string> = {
  embedded: 'started by Basepair',
  practice: 'practice instance',
  variable: 'from an environment variable',
  settings: 'from the settings file',
}

function StatePill({ state: { connection } }: { state: EnvironmentState }) {
  switch (connection.state) {
    case 'connecting':
      return <StatusPill tone="busy">connecting</StatusPill>
    case 'connected':
      return <StatusPill tone="ok">connected</StatusPill>
    case 'lost':
    case 'failed':
      return (
        <StatusPill tone="bad" title={connection.problem.message}>
          {connection.state === 'lost' ? 'connection lost' : 'not connected'}
        </StatusPill>
      )
    default:
      return connection satisfies never
  }
}

function askRemove({ id }: Environment): void {
  confirmByName({
    title: `Remove the environment ${id}`,
    name: id,
    action: 'Remove',
    losses: [`${id} is taken out of the settings file and its password is forgotten.`],
    notes: ['Its database is not touched.'],
    run: async () => {
      await client.environments.remove({ environment: id })
      announce(`Removed the environment ${id}`)
    },
  })
}

function EnvironmentRow({ state, secrets }: { state: EnvironmentState; secrets: string }) {
  const { environment } = state
  const { id, label, colour, connection, origin } = environment
  const [testing, setTesting] = useState(false)
  const [answer, setAnswer] = useState<ReactNode>(null)

  const test = async () => {
    setTesting(true)
    setAnswer(null)
    try {
      const { guard, project, rds } = environment
      const identity = await client.environments.test({ id, label, colour, guard, project, connection, ...(rds && { rds }) })
      setAnswer(
        <span role="status">
          {identity.user} in {identity.database} answered, PostgreSQL {identity.version}
        </span>,
      )
    } catch (error) {
      setAnswer(<ErrorNotice compact error={error} environment={id} />)
    } finally {
      setTesting(false)
    }
  }

  const fixed = origin === 'variable' ? 'The environment variable comes first; unset it to edit this here' : undefined
  return (
    <li data-colour={colour}>
      <div className="grow">
        <div className="row">
          <b className="environment-label">{label}</b>
          {label !== id && <span className="dim">{id}</span>}
          <StatePill state={state} />
          <span className="dim">
            {origins[origin]}, {environment.guard === 'guarded' ? 'read-only until unlocked' : 'open to changes'}, project{' '}
            {environment.project}
          </span>
        </div>
        <div className="mono dim">
          {connection.database} @ {connection.host}:{connection.port} as {connection.user}, TLS {connection.tls}
        </div>
        {environment.rds && (
          <div className="mono dim">
            RDS {environment.rds.instance} in {environment.rds.region}, profile {environment.rds.profile}, by{' '}
            {environment.rds.signIn === 'iam' ? 'IAM token' : 'password'}
          </div>
        )}
        {answer}
      </div>
      <Button loading={testing} aria-label={`Test ${id}`} onClick={() => void test()}>
        Test
      </Button>
      <Button
        disabled={fixed !== undefined}
        title={fixed}
        aria-label={`Edit ${id}`}
        onClick={() => openEnvironmentForm(environment, secrets)}
      >
        Edit
      </Button>
      {origin === 'settings' && (
        <Button variant="outline" color="red" aria-label={`Remove ${id}`} onClick={() => askRemove(environment)}>
          Remove
        </Button>
      )}
    </li>
  )
}

/** Every environment, where its values come from and what can be done to them. */
export function EnvironmentList({ secrets }: { secrets: string }) {
  const environments = useEnvironments()
  return (
    <Card
      title="Environments"
      label="Environments"
      extra={<Button onClick={() => openEnvironmentForm(null, secrets)}>Add environment</Button>}
    >
      <Loaded query={environments} rows={3}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState title="There is no environment">Add one to connect to a server.</EmptyState>
          ) : (
            <ul className="environment-list">
              {all.map((state) => (
                <EnvironmentRow key={state.environment.id} state={state} secrets={secrets} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  )
}
