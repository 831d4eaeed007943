import { Button, Group, Select } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { InstanceKey, Place, Profile, Scope } from '../../preload/contract/instances.ts'
import type { Creation, CreationCheck, CreationOptions } from '../../preload/contract/provision.ts'
import { client } from '../client.ts'
import { announce } from '../ui/announce.ts'
import { CopyButton } from '../ui/copy.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { freeName, moveTo, restOf, type Some, saidOf, withSome } from './creation-draft.ts'
import { EnvironmentFields, type Fields, NameFields, NetworkFields, SafetyFields, SizeFields } from './creation-fields.tsx'
import { environmentIdProblem } from './environment-name.ts'
import { formatPerHour, formatPerMonth, formatUsd } from './money.ts'
import { useCreationOptions, useFleet, useProfiles } from './queries.ts'
import { useCreationCheck } from './use-creation-check.ts'
import './creation.css'

const modalId = 'new-instance'
const hoursPerMonth = 730

function Summary({ check, settled }: { check: CreationCheck | null; settled: boolean }) {
  if (check === null) return <p className="dim">Checking…</p>
  return (
    <div aria-busy={!settled}>
      <h3>Price</h3>
      <p>
        {check.perHour === null
          ? 'The price of this class is not known.'
          : `${formatPerHour(check.perHour)} while it is available, ${formatUsd(check.perHour * hoursPerMonth)} for a whole month.`}{' '}
        {check.storagePerMonth !== null && `Storage: ${formatPerMonth(check.storagePerMonth)}, stopped or not.`}
      </p>
      {check.warnings.length > 0 && (
        <>
          <h3>Think of</h3>
          <ul className="creation-warnings">
            {check.warnings.map(({ field, sentence }) => (
              <li key={`${field} ${sentence}`}>{sentence}</li>
            ))}
          </ul>
        </>
      )}
      <h3 className="row">
        The same on the command line <CopyButton text={check.command} what="the command line" />
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <pre className="mono creation-command" tabIndex={0}>
        {check.command}
      </pre>
    </div>
  )
}

const formFields: readonly (keyof Creation)[] = [
  'identifier',
  'database',
  'masterUser',
  'password',
  'managePassword',
  'engineVersion',
  'instanceClass',
  'storageGib',
  'storageType',
  'iops',
  'multiAz',
  'port',
  'availabilityZone',
  'securityGroups',
  'subnetGroup',
  'publiclyAccessible',
  'backupRetentionDays',
  'encrypted',
  'deletionProtection',
  'iamAuthentication',
  'performanceInsights',
  'makeEnvironment',
]

