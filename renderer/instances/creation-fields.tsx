import { Button, Checkbox, MultiSelect, NumberInput, PasswordInput, Select, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Creation, CreationOptions } from '../../preload/contract/provision.ts'
import { CopyButton } from '../ui/copy.tsx'
import { makePassword, type Some } from './creation-draft.ts'
import { environmentIdFrom } from './environment-name.ts'

/** What the fields are drawn with. */
export interface Fields {
  readonly creation: Creation
  readonly options: CreationOptions
  readonly change: (some: Some) => void
  /** What stands at a field: a refusal in red, where it may be told already. */
  readonly error: (field: keyof Creation) => ReactNode
}

const storageTypes = [
  { value: 'gp3', label: 'gp3, general purpose SSD' },
  { value: 'gp2', label: 'gp2, general purpose SSD, older' },
  { value: 'io1', label: 'io1, provisioned IOPS SSD' },
  { value: 'io2', label: 'io2, provisioned IOPS SSD' },
  { value: 'standard', label: 'standard, magnetic' },
]

const withOwn = (offered: readonly string[], own: string) => (own === '' || offered.includes(own) ? [...offered] : [own, ...offered])

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="creation-group">
      <legend>{title}</legend>
      {children}
    </fieldset>
  )
}

export function NameFields({ creation, change, error }: Fields) {
  return (
    <Group title="Name and sign-in">
      <TextInput
        label="Identifier"
        placeholder="reporting-db"
        value={creation.identifier}
        error={error('identifier')}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => change({ identifier: event.currentTarget.value })}
      />
      <TextInput
        label="First database"
        value={creation.database}
        error={error('database')}
        spellCheck={false}
        onChange={(event) => change({ database: event.currentTarget.value })}
      />
      <TextInput
        label="Master user"
        value={creation.masterUser}
        error={error('masterUser')}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => change({ masterUser: event.currentTarget.value })}
      />
      <div className="creation-password">
        <PasswordInput
          label="Master password"
          autoComplete="new-password"
          disabled={creation.managePassword}
          value={creation.password ?? ''}
          error={error('password')}
          onChange={(event) => change({ password: event.currentTarget.value || undefined })}
        />
        <Button type="button" disabled={creation.managePassword} onClick={() => change({ password: makePassword() })}>
          Generate
        </Button>
        {creation.password && <CopyButton text={creation.password} what="the master password" />}
      </div>
      <Checkbox
        className="creation-wide"
        label="Let AWS make the password and keep it in Secrets Manager"
        description="Then it is to be looked up there; the secret costs about 0.40 USD/month"
        checked={creation.managePassword}
        error={error('managePassword')}
        onChange={(event) =>
          change({ managePassword: event.currentTarget.checked, ...(event.currentTarget.checked ? { password: undefined } : {}) })
        }
      />
    </Group>
  )
}

export function SizeFields({ creation, options, change, error }: Fields) {
  const provisioned = creation.storageType === 'io1' || creation.storageType === 'io2'
  return (
    <Group title="Engine and size">
      <Select
        label="PostgreSQL version"
        searchable
        data={withOwn(options.engineVersions, creation.engineVersion)}
        value={creation.engineVersion}
        error={error('engineVersion')}
        allowDeselect={false}
        onChange={(engineVersion) => engineVersion !== null && change({ engineVersion })}
      />
      <Select
        label="Class"
        searchable
        limit={100}
        data={withOwn(options.instanceClasses, creation.instanceClass)}
        value={creation.instanceClass}
        error={error('instanceClass')}
        allowDeselect={false}
        onChange={(instanceClass) => instanceClass !== null && change({ instanceClass })}
      />
      <NumberInput
        label="Storage (GiB)"
        min={0}
        max={100_000}
        clampBehavior="none"
        allowDecimal={false}
        value={creation.storageGib}
        error={error('storageGib')}
        onChange={(storageGib) => change({ storageGib: whole(storageGib, 100_000) })}
      />
      <Select
        label="Storage type"
        data={storageTypes}
        value={creation.storageType}
        error={error('storageType')}
        allowDeselect={false}
        onChange={(type) => {
          const storageType = storageTypes.find(({ value }) => value === type)?.value as Creation['storageType'] | undefined
          if (storageType) change({ storageType, ...(storageType === 'io1' || storageType === 'io2' ? {} : { iops: undefined }) })
        }}
      />
      {(provisioned || creation.iops !== undefined) && (
        <NumberInput
          label="Provisioned IOPS"
          min={0}
          clampBehavior="none"
          allowDecimal={false}
          value={creation.iops ?? ''}
          error={error('iops')}
          onChange={(iops) => change({ iops: iops === '' ? undefined : whole(iops, 1_000_000) })}
        />
      )}
      <Checkbox
        label="Multi-AZ"
        description="A standby in another zone; about twice the price"
        checked={creation.multiAz}
        error={error('multiAz')}
        onChange={(event) =>
          change({ multiAz: event.currentTarget.checked, ...(event.currentTarget.checked ? { availabilityZone: undefined } : {}) })
        }
      />
    </Group>
  )
}

