import { SegmentedControl, Select, SimpleGrid, TextInput } from '@mantine/core'
import type { DraftFields } from './draft-form.ts'

const signIns = [
  { value: 'password', label: 'Password' },
  { value: 'iam', label: 'IAM token, made for every connection' },
]

/** Where on Amazon RDS the database stands; left to the host's name unless named here. */
export function RdsFields({ fields, change }: { fields: DraftFields; change: (change: Partial<DraftFields>) => void }) {
  return (
    <fieldset className="rds-fields">
      <legend>Amazon RDS</legend>
      <SegmentedControl
        aria-label="How its place on Amazon RDS is known"
        data={[
          { value: 'host', label: 'As the host’s name says' },
          { value: 'named', label: 'Named here' },
        ]}
        value={fields.rdsBy}
        onChange={(by) => change({ rdsBy: by === 'named' ? 'named' : 'host' })}
      />
      {fields.rdsBy === 'named' && (
        <SimpleGrid cols={2} spacing="xs">
          <TextInput
            label="Instance or cluster"
            placeholder="cruddur-db-instance"
            value={fields.instance}
            onChange={(event) => change({ instance: event.currentTarget.value })}
          />
          <Select
            label="It is"
            data={[
              { value: 'instance', label: 'An instance' },
              { value: 'cluster', label: 'A cluster' },
            ]}
            value={fields.kind}
            allowDeselect={false}
            onChange={(kind) => change({ kind: kind === 'cluster' ? 'cluster' : 'instance' })}
          />
          <TextInput
            label="Region"
            placeholder="ca-central-1"
            value={fields.region}
            onChange={(event) => change({ region: event.currentTarget.value })}
          />
          <TextInput
            label="AWS profile"
            placeholder="default"
            value={fields.profile}
            onChange={(event) => change({ profile: event.currentTarget.value })}
          />
          <TextInput
            label="Security group"
            placeholder="the one of the instance"
            value={fields.securityGroup}
            onChange={(event) => change({ securityGroup: event.currentTarget.value })}
          />
          <TextInput
            label="Security group rule"
            placeholder="found by its tag"
            value={fields.securityGroupRule}
            onChange={(event) => change({ securityGroupRule: event.currentTarget.value })}
          />
          <Select
            label="Sign in with"
            data={signIns}
            value={fields.signIn}
            allowDeselect={false}
            onChange={(signIn) => change({ signIn: signIn === 'iam' ? 'iam' : 'password' })}
          />
        </SimpleGrid>
      )}
    </fieldset>
  )
}
