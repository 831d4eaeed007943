import { useCallback, useMemo, useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { consoleLink } from '../../cloudwatch/console-link.ts'
import type { LogEvent } from '../../cloudwatch/event.ts'
import type { Outcome } from '../../cloudwatch/invocation.ts'
import type { Place } from '../../preload/contract/instances.ts'
import type { LogsChoice } from '../../preload/contract/settings.ts'
import { LoadingRows } from '../ui/loading-rows.tsx'
import { ExportMenu } from './export-menu.tsx'
import { emptyFinder, type FinderChoice } from './finder.tsx'
import { HistorySearchBar } from './history-search.tsx'
import { InvocationsView } from './invocations-view.tsx'
import { LinesView } from './lines-view.tsx'
import { LiveTailState } from './live-tail.tsx'
import { createLogStore, type LogStore } from './log-store.ts'
import { NoLine } from './nothing-yet.tsx'
import { OutcomeChips } from './outcome-chips.tsx'
import { SignUpsView } from './sign-ups-view.tsx'
import { holds, type Line } from './sorted-lines.ts'
import type { Tail, TailChoice } from './tail.ts'
import { TailStrip } from './tail-strip.tsx'
import { TailToolbar } from './tail-toolbar.tsx'
import { TailTroubles } from './tail-troubles.tsx'
import { useFind, useFound } from './use-found.ts'
import { useHistorySearch } from './use-history-search.ts'
import { useInvocations } from './use-invocations.ts'
import { useShownLines } from './use-shown-lines.ts'
import { useTail, useTailStatus } from './use-tail.ts'
import { useTailActions } from './use-tail-actions.ts'
import { useUserRows } from './use-user-rows.ts'
import { viewOf } from './views.ts'

interface FollowedProps {
  readonly environment: string
  readonly chosen: LogsChoice
  /** Where the groups are, as far as it is known. */
  readonly place: Place | null
  /** The post-confirmation function's group; null where none is found, undefined while it is looked for. */
  readonly postConfirmation: string | null | undefined
  readonly change: (part: Partial<LogsChoice>) => void
  readonly onChoose: () => void
}

/** Follows the chosen groups, and shows them in the way that the address names. */
export function Followed(props: FollowedProps) {
  const { environment, chosen } = props
  const tail = useTail(useSame({ environment, place: chosen.place ?? null, groups: chosen.groups }), chosen)
  return tail === null ? <LoadingRows rows={8} /> : <Following {...props} tail={tail} />
}

/** The object of before for as long as it says the same. */
function useSame(choice: TailChoice): TailChoice {
  const [kept, setKept] = useState(choice)
  if (JSON.stringify(kept) === JSON.stringify(choice)) return kept
  setKept(choice)
  return choice
}

/** Where the lines are not looked at as invocations, none are made of them. */
const noLines = createLogStore()

/** The profile of Basepair's own cloud, whose groups AWS' console does not show. */
const practice = 'practice cloud'

function Following({ environment, chosen, place, postConfirmation, change, onChoose, tail }: FollowedProps & { tail: Tail }) {
  const navigate = useNavigate()
  const status = useTailStatus(tail)
  const view = viewOf(useParams()['*'])
  const [toEnd, setToEnd] = useState(0)
  const [finder, setFinder] = useState<FinderChoice>(emptyFinder)
  const [only, setOnly] = useState<Outcome | null>(null)
  const [opened, setOpened] = useState<Line | null>(null)
  const [goTo, setGoTo] = useState<{ readonly line: Line } | null>(null)
  const { store } = tail
  const find = useFind(finder.text, finder.asPattern)
  const finding = useFound(store, find)
  const { lines } = finding
  const search = useHistorySearch({ environment, place: chosen.place ?? null, groups: chosen.groups, store, find })
  const shown = useShownLines(finding, search)
  const rows = useInvocations(view === '' ? store : noLines)
  const isFollowed = postConfirmation != null && chosen.groups.includes(postConfirmation)
  const users = useUserRows(environment, chosen.place, chosen.hours, view === '' && isFollowed)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the lines are changed in place, which the version tells
  const found = useMemo(() => (find.isEmpty ? null : (event: LogEvent) => holds(lines, event)), [find, lines, finding.version])
  const follow = useCallback(() => {
    tail.resume()
    setToEnd((number) => number + 1)
  }, [tail])
  useTailActions({ environment, paused: status.paused, follow, pause: tail.pause, onChoose })

  const linkOf = useCallback(
    (group: string, stream: string, at: number) =>
      place === null || place.profile === practice ? null : consoleLink(place.region, group, stream, at),
    [place],
  )
  const [group] = chosen.groups
  const groupLink =
    place === null || place.profile === practice || group === undefined ? null : consoleLink(place.region, group, null, null)
  const onAround = useCallback(
    (group: string, event: LogEvent) => {
      const line = { ...event, group }
      setFinder(emptyFinder)
      setOpened(line)
      setGoTo({ line })
      void navigate(`/${environment}/logs/lines`)
    },
    [environment, navigate],
  )
  if (view === 'sign-ups') {
    return <SignUpsView environment={environment} place={chosen.place} group={postConfirmation === null ? (group ?? null) : null} />
  }
  const empty = (
    <NoLine status={status} hours={chosen.hours} isPractice={place?.profile === practice} onHours={(hours) => change({ hours })} />
  )
  return (
    <>
      <TailToolbar
        chosen={chosen}
        change={change}
        tail={tail}
        status={status}
        onTail={follow}
        finder={finder}
        onFinder={setFinder}
        find={find}
        finding={finding}
      >
        <ExportMenu lines={view === '' ? lines : shown.lines} link={groupLink} />
      </TailToolbar>
      <TailStrip tail={tail} status={status}>
        {view === '' ? <OutcomeChips rows={rows} only={only} onOnly={setOnly} /> : undefined}
      </TailStrip>
      <TailTroubles tail={tail} status={status} environment={environment} />
      <LiveTailState states={status.states} environment={environment} />
      {view === '' ? (
        <InvocationsView
          rows={rows}
          only={only}
          question={find}
          empty={empty}
          users={users}
          environment={environment}
          found={found}
          linkOf={linkOf}
          onAround={onAround}
        />
      ) : (
        <>
          <HistorySearchBar environment={environment} find={find} search={search} loadedFrom={loadedFrom(store, chosen.groups)} />
          <LinesView
            environment={environment}
            place={chosen.place ?? null}
            store={store}
            find={finding.question}
            shown={shown}
            toEnd={toEnd}
            goTo={goTo}
            opened={opened}
            onOpen={setOpened}
            linkOf={linkOf}
          >
            {empty}
          </LinesView>
        </>
      )}
    </>
  )
}

/** Down to where the lines of every group are there. */
function loadedFrom(store: LogStore, groups: readonly string[]): number | null {
  const known = groups.flatMap((group) => store.loadedFrom(group) ?? [])
  return known.length === 0 ? null : Math.max(...known)
}
