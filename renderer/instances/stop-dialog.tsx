import { Button, Checkbox, Group, TextInput } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { InstanceRow } from '../../preload/contract/instances.ts'
import { client } from '../client.ts'
import { announce } from '../ui/announce.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { formatPerHour, formatPerMonth } from './money.ts'
import { snapshotName, snapshotNameProblem } from './snapshot-name.ts'
import { useGuardOf } from './whose-guard.ts'

const modalId = 'stop-instance'

function costLine({ cost }: InstanceRow): string {
  if (!cost || cost.perHour === null) return 'Its storage and backups are charged while it is stopped; what it costs is not known.'
  const saved = `${formatPerHour(cost.perHour)} for the instance is not charged while it is stopped`
  return cost.storagePerMonth === null
    ? `${saved}; its storage and backups are.`
    : `${saved}; its storage is, ${formatPerMonth(cost.storagePerMonth)}, and its backups.`
}

function StopDialog({ environment, row, close }: { environment: string; row: InstanceRow; close: () => void }) {
  const { identifier, kind } = row.key
  const guard = useGuardOf(row)
  const typedNeeded = row.environments.length === 0
  const [snapshot, setSnapshot] = useState(false)
  const [name, setName] = useState(() => snapshotName(identifier, 'before-stop', new Date()))
  const [typed, setTyped] = useState('')
  const stop = useMutation({
    mutationFn: () =>
      client.instances.stop({ environment, key: row.key, snapshot: snapshot ? name : null, confirm: typedNeeded ? typed : null }),
    onSuccess() {
      announce(`AWS was asked to stop ${identifier}`)
      close()
    },
  })
  const nameProblem = snapshot ? snapshotNameProblem(name) : null
  const ready = nameProblem === null && (!typedNeeded || typed === identifier)

  return (
    <form
      className="instance-dialog"
      onSubmit={(event) => {
        event.preventDefault()
        if (ready && !stop.isPending) stop.mutate()
      }}
    >
      <ul className="losses" aria-label="What stopping does">
        <li>Every connection to it ends{row.environments.length > 0 && `, also those of ${row.environments.join(' and ')}`}.</li>
        <li>
          {row.watchkeeping.keepStopped
            ? 'AWS starts it again after seven days; Basepair then stops it again, as long as it runs.'
            : 'AWS starts it again after seven days; “Keep stopped” has Basepair stop it again.'}
        </li>
        <li>{costLine(row)}</li>
        <li>Its public address differs after the next start; its name stays.</li>
      </ul>
      {kind === 'instance' && (
        <Checkbox label="Take a snapshot before" checked={snapshot} onChange={(event) => setSnapshot(event.currentTarget.checked)} />
      )}
      {snapshot && (
        <TextInput
          label="Name of the snapshot"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={nameProblem}
          spellCheck={false}
          autoComplete="off"
          classNames={{ input: 'mono' }}
        />
      )}
      {typedNeeded && (
        <TextInput
          data-autofocus
          label={`Type ${identifier} to confirm`}
          description="It belongs to none of the console’s environments."
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          spellCheck={false}
          autoComplete="off"
          classNames={{ input: 'mono' }}
        />
      )}
      {stop.error && <ErrorNotice compact error={stop.error} environment={guard} onMended={() => stop.reset()} />}
      <Group justify="flex-end">
        <Button type="button" onClick={close} {...(typedNeeded ? {} : { 'data-autofocus': true })}>
          Keep it running
        </Button>
        <Button type="submit" variant="filled" color="red" disabled={!ready} loading={stop.isPending}>
          Stop
        </Button>
      </Group>
    </form>
  )
}

/** Asks before an instance or cluster is stopped: what ends, what goes on to cost, when AWS starts it again. */
export function openStopDialog(environment: string, row: InstanceRow): void {
  modals.open({
    modalId,
    title: `Stop ${row.key.identifier}`,
    children: <StopDialog environment={environment} row={row} close={() => modals.close(modalId)} />,
  })
}
