import { Button, CloseButton, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { LogEvent } from '../../cloudwatch/event.ts'
import type { Place } from '../../preload/contract/instances.ts'
import { orpc } from '../client.ts'
import { CopyButton, copyText } from '../ui/copy.tsx'
import { formatJson } from '../ui/data-grid-json.ts'
import { VisibleText } from '../ui/data-grid-row.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { countOf } from '../ui/quantities.ts'
import { formatExactTime } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import { AwsConsoleLink } from './aws-console-link.tsx'
import type { Marker } from './find-text.ts'
import { formatLineTime, ingestionDelay } from './line-time.ts'
import { LogMessage } from './log-message.tsx'
import type { Line } from './sorted-lines.ts'

/** Characters that are put on screen at once; "Copy" takes all of them. */
const portion = 20_000
/** Lines on each side of the one that is open. */
const around = 12

/** The whole of one line: its text, where it stands, and what stands around it in its stream. */
export function LineDetail({
  environment,
  place,
  line,
  markers,
  link,
  onClose,
}: {
  environment: string
  place: Place | null
  line: Line
  markers: readonly Marker[]
  /** The same place in AWS' own console; null where there is none. */
  link: string | null
  onClose: () => void
}) {
  const zone = useZone()
  const [isAround, setIsAround] = useState(false)
  return (
    <aside className="log-detail card" aria-label="The line whole">
      <header className="card-head">
        <h2 className="mono">{formatLineTime(line.at, zone, Date.now())}</h2>
        <span className="grow" />
        {link !== null && <AwsConsoleLink link={link} />}
        <CloseButton aria-label="Close the line" onClick={onClose} />
      </header>
      <div className="log-detail-body">
        <Message key={line.id} text={line.message} markers={markers} />
        <dl>
          <dt>Happened</dt>
          <dd>{formatExactTime(new Date(line.at).toISOString(), zone)}</dd>
          <dt>Ingested</dt>
          <dd>{ingestionDelay(line)}</dd>
          <Named title="Log group" value={line.group} />
          <Named title="Stream" value={line.stream} />
          <Named title="Event id" value={line.id} />
        </dl>
        <Button size="compact-sm" aria-expanded={isAround} onClick={() => setIsAround(!isAround)}>
          {isAround ? 'Hide the lines around it' : 'Lines around it'}
        </Button>
        {isAround && <Around environment={environment} place={place} line={line} />}
      </div>
    </aside>
  )
}

function Named({ title, value }: { title: string; value: string }) {
  return (
    <>
      <dt>{title}</dt>
      <dd className="mono">
        <VisibleText text={value} /> <CopyButton text={value} what={`the ${title.toLowerCase()}`} />
      </dd>
    </>
  )
}

function Message({ text, markers }: { text: string; markers: readonly Marker[] }) {
  const [asJson, setAsJson] = useState(true)
  const [portions, setPortions] = useState(1)
  const json = useMemo(() => formatJson(text), [text])
  const whole = json !== null && asJson ? json : text
  const seen = whole.slice(0, portions * portion)
  return (
    <section aria-label="Message">
      <div className="row">
        <span className="dim">{countOf(text.length, 'character')}</span>
        <span className="grow" />
        {json !== null && <Switch label="Set out JSON" checked={asJson} onChange={(event) => setAsJson(event.currentTarget.checked)} />}
        <Button size="compact-sm" onClick={() => void copyText(text, 'the line')}>
          Copy
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls must be reachable by the keyboard */}
      <pre className="mono" tabIndex={0}>
        <LogMessage message={seen} markers={markers} lines limit={seen.length} />
      </pre>
      {seen.length < whole.length && (
        <Button size="compact-sm" variant="subtle" onClick={() => setPortions(portions + 1)}>
          Show more: {countOf(whole.length - seen.length, 'more character')}
        </Button>
      )}
    </section>
  )
}

/** What was asked for lies under the message and what is known of the line. */
const bringIntoView = (line: HTMLElement | null) => line?.scrollIntoView({ block: 'center' })

/** CloudWatch tells no ids of the lines around one. */
const isSame = (a: Omit<LogEvent, 'id'>, b: Omit<LogEvent, 'id'>): boolean =>
  a.at === b.at && a.ingested === b.ingested && a.message === b.message

function Around({ environment, place, line }: { environment: string; place: Place | null; line: Line }) {
  const zone = useZone()
  const query = useQuery(
    orpc.logs.around.queryOptions({
      input: { environment, group: line.group, stream: line.stream, at: line.at, count: around, ...(place === null ? {} : { place }) },
      staleTime: 30_000,
    }),
  )
  return (
    <Loaded query={query} environment={environment} rows={4}>
      {({ events }) => (
        <ol className="log-around" aria-label="Lines around it">
          {events.map((event, index) => (
            <li
              key={event.id}
              {...(index === events.findIndex((one) => isSame(one, line)) ? { 'aria-current': true, ref: bringIntoView } : {})}
            >
              <time dateTime={new Date(event.at).toISOString()}>{formatLineTime(event.at, zone, Date.now())}</time>
              <span className="log-near">
                <LogMessage message={event.message} limit={400} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </Loaded>
  )
}
