import type { ReactNode } from 'react'
import type { InstanceDetails } from '../../preload/contract/instance-details.ts'
import type { InstanceRow } from '../../preload/contract/instances.ts'
import { CopyButton } from '../ui/copy.tsx'
import { countOf } from '../ui/quantities.ts'
import { StatusPill } from '../ui/status-pill.tsx'
import { Time } from '../ui/time.tsx'
import { Fact } from './fact.tsx'
import { formatPerHour, formatPerMonth, formatUsd } from './money.ts'

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="instance-group">
      <h3>{title}</h3>
      <dl className="instance-facts">{children}</dl>
    </section>
  )
}

const yesNo = (value: boolean) => (value ? 'yes' : 'no')

function Cost({ row: { cost } }: { row: InstanceRow }) {
  if (!cost) return <Fact name="Price">not known</Fact>
  return (
    <>
      <Fact name="While available">{cost.perHour === null ? 'not known' : formatPerHour(cost.perHour)}</Fact>
      <Fact name="Storage">{cost.storagePerMonth === null ? 'not known' : `${formatPerMonth(cost.storagePerMonth)}, stopped or not`}</Fact>
      {cost.saved !== null && <Fact name="Saved so far">{formatUsd(cost.saved)} of instance hours</Fact>}
      {cost.stoppedSince !== null && (
        <Fact name="Stopped since">
          <Time at={cost.stoppedSince} withZone />
        </Fact>
      )}
    </>
  )
}

function supportEnd(date: string): ReactNode {
  const over = date <= new Date().toISOString().slice(0, 10)
  return (
    <>
      {date} {over && <StatusPill tone="bad">over</StatusPill>}
    </>
  )
}

/** What AWS says of the instance, in groups. */
export function OverviewTab({ row, details }: { row: InstanceRow; details: InstanceDetails }) {
  const { engineLifecycle, storage, network, backups, certificate } = details
  return (
    <>
      {details.pending.length > 0 && (
        <p className="instance-pending" role="note">
          AWS has yet to change: {details.pending.join(', ')}.
        </p>
      )}
      {details.unseen.length > 0 && (
        <ul className="instance-unseen" aria-label="What could not be seen">
          {details.unseen.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <div className="instance-groups">
        <Group title="Engine">
          <Fact name="Version">{engineLifecycle.name}</Fact>
          <Fact name="Standard support">
            {engineLifecycle.supportEndsAt === null ? 'end not known' : <>until {supportEnd(engineLifecycle.supportEndsAt)}</>}
          </Fact>
          {engineLifecycle.newerMinor !== null && <Fact name="Newer minor version">{engineLifecycle.newerMinor}</Fact>}
          <Fact name="Class">{row.instanceClass ?? 'none'}</Fact>
          <Fact name="Multi-AZ">{yesNo(row.multiAz)}</Fact>
        </Group>
        <Group title="Cost">
          <Cost row={row} />
        </Group>
        <Group title="Storage">
          <Fact name="Size">
            {storage.gib} GiB {storage.type}
            {storage.maxGib !== null && `, grows to ${storage.maxGib} GiB`}
          </Fact>
          {storage.iops !== null && <Fact name="Provisioned">{storage.iops} IOPS</Fact>}
          <Fact name="Encrypted">{yesNo(storage.encrypted)}</Fact>
        </Group>
        <Group title="Network">
          <Fact name="Publicly accessible">{yesNo(network.publiclyAccessible)}</Fact>
          <Fact name="VPC">
            <span className="mono">{network.vpc ?? 'none'}</span>
          </Fact>
          <Fact name="Availability Zone">{network.availabilityZone ?? 'not known'}</Fact>
          <Fact name="Security groups">
            {network.securityGroups.length === 0
              ? 'none'
              : network.securityGroups.map(({ id, status }) => (
                  <span key={id} className="instance-part">
                    <span className="mono">{id}</span> {status}
                  </span>
                ))}
          </Fact>
        </Group>
        <Group title="Backups and maintenance">
          <Fact name="Automated backups">
            {backups.retentionDays === 0 ? 'off' : `kept ${countOf(backups.retentionDays, 'day')}`}
            {backups.window !== null && `, made ${backups.window} UTC`}
          </Fact>
          <Fact name="Restorable up to">
            {backups.latestRestorableAt === null ? 'not known' : <Time at={backups.latestRestorableAt} withZone />}
          </Fact>
          <Fact name="Maintenance">{details.maintenanceWindow === null ? 'not known' : `${details.maintenanceWindow} UTC`}</Fact>
        </Group>
        <Group title="Safety">
          <Fact name="Deletion protection">{details.deletionProtection ? 'on' : 'off'}</Fact>
          <Fact name="IAM authentication">{details.iamAuthentication ? 'on' : 'off'}</Fact>
          <Fact name="Certificate">
            {certificate === null ? (
              'not known'
            ) : (
              <>
                <span className="mono">{certificate.authority}</span>
                {certificate.validTill !== null && (
                  <>
                    , until <Time at={certificate.validTill} withZone />
                  </>
                )}
              </>
            )}
          </Fact>
        </Group>
        <Group title="Identity">
          <Fact name="ARN">
            <span className="mono">{row.arn}</span> <CopyButton text={row.arn} what="the ARN" />
          </Fact>
          <Fact name="Created">{details.createdAt === null ? 'not known' : <Time at={details.createdAt} withZone />}</Fact>
          {row.memberOf !== null && <Fact name="Member of">{row.memberOf}</Fact>}
          {row.replicaOf !== null && <Fact name="Replica of">{row.replicaOf}</Fact>}
          {row.replicas.length > 0 && <Fact name="Replicas">{row.replicas.join(', ')}</Fact>}
          <Fact name="Tags">
            {details.tags.length === 0
              ? 'none'
              : details.tags.map(({ key, value }) => (
                  <span key={key} className="instance-part">
                    {key}: {value}
                  </span>
                ))}
          </Fact>
        </Group>
      </div>
    </>
  )
}