function Filled({
  environment,
  options,
  before,
  keep,
  close,
  onCreated,
}: {
  environment: string
  options: CreationOptions
  /** What was filled in for another place. */
  before: Creation | null
  keep: (creation: Creation) => void
  close: () => void
  onCreated: (key: InstanceKey) => void
}) {
  const form = useRef<HTMLFormElement>(null)
  const { profile, region } = options.defaults
  const listed = useFleet(environment).data?.instances.filter(({ key }) => key.profile === profile && key.region === region)
  const taken = new Set(listed?.map(({ key }) => key.identifier))
  const [creation, setCreation] = useState(() => {
    const draft = moveTo(options, before)
    return before === null ? { ...draft, identifier: freeName(draft.identifier, taken) } : draft
  })
  /** Fields that were changed: what is wrong with the others is told only once it is to be made. */
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set())
  const [tried, setTried] = useState(false)
  // An id that is no id cannot be sent at all, so it is judged here.
  const idProblem = creation.makeEnvironment === null ? null : environmentIdProblem(creation.makeEnvironment.id)
  const labelled = creation.makeEnvironment === null || creation.makeEnvironment.label !== ''
  const { check, settled, error } = useCreationCheck(environment, idProblem === null && labelled ? creation : null)
  const create = useMutation({
    // What was typed last may not have been checked yet; what is refused then stands at its field in a moment.
    mutationFn: async () => {
      const { refusals } = await client.instances.checkCreation({ environment, creation })
      return refusals.length > 0 ? null : client.instances.create({ environment, creation })
    },
    onSuccess(key) {
      if (key === null) return leadToRefused()
      announce(`AWS was asked to create ${key.identifier}; it costs money from now on`)
      close()
      onCreated(key)
    },
  })

  /** Once what is refused is marked, the keyboard stands at the first of it. */
  const leadToRefused = () => {
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
  }
  const change = (some: Some) => {
    const next = withSome(creation, some)
    setCreation(next)
    keep(next)
    setTouched(new Set([...touched, ...Object.keys(some)]))
    create.reset()
  }
  const isTaken = taken.has(creation.identifier.toLowerCase())
  const fields: Fields = {
    creation,
    options,
    change,
    error(field) {
      if (!tried && !touched.has(field)) return null
      if (field === 'identifier' && isTaken) return `${creation.identifier} is there already, in ${region}.`
      const said = field === 'makeEnvironment' && idProblem !== null ? [idProblem] : saidOf(check, 'refusals', field)
      return said.length === 0 ? null : said.join(' ')
    },
  }
  const refused = idProblem !== null || !labelled || isTaken || (check?.refusals.length ?? 0) > 0
  const rest = tried ? restOf(check, formFields) : []

  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (isTaken || idProblem !== null || !labelled || (settled && refused)) leadToRefused()
        else if (!create.isPending) create.mutate()
      }}
    >
      <div className="creation-columns">
        <div className="creation-fields">
          {options.unseen.length > 0 && (
            <ul className="instance-unseen" aria-label="What could not be asked">
              {options.unseen.map((reason) => (
                <li key={reason}>{reason}</li>
              ))}
            </ul>
          )}
          <NameFields {...fields} />
          <SizeFields {...fields} />
          <NetworkFields {...fields} />
          <SafetyFields {...fields} />
          <EnvironmentFields {...fields} />
        </div>
        <section className="creation-summary" aria-label="What it costs and does">
          <Summary check={check} settled={settled} />
        </section>
      </div>
      <div className="creation-foot">
        {rest.map((sentence) => (
          <p key={sentence} className="form-problem">
            {sentence}
          </p>
        ))}
        {error !== null && <ErrorNotice compact error={error} environment={environment} />}
        {create.error && <ErrorNotice compact error={create.error} environment={environment} onMended={() => create.reset()} />}
        <Group justify="flex-end">
          {tried && refused && <span className="form-problem grow">AWS would refuse what is marked in red.</span>}
          <Button type="button" onClick={close}>
            Discard
          </Button>
          <Button type="submit" variant="filled" loading={create.isPending}>
            Create
          </Button>
        </Group>
      </div>
    </form>
  )
}

function CreationForm({
  environment,
  profiles,
  regions,
  scope,
  close,
  onCreated,
}: {
  environment: string
  profiles: readonly Profile[]
  regions: readonly string[]
  scope: Scope
  close: () => void
  onCreated: (key: InstanceKey) => void
}) {
  const [place, setPlace] = useState<Place>(() => {
    const profile = scope.profiles[0] ?? profiles[0]?.name ?? 'default'
    const own = profiles.find(({ name }) => name === profile)?.region
    return { profile, region: own ?? scope.regions[0] ?? regions[0] ?? 'us-east-1' }
  })
  const [creation, setCreation] = useState<Creation | null>(null)
  const options = useCreationOptions(environment, place)
  return (
    <>
      <div className="creation-place">
        <Select
          label="Profile"
          searchable
          data={[...new Set([place.profile, ...profiles.map(({ name }) => name)])]}
          value={place.profile}
          allowDeselect={false}
          onChange={(profile) => profile !== null && setPlace({ ...place, profile })}
        />
        <Select
          label="Region"
          searchable
          data={[...new Set([place.region, ...regions])].toSorted()}
          value={place.region}
          allowDeselect={false}
          onChange={(region) => region !== null && setPlace({ ...place, region })}
        />
      </div>
      <Loaded query={options} environment={environment} rows={10}>
        {(found) => (
          <Filled
            key={`${place.region}/${place.profile}`}
            environment={environment}
            options={found}
            before={creation}
            keep={setCreation}
            close={close}
            onCreated={onCreated}
          />
        )}
      </Loaded>
    </>
  )
}

function Opened({ environment, scope, close, onCreated }: Omit<Parameters<typeof CreationForm>[0], 'profiles' | 'regions'>) {
  return (
    <Loaded query={useProfiles(environment)} environment={environment} rows={10}>
      {({ profiles, regions }) => (
        <CreationForm environment={environment} profiles={profiles} regions={regions} scope={scope} close={close} onCreated={onCreated} />
      )}
    </Loaded>
  )
}

/** Opens the form for a new instance. `onCreated` is told which one it becomes. */
export function openCreationForm(environment: string, scope: Scope, onCreated: (key: InstanceKey) => void): void {
  modals.open({
    modalId,
    size: 1020,
    title: 'New instance',
    children: <Opened environment={environment} scope={scope} close={() => modals.close(modalId)} onCreated={onCreated} />,
  })
}
