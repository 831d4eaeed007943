import { Button } from '@mantine/core'
import { useState } from 'react'
import type { LogsChoice } from '../../preload/contract/settings.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { useEnvironmentId } from '../ui/environment.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { SectionHeader } from '../ui/layout.tsx'
import { LoadingRows } from '../ui/loading-rows.tsx'
import { Followed } from './followed.tsx'
import { GroupChooser } from './group-chooser.tsx'
import { NoAccount } from './nothing-yet.tsx'
import { useChoice } from './use-choice.ts'
import { ViewLinks } from './view-links.tsx'
import './logs.css'

/** The lines of the chosen log groups, as they come. */
export function LogsView() {
  const environment = useEnvironmentId()
  const { chosen, change, query, found } = useChoice(environment)
  const [choosing, setChoosing] = useState(false)
  return (
    <div className="logs">
      <SectionHeader
        title="Logs"
        sentence={
          chosen && <GroupChooser environment={environment} chosen={chosen} onChange={change} opened={choosing} onOpened={setChoosing} />
        }
      >
        <ViewLinks environment={environment} />
      </SectionHeader>
      {chosen !== null && chosen.groups.length > 0 ? (
        <Followed
          environment={environment}
          chosen={chosen}
          place={chosen.place ?? found?.place ?? null}
          postConfirmation={found && (found.groups.find(({ isPostConfirmation }) => isPostConfirmation)?.name ?? null)}
          change={change}
          onChoose={() => setChoosing(true)}
        />
      ) : (
        <NotChosen environment={environment} chosen={chosen} query={query} change={change} onChoose={() => setChoosing(true)} />
      )}
    </div>
  )
}

/** Nothing is followed: the groups are being asked for, may not be listed, or none is the post-confirmation function's. */
function NotChosen({
  environment,
  chosen,
  query,
  change,
  onChoose,
}: {
  environment: string
  chosen: LogsChoice | null
  query: ReturnType<typeof useChoice>['query']
  change: (part: Partial<LogsChoice>) => void
  onChoose: () => void
}) {
  if (query.error && query.data === undefined) {
    return <ErrorNotice error={query.error} environment={environment} onRetry={() => void query.refetch()} />
  }
  if (chosen === null || query.data === undefined || query.isPlaceholderData) return <LoadingRows rows={8} />
  if (query.data.place === null) return <NoAccount environment={environment} onPlace={(place) => change({ place, groups: [] })} />
  return (
    <>
      {query.data.problems.map((problem) => (
        <ErrorNotice key={problem.message} compact error={problem} environment={environment} onRetry={() => void query.refetch()} />
      ))}
      <EmptyState title="No post-confirmation function was found" action={<Button onClick={onChoose}>Choose log groups</Button>}>
        Neither LAMBDA_LOG_GROUP nor a function’s name tells which one writes the users of {environment}. Choose the groups to follow.
      </EmptyState>
    </>
  )
}
