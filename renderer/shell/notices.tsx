import { CloseButton } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { orpc } from '../client.ts'

/** What the user should know of the last run of the console, until it is put away. */
export function Notices() {
  const cache = useQueryClient()
  const { data } = useQuery(orpc.settings.read.queryOptions({ staleTime: 60_000 }))
  const dismiss = useMutation(
    orpc.settings.dismiss.mutationOptions({ onSettled: () => cache.invalidateQueries({ queryKey: orpc.settings.read.key() }) }),
  )
  return (data?.notices ?? []).map(({ id, level, text }) => {
    const Icon = level === 'warning' ? IconAlertTriangle : IconInfoCircle
    return (
      <div className="notice" role="status" data-level={level} key={id}>
        <Icon size={15} aria-hidden />
        <span className="grow">{text}</span>
        <CloseButton size="sm" aria-label="Put this notice away" onClick={() => dismiss.mutate({ notice: id })} />
      </div>
    )
  })
}
