import { Button, Tooltip } from '@mantine/core'
import { IconCalendarClock, IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconTrash } from '@tabler/icons-react'
import { type ReactNode, useId } from 'react'
import type { InstanceRow, Possibility } from '../../preload/contract/instances.ts'
import { announce } from '../ui/announce.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Toolbar } from '../ui/layout.tsx'
import { openDeleteDialog } from './delete-dialog.tsx'
import { useKeepStopped, useStart } from './queries.ts'
import { openStopDialog } from './stop-dialog.tsx'
import { useGuardOf } from './whose-guard.ts'

const nothing: Possibility = { possible: false, reason: 'Choose an instance in the list first.' }

/** A button that stays in reach where it cannot be used, and says why. */
function ActionButton({
  possibility,
  icon,
  pressed,
  red = false,
  loading = false,
  onPress,
  children,
}: {
  possibility: Possibility
  icon: ReactNode
  pressed?: boolean
  red?: boolean
  loading?: boolean
  onPress: () => void
  children: string
}) {
  const id = useId()
  const reason = possibility.possible ? null : possibility.reason
  return (
    <Tooltip label={reason} disabled={reason === null} multiline maw={340}>
      <span>
        <Button
          leftSection={icon}
          loading={loading}
          aria-pressed={pressed}
          aria-disabled={reason !== null || undefined}
          data-disabled={reason !== null}
          aria-describedby={reason === null ? undefined : id}
          {...(red && reason === null ? { color: 'red' } : {})}
          onClick={() => reason === null && onPress()}
        >
          {children}
        </Button>
        {reason !== null && (
          <span hidden id={id}>
            {reason}
          </span>
        )}
      </span>
    </Tooltip>
  )
}

/** What can be done with the chosen instance. `onSchedule` leads to its hours. */
export function InstanceActions({
  environment,
  row,
  onSchedule,
}: {
  environment: string
  row: InstanceRow | null
  onSchedule: () => void
}) {
  const guard = useGuardOf(row ?? { environments: [] })
  const start = useStart(environment)
  const keep = useKeepStopped(environment)
  const chosen: Possibility = row ? { possible: true } : nothing
  const watchable: Possibility = row?.memberOf
    ? { possible: false, reason: `It is a member of ${row.memberOf}, which is started and stopped as a whole.` }
    : chosen
  const stuck = row && !row.start.possible && !row.stop.possible && row.change === null ? row.stop.reason : null
  const kept = row?.watchkeeping.keepStopped ?? false

  return (
    <>
      <Toolbar label="The chosen instance">
        <span className="instance-chosen">{row ? <b>{row.key.identifier}</b> : <span className="dim">No instance chosen</span>}</span>
        <ActionButton
          possibility={row?.start ?? nothing}
          icon={<IconPlayerPlay size={14} aria-hidden />}
          loading={start.isPending}
          onPress={() =>
            row &&
            start.mutate(row.key, {
              onSuccess: () => announce(`AWS was asked to start ${row.key.identifier}; its hours are charged from now on`),
            })
          }
        >
          Start
        </ActionButton>
        <ActionButton
          possibility={row?.stop ?? nothing}
          icon={<IconPlayerStop size={14} aria-hidden />}
          onPress={() => row && openStopDialog(environment, row)}
        >
          Stop
        </ActionButton>
        <ActionButton
          possibility={watchable}
          icon={<IconPlayerPause size={14} aria-hidden />}
          pressed={kept}
          loading={keep.isPending}
          onPress={() =>
            row &&
            keep.mutate(
              { key: row.key, on: !kept },
              {
                onSuccess: () =>
                  announce(
                    kept
                      ? `${row.key.identifier} is no longer kept stopped`
                      : `Basepair stops ${row.key.identifier} whenever AWS has started it`,
                  ),
              },
            )
          }
        >
          Keep stopped
        </ActionButton>
        <ActionButton possibility={watchable} icon={<IconCalendarClock size={14} aria-hidden />} onPress={onSchedule}>
          Schedule
        </ActionButton>
        <ActionButton
          possibility={row?.remove ?? nothing}
          icon={<IconTrash size={14} aria-hidden />}
          red
          onPress={() => row && openDeleteDialog(environment, guard, row)}
        >
          Delete
        </ActionButton>
        {stuck !== null && <span className="dim instance-stuck">{stuck}</span>}
      </Toolbar>
      {[start, keep].map(
        (command, index) =>
          command.error && (
            <ErrorNotice
              // biome-ignore lint/suspicious/noArrayIndexKey: always the same two
              key={index}
              compact
              error={command.error}
              environment={guard}
              onMended={() => command.reset()}
            />
          ),
      )}
    </>
  )
}
