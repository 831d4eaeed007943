import { Button, Group, NumberInput, PasswordInput, SegmentedControl, Select, SimpleGrid, TextInput } from '@mantine/core'
import { modals } from '@mantine/modals'
import { type ReactNode, useState } from 'react'
import type { Environment, Identity } from '../../preload/contract/environments.ts'
import { client } from '../client.ts'
import { announce } from '../ui/announce.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { StatusPill } from '../ui/status-pill.tsx'
import { type DraftFields, draftOf, fieldsOf } from './draft-form.ts'
import { RdsFields } from './rds-fields.tsx'

const colours = ['teal', 'red', 'orange', 'violet', 'blue', 'green']
const guards = [
  { value: 'guarded', label: 'Read-only until unlocked' },
  { value: 'open', label: 'Open to changes' },
]
const tlsModes = [
  { value: 'verify-full', label: 'Verify certificate and host name' },
  { value: 'unverified', label: 'Encrypt, verify nothing' },
  { value: 'off', label: 'Off' },
]

type Change = (change: Partial<DraftFields>) => void

function ConnectionFields({ fields, change }: { fields: DraftFields; change: Change }) {
  return (
    <SimpleGrid cols={2} spacing="xs">
      <TextInput label="Host" value={fields.host} onChange={(event) => change({ host: event.currentTarget.value })} />
      <NumberInput label="Port" min={1} max={65535} hideControls value={fields.port} onChange={(port) => change({ port })} />
      <TextInput label="Database" value={fields.database} onChange={(event) => change({ database: event.currentTarget.value })} />
      <TextInput label="User" value={fields.user} onChange={(event) => change({ user: event.currentTarget.value })} />
      <Select
        label="TLS"
        data={tlsModes}
        value={fields.tls}
        allowDeselect={false}
        onChange={(tls) => change({ tls: (tls ?? 'verify-full') as DraftFields['tls'] })}
      />
      <TextInput
        label="Name in the certificate"
        placeholder="the host"
        value={fields.servername}
        onChange={(event) => change({ servername: event.currentTarget.value })}
      />
      <TextInput
        label="File with the CAs to trust"
        placeholder="the built-in ones, Amazon’s for RDS"
        value={fields.caFile}
        onChange={(event) => change({ caFile: event.currentTarget.value })}
      />
    </SimpleGrid>
  )
}

function Answer({ identity }: { identity: Identity }) {
  return (
    <p role="status" className="row">
      <StatusPill tone="ok">connected</StatusPill>
      {identity.user} in {identity.database}, PostgreSQL {identity.version}, {identity.tls ? identity.tls.protocol : 'TLS off'}
      {identity.superuser && ', superuser'}
    </p>
  )
}

function EnvironmentForm({ environment, secrets, close }: { environment: Environment | null; secrets: string; close: () => void }) {
  const [fields, setFields] = useState(() => fieldsOf(environment))
  const [work, setWork] = useState<'test' | 'save' | null>(null)
  const [answer, setAnswer] = useState<ReactNode>(null)
  const change: Change = (changed) => {
    setFields({ ...fields, ...changed })
    setAnswer(null)
  }

  const attempt = async (kind: 'test' | 'save') => {
    setWork(kind)
    setAnswer(null)
    try {
      if (kind === 'test') setAnswer(<Answer identity={await client.environments.test(draftOf(fields))} />)
      else {
        const saved = await client.environments.save(draftOf(fields))
        announce(`Saved the environment ${saved.id}`)
        close()
      }
    } catch (error) {
      setAnswer(<ErrorNotice compact error={error} />)
    } finally {
      setWork(null)
    }
  }

  return (
    <form
      className="environment-form"
      onSubmit={(event) => {
        event.preventDefault()
        void attempt('save')
      }}
    >
      <SimpleGrid cols={2} spacing="xs">
        <TextInput
          data-autofocus={environment === null || undefined}
          label="Id"
          placeholder="staging"
          title="A lower-case letter, then letters, digits or hyphens"
          value={fields.id}
          readOnly={environment !== null}
          onChange={(event) => change({ id: event.currentTarget.value })}
        />
        <TextInput
          label="Label"
          placeholder={fields.id}
          value={fields.label}
          onChange={(event) => change({ label: event.currentTarget.value })}
        />
        <Select
          label="Colour"
          data={colours}
          value={fields.colour}
          allowDeselect={false}
          onChange={(colour) => change({ colour: (colour ?? 'blue') as DraftFields['colour'] })}
        />
        <Select
          label="Guard"
          data={guards}
          value={fields.guard}
          allowDeselect={false}
          onChange={(guard) => change({ guard: (guard ?? 'guarded') as DraftFields['guard'] })}
        />
      </SimpleGrid>
      <TextInput
        label="Project"
        placeholder="cruddur, friender, or the absolute path of a folder with schema.sql and seed.sql"
        value={fields.project}
        onChange={(event) => change({ project: event.currentTarget.value })}
      />
      <SegmentedControl
        aria-label="How the connection is given"
        data={[
          { value: 'url', label: 'Connection URL' },
          { value: 'fields', label: 'Single fields' },
        ]}
        value={fields.by}
        onChange={(by) => change({ by: by === 'url' ? 'url' : 'fields' })}
      />
      {fields.by === 'url' ? (
        <TextInput
          label="Connection URL"
          description="Taken apart by the console and not kept as it is"
          placeholder="postgresql://user:password@host:5432/database?sslmode=verify-full"
          value={fields.url}
          spellCheck={false}
          autoComplete="off"
          classNames={{ input: 'mono' }}
          onChange={(event) => change({ url: event.currentTarget.value })}
        />
      ) : (
        <ConnectionFields fields={fields} change={change} />
      )}
      <RdsFields fields={fields} change={change} />
      <PasswordInput
        label="Password"
        description={secrets}
        placeholder={fields.rdsBy === 'named' && fields.signIn === 'iam' ? 'not needed' : environment ? 'as it is' : ''}
        autoComplete="off"
        value={fields.password}
        onChange={(event) => change({ password: event.currentTarget.value })}
      />
      {answer}
      <Group justify="flex-end" className="form-foot">
        <Button type="button" onClick={close}>
          Discard
        </Button>
        <Button type="button" loading={work === 'test'} onClick={() => void attempt('test')}>
          Test
        </Button>
        <Button type="submit" variant="filled" loading={work === 'save'} disabled={fields.id === ''}>
          Save
        </Button>
      </Group>
    </form>
  )
}

/** Opens the form for a new environment, or for one that is there. */
export function openEnvironmentForm(environment: Environment | null, secrets: string): void {
  const modalId = 'environment'
  modals.open({
    modalId,
    size: 'lg',
    title: environment ? `Edit ${environment.id}` : 'Add an environment',
    children: <EnvironmentForm environment={environment} secrets={secrets} close={() => modals.close(modalId)} />,
  })
}
