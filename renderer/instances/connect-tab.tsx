import { Button, Group, PasswordInput, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import type { InstanceDetails } from '../../preload/contract/instance-details.ts'
import type { InstanceRow } from '../../preload/contract/instances.ts'
import { client } from '../client.ts'
import { announce } from '../ui/announce.ts'
import { CopyButton } from '../ui/copy.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { environmentIdFrom, environmentIdProblem } from './environment-name.ts'
import { Fact } from './fact.tsx'

function Copied({ text, what }: { text: string; what: string }) {
  return (
    <>
      <span className="mono">{text}</span> <CopyButton text={text} what={what} />
    </>
  )
}

function AdoptForm({ environment, row }: { environment: string; row: InstanceRow }) {
  const [id, setId] = useState(() => environmentIdFrom(row.key.identifier))
  const [label, setLabel] = useState('')
  const [password, setPassword] = useState('')
  const adopt = useMutation({
    mutationFn: () =>
      client.instances.adopt({ environment, key: row.key, id, label: (label || id).slice(0, 40), ...(password ? { password } : {}) }),
    onSuccess: () => announce(`${id} is an environment now`),
  })
  const problem = environmentIdProblem(id)
  return (
    <form
      className="adopt-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (problem === null) adopt.mutate()
      }}
    >
      <TextInput label="Id" value={id} error={problem} spellCheck={false} onChange={(event) => setId(event.currentTarget.value)} />
      <TextInput label="Label" placeholder={id} maxLength={40} value={label} onChange={(event) => setLabel(event.currentTarget.value)} />
      <PasswordInput
        label="Password"
        description="Asked for when connecting if it is left empty"
        autoComplete="off"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {adopt.error && <ErrorNotice compact error={adopt.error} environment={environment} />}
      <Group justify="flex-end">
        <Button type="submit" variant="filled" disabled={problem !== null} loading={adopt.isPending}>
          Make an environment of it
        </Button>
      </Group>
    </form>
  )
}

/** Where and as whom to connect, and how the instance becomes an environment of the console. */
export function ConnectTab({ environment, row, details }: { environment: string; row: InstanceRow; details: InstanceDetails }) {
  const { endpoint } = row
  if (endpoint === null) return <EmptyState title="No endpoint yet">AWS gives the instance its address when it has been made.</EmptyState>
  const database = details.firstDatabase ?? 'postgres'
  const url = `postgresql://${encodeURIComponent(details.masterUser)}@${endpoint.host}:${endpoint.port}/${encodeURIComponent(database)}?sslmode=verify-full`
  return (
    <>
      <dl className="instance-facts">
        <Fact name="Host">
          <Copied text={endpoint.host} what="the host" />
        </Fact>
        <Fact name="Port">
          <Copied text={String(endpoint.port)} what="the port" />
        </Fact>
        <Fact name="First database">
          {details.firstDatabase === null ? 'none was made with it' : <Copied text={database} what="the database" />}
        </Fact>
        <Fact name="Master user">
          <Copied text={details.masterUser} what="the master user" />
        </Fact>
        <Fact name="Connection URL">
          <Copied text={url} what="the connection URL" />
        </Fact>
        <Fact name="Environments">
          {row.environments.length === 0
            ? 'none yet'
            : row.environments.map((id) => (
                <Link key={id} className="instance-part" to={`/${id}/overview`}>
                  {id}
                </Link>
              ))}
        </Fact>
      </dl>
      <section className="instance-group" aria-label="Make an environment of it">
        <h3>{row.environments.length === 0 ? 'Make an environment of it' : 'Make another environment of it'}</h3>
        <AdoptForm environment={environment} row={row} />
      </section>
    </>
  )
}
