import { Button, Select } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import type { Place } from '../../preload/contract/instances.ts'
import type { LogsChoice } from '../../preload/contract/settings.ts'
import { type PaletteAction, useActions } from '../ui/actions.ts'
import { type BoundKey, useKeys } from '../ui/keys.ts'
import { Toolbar } from '../ui/layout.tsx'
import { LoadingRows } from '../ui/loading-rows.tsx'
import { countOf } from '../ui/quantities.ts'
import { LinesView } from './lines-view.tsx'
import { LiveTailState, LiveTailSwitch } from './live-tail.tsx'
import { NoLine } from './nothing-yet.tsx'
import { SignUpsView } from './sign-ups-view.tsx'
import type { Tail, TailChoice } from './tail.ts'
import { TailStrip } from './tail-strip.tsx'
import { TailTroubles } from './tail-troubles.tsx'
import { useTail, useTailStatus } from './use-tail.ts'
import { spans, viewOf, views, viewTitles } from './views.ts'

interface FollowedProps {
  readonly environment: string
  readonly chosen: LogsChoice
  /** Where the groups are, as far as it is known. */
  readonly place: Place | null
  readonly change: (part: Partial<LogsChoice>) => void
  readonly onChoose: () => void
}

/** Follows the chosen groups, and what can be done with it. */
export function Followed(props: FollowedProps) {
  const { environment, chosen } = props
  const { groups } = chosen
  const place = chosen.place ?? null
  const tail = useTail(useSame({ environment, place, groups }), chosen)
  return tail === null ? <LoadingRows rows={8} /> : <Following {...props} tail={tail} />
}

/** The object of before for as long as it says the same. */
function useSame(choice: TailChoice): TailChoice {
  const [kept, setKept] = useState(choice)
  if (JSON.stringify(kept) === JSON.stringify(choice)) return kept
  setKept(choice)
  return choice
}

function Following({ environment, chosen, place, change, onChoose, tail }: FollowedProps & { tail: Tail }) {
  const status = useTailStatus(tail)
  const view = viewOf(useParams()['*'])
  const [toEnd, setToEnd] = useState(0)
  const follow = useMemo(
    () => () => {
      tail.resume()
      setToEnd((number) => number + 1)
    },
    [tail],
  )
  useTailActions({ environment, paused: status.paused, follow, pause: tail.pause, onChoose })
  const nothing = (
    <NoLine status={status} hours={chosen.hours} isPractice={place?.profile === 'practice cloud'} onHours={(hours) => change({ hours })} />
  )
  return (
    <>
      {view !== 'sign-ups' && (
        <>
          <Toolbar label="What is shown">
            <Select
              aria-label="How far back"
              w={92}
              data={spans.map(({ hours, label }) => ({ value: String(hours), label }))}
              value={String(chosen.hours)}
              onChange={(hours) => hours !== null && change({ hours: Number(hours) })}
              allowDeselect={false}
            />
            <span className="grow" />
            <LiveTailSwitch live={chosen.live} groups={chosen.groups.length} onLive={(live) => change({ live })} />
            {status.paused && (
              <span className="log-waiting" role="status">
                {status.waiting === null ? 'many new lines' : countOf(status.waiting, 'new line')}
              </span>
            )}
            <Button.Group>
              <Button leftSection={<IconPlayerPlay size={13} aria-hidden />} aria-pressed={!status.paused} onClick={follow}>
                Tail
              </Button>
              <Button leftSection={<IconPlayerPause size={13} aria-hidden />} aria-pressed={status.paused} onClick={tail.pause}>
                Pause
              </Button>
            </Button.Group>
          </Toolbar>
          <TailStrip tail={tail} status={status} />
          <TailTroubles tail={tail} status={status} environment={environment} />
          <LiveTailState states={status.states} environment={environment} />
        </>
      )}
      {view === 'sign-ups' ? (
        <SignUpsView environment={environment} {...(chosen.place === undefined ? {} : { place: chosen.place })} />
      ) : (
        <LinesView environment={environment} place={place} store={tail.store} toEnd={toEnd}>
          {nothing}
        </LinesView>
      )}
    </>
  )
}

/** The keys and the palette's actions of a tail. */
function useTailActions({
  environment,
  paused,
  follow,
  pause,
  onChoose,
}: {
  environment: string
  paused: boolean
  follow: () => void
  pause: () => void
  onChoose: () => void
}) {
  const navigate = useNavigate()
  const keys = useMemo(
    (): readonly BoundKey[] => [
      { keys: 'P', does: paused ? 'Tail' : 'Pause', run: paused ? follow : pause },
      { keys: 'C', does: 'Choose log groups', run: onChoose },
    ],
    [paused, follow, pause, onChoose],
  )
  const actions = useMemo((): readonly PaletteAction[] => {
    const group = `Logs of ${environment}`
    return [
      { id: 'logs tail', group, label: 'Tail', description: 'Shows the newest lines and those that come', run: follow },
      { id: 'logs pause', group, label: 'Pause', description: 'What is shown stands still', run: pause },
      { id: 'logs groups', group, label: 'Choose log groups', keys: 'c', run: onChoose },
      ...views.map((view) => ({
        id: `logs view ${view}`,
        group,
        label: `Logs: ${viewTitles[view]}`,
        run: () => void navigate(`/${environment}/logs${view && `/${view}`}`),
      })),
    ]
  }, [environment, follow, pause, onChoose, navigate])
  useKeys('Logs', keys)
  useActions(actions)
}
