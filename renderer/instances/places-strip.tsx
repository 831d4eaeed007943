import { Popover } from '@mantine/core'
import type { PlaceState } from '../../preload/contract/instances.ts'
import { CopyButton } from '../ui/copy.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { StatusPill, type Tone } from '../ui/status-pill.tsx'
import { Time } from '../ui/time.tsx'
import { failures } from './instance-rows.ts'

function standing({ state, throttled }: PlaceState): { tone: Tone; words: string } {
  if (state === 'failed') return { tone: 'bad', words: 'did not answer as it should' }
  if (throttled) return { tone: 'warn', words: 'throttled: AWS asks to call less often' }
  return state === 'loading' ? { tone: 'busy', words: 'asking' } : { tone: 'ok', words: 'answered' }
}

function Place({ place, profileShown }: { place: PlaceState; profileShown: boolean }) {
  const { tone, words } = standing(place)
  const name = profileShown ? `${place.place.profile} · ${place.place.region}` : place.place.region
  return (
    <li>
      <Popover width={340} position="bottom-start" shadow="md" withinPortal>
        <Popover.Target>
          <button type="button" className="place" aria-label={`${place.place.profile}, ${place.place.region}: ${words}`}>
            <StatusPill tone={tone}>
              {name}
              {place.throttled && ', throttled'}
            </StatusPill>
          </button>
        </Popover.Target>
        <Popover.Dropdown aria-label={`${place.place.profile} in ${place.place.region}`}>
          <dl className="instance-facts">
            <dt>Profile</dt>
            <dd>{place.place.profile}</dd>
            <dt>Region</dt>
            <dd>{place.place.region}</dd>
            <dt>Account</dt>
            <dd>{place.account ?? 'not known'}</dd>
            <dt>Identity</dt>
            <dd className="mono">
              {place.arn ?? 'not known'} {place.arn !== null && <CopyButton text={place.arn} what="the ARN" />}
            </dd>
            <dt>State</dt>
            <dd>{words}</dd>
            <dt>Last answer</dt>
            <dd>{place.answeredAt === null ? 'none yet' : <Time at={place.answeredAt} withZone />}</dd>
          </dl>
        </Popover.Dropdown>
      </Popover>
    </li>
  )
}

/** Where AWS is asked, how each place answers, and what is wrong where one does not. */
export function PlacesStrip({ places, environment, onRetry }: { places: readonly PlaceState[]; environment: string; onRetry: () => void }) {
  if (places.length === 0) return null
  const profiles = new Set(places.map(({ place }) => place.profile))
  const [only] = places
  return (
    <section className="places" aria-label="Profiles and regions">
      <div className="places-row">
        {profiles.size === 1 && only && (
          <span className="places-who dim">
            {only.place.profile}
            {only.account !== null && ` · account ${only.account}`}
          </span>
        )}
        <ul>
          {places.map((place) => (
            <Place key={`${place.place.region}/${place.place.profile}`} place={place} profileShown={profiles.size > 1} />
          ))}
        </ul>
      </div>
      {failures(places).map(({ first, regions }) => (
        <ErrorNotice
          key={`${first.place.profile} ${first.problem?.code} ${regions[0]}`}
          compact
          error={first.problem}
          // Looking again is what the button to try again does.
          environment={first.problem?.data?.mend === 'look_again' ? undefined : environment}
          onRetry={onRetry}
        >
          {regions.length > 1 && (
            <span className="dim">
              The same in{' '}
              {regions.length > 5 ? `${regions.slice(1, 4).join(', ')} and ${regions.length - 4} more` : regions.slice(1).join(', ')}
            </span>
          )}
        </ErrorNotice>
      ))}
    </section>
  )
}
