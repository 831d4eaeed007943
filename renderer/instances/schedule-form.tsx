import { Button, Checkbox, Group, Select, Switch, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { InstanceRow, Schedule } from '../../preload/contract/instances.ts'
import { client } from '../client.ts'
import { announce } from '../ui/announce.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { draftOf, problemOf, type ScheduleDraft, scheduleOf, scheduleWords, weekdays } from './schedule-draft.ts'
import { useGuardOf } from './whose-guard.ts'

const zones = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])]

/** The hours at which Basepair starts and stops the instance. */
export function ScheduleForm({ environment, row }: { environment: string; row: InstanceRow }) {
  const { schedule } = row.watchkeeping
  const guard = useGuardOf(row)
  const [draft, setDraft] = useState(() => draftOf(schedule, Intl.DateTimeFormat().resolvedOptions().timeZone))
  const save = useMutation({
    mutationFn: (kept: Schedule | null) => client.instances.schedule({ environment, key: row.key, schedule: kept }),
    onSuccess: (_nothing, kept) =>
      announce(kept === null ? `${row.key.identifier} has no schedule any more` : `Schedule of ${row.key.identifier} kept`),
  })
  const change = (some: Partial<ScheduleDraft>) => setDraft({ ...draft, ...some })
  const problem = problemOf(draft)

  return (
    <form
      className="schedule-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (problem === null) save.mutate(scheduleOf(draft))
      }}
    >
      <Checkbox.Group
        label="On"
        value={draft.days.map(String)}
        onChange={(days) => change({ days: days.map(Number).toSorted((one, other) => one - other) })}
      >
        <div className="schedule-days">
          {weekdays.map((day, index) => (
            <Checkbox key={day} value={String(index + 1)} label={day} />
          ))}
        </div>
      </Checkbox.Group>
      <div className="schedule-times">
        <Switch label="Start at" checked={draft.starts} onChange={(event) => change({ starts: event.currentTarget.checked })} />
        <TextInput
          aria-label="Time to start"
          placeholder="08:00"
          inputMode="numeric"
          maxLength={5}
          disabled={!draft.starts}
          value={draft.startAt}
          onChange={(event) => change({ startAt: event.currentTarget.value })}
        />
        <Switch label="Stop at" checked={draft.stops} onChange={(event) => change({ stops: event.currentTarget.checked })} />
        <TextInput
          aria-label="Time to stop"
          placeholder="19:00"
          inputMode="numeric"
          maxLength={5}
          disabled={!draft.stops}
          value={draft.stopAt}
          onChange={(event) => change({ stopAt: event.currentTarget.value })}
        />
      </div>
      <Select
        label="Time zone"
        searchable
        limit={60}
        data={zones}
        value={draft.zone}
        allowDeselect={false}
        onChange={(zone) => zone !== null && change({ zone })}
      />
      <p className={problem === null ? 'dim' : 'form-problem'} aria-live="polite">
        {problem ?? scheduleWords(scheduleOf(draft))}
      </p>
      {save.error && <ErrorNotice compact error={save.error} environment={guard} onMended={() => save.reset()} />}
      <Group justify="flex-end">
        {schedule && (
          <Button type="button" disabled={save.isPending} onClick={() => save.mutate(null)}>
            Remove the schedule
          </Button>
        )}
        <Button type="submit" variant="filled" disabled={problem !== null} loading={save.isPending}>
          Keep the schedule
        </Button>
      </Group>
    </form>
  )
}