/** What a number field holds, within what may be sent. */
const whole = (value: number | string, most: number) => Math.min(most, Math.max(0, Math.trunc(Number(value) || 0)))

export function NetworkFields({ creation, options, change, error }: Fields) {
  return (
    <Group title="Network">
      <NumberInput
        label="Port"
        hideControls
        clampBehavior="none"
        allowDecimal={false}
        value={creation.port}
        error={error('port')}
        onChange={(port) => change({ port: whole(port, 100_000) })}
      />
      <Select
        label="Availability Zone"
        placeholder="AWS chooses"
        clearable
        disabled={creation.multiAz}
        data={withOwn(options.availabilityZones, creation.availabilityZone ?? '')}
        value={creation.availabilityZone ?? null}
        error={error('availabilityZone')}
        onChange={(zone) => change({ availabilityZone: zone ?? undefined })}
      />
      <MultiSelect
        size="xs"
        className="creation-wide"
        label="Security groups"
        placeholder={creation.securityGroups.length === 0 ? 'the VPC’s default group' : ''}
        searchable
        maxValues={16}
        data={options.securityGroups.map(({ id, name, vpc }) => ({ value: id, label: [name, id, vpc].filter(Boolean).join(' · ') }))}
        value={creation.securityGroups}
        error={error('securityGroups')}
        onChange={(securityGroups) => change({ securityGroups })}
      />
      <TextInput
        label="Subnet group"
        placeholder="the VPC’s default"
        value={creation.subnetGroup ?? ''}
        error={error('subnetGroup')}
        spellCheck={false}
        onChange={(event) => change({ subnetGroup: event.currentTarget.value || undefined })}
      />
      <Checkbox
        className="creation-wide"
        label="Publicly accessible"
        description="With an address on the internet; a rule of the group decides who reaches it. Without it only the VPC and what is joined to it do."
        checked={creation.publiclyAccessible}
        error={error('publiclyAccessible')}
        onChange={(event) => change({ publiclyAccessible: event.currentTarget.checked })}
      />
    </Group>
  )
}

const switches = [
  ['encrypted', 'Encrypt the storage', 'It cannot be turned on later'],
  ['deletionProtection', 'Protect from deletion', 'It must be turned off before the instance can be deleted'],
  ['iamAuthentication', 'Allow IAM authentication', 'Sign in with a token of AWS instead of a password'],
  ['performanceInsights', 'Performance Insights', 'Which statements take the time; seven days are free of charge'],
] as const

export function SafetyFields({ creation, change, error }: Fields) {
  return (
    <Group title="Safety">
      <NumberInput
        label="Keep backups (days)"
        min={0}
        clampBehavior="none"
        allowDecimal={false}
        value={creation.backupRetentionDays}
        error={error('backupRetentionDays')}
        onChange={(days) => change({ backupRetentionDays: whole(days, 1000) })}
      />
      <span />
      {switches.map(([field, label, description]) => (
        <Checkbox
          key={field}
          label={label}
          description={description}
          checked={creation[field]}
          error={error(field)}
          onChange={(event) => change({ [field]: event.currentTarget.checked })}
        />
      ))}
    </Group>
  )
}

export function EnvironmentFields({ creation, change, error }: Fields) {
  const made = creation.makeEnvironment
  const suggested = environmentIdFrom(creation.identifier) || 'reporting'
  return (
    <Group title="Environment">
      <Checkbox
        className="creation-wide"
        label="Make an environment of it once it is available"
        checked={made !== null}
        onChange={(event) =>
          change({ makeEnvironment: event.currentTarget.checked ? { id: suggested, label: suggested.slice(0, 40) } : null })
        }
      />
      {made && (
        <>
          <TextInput
            label="Id of the environment"
            value={made.id}
            error={error('makeEnvironment')}
            spellCheck={false}
            onChange={(event) => change({ makeEnvironment: { ...made, id: event.currentTarget.value } })}
          />
          <TextInput
            label="Label of the environment"
            maxLength={40}
            value={made.label}
            onChange={(event) => change({ makeEnvironment: { ...made, label: event.currentTarget.value } })}
          />
        </>
      )}
    </Group>
  )
}
