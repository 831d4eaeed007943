import { CloseButton } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from 'react-router'
import type { Console } from '../../preload/contract/settings.ts'
import { orpc } from '../client.ts'
import { useEnvironmentId } from '../ui/environment.ts'
import { useScreen } from './use-screen.ts'

/** Everything set there is missing while this stands, so it cannot be put away; the settings themselves tell more. */
function SettingsFileNotice({ problem }: { problem: NonNullable<Console['settingsProblem']> }) {
  const id = useEnvironmentId()
  const { path } = useScreen()
  if (path === 'settings') return null
  return (
    <div className="notice" role="status" data-level="warning">
      <IconAlertTriangle size={15} aria-hidden />
      <span className="grow">
        The settings file was not used{problem.line === null ? '' : `, line ${problem.line}`}: {problem.message}.{' '}
        <Link to={`/${id}/settings`}>Open settings</Link>
      </span>
    </div>
  )
}

/** What the user should know of this start and of the last run of the console, warnings first, until it is put away. */
export function Notices() {
  const cache = useQueryClient()
  const { data } = useQuery(orpc.settings.read.queryOptions({ staleTime: 60_000 }))
  const dismiss = useMutation(
    orpc.settings.dismiss.mutationOptions({ onSettled: () => cache.invalidateQueries({ queryKey: orpc.settings.read.key() }) }),
  )
  const notices = (data?.notices ?? []).toSorted((one, other) => Number(other.level === 'warning') - Number(one.level === 'warning'))
  return (
    <>
      {data?.settingsProblem && <SettingsFileNotice problem={data.settingsProblem} />}
      {notices.map(({ id, level, text }) => {
        const Icon = level === 'warning' ? IconAlertTriangle : IconInfoCircle
        return (
          <div className="notice" role="status" data-level={level} key={id}>
            <Icon size={15} aria-hidden />
            <span className="grow">{text}</span>
            <CloseButton size="sm" aria-label="Put this notice away" onClick={() => dismiss.mutate({ notice: id })} />
          </div>
        )
      })}
    </>
  )
}
