import { CloseButton } from '@mantine/core'
import type { Session } from '../../preload/contract/sessions.ts'
import { CopyButton } from '../ui/copy.tsx'
import { Card } from '../ui/layout.tsx'
import { formatDuration } from '../ui/quantities.ts'
import { Time } from '../ui/time.tsx'
import { nameOf } from './queries.ts'

/** Postgres keeps this many bytes of a statement, less one, unless track_activity_query_size says otherwise. */
const usualLimit = 1024

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

/** One session whole: the query as the server gives it, line by line. `at` is when it was looked at. */
export function SessionDetail({ session, at, onClose }: { session: Session; at: string; onClose: () => void }) {
  const { query, blockedBy, stateSeconds, transactionSeconds } = session
  const since = (seconds: number) => new Date(Date.parse(at) - seconds * 1000).toISOString()
  const maybeCut = query !== null && new TextEncoder().encode(query).length >= usualLimit - 1
  return (
    <Card
      label={`Session ${session.pid}`}
      title={nameOf(session)}
      extra={
        <>
          {query !== null && <CopyButton text={query} what="the query" />}
          <CloseButton size="sm" aria-label="Close the session's details" onClick={onClose} />
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <section className="session-detail" aria-label="Details" tabIndex={0}>
        <dl>
          <Fact name="Connected">
            {session.backendStart === null ? 'not visible' : <Time at={new Date(session.backendStart).toISOString()} withZone />}
          </Fact>
          <Fact name="User">{session.user ?? 'none'}</Fact>
          <Fact name="Database">{session.database ?? 'none'}</Fact>
          <Fact name="State">{session.hidden ? 'not visible' : (session.state ?? session.backendType ?? 'none')}</Fact>
          {stateSeconds !== null && (
            <Fact name="In it since">
              <Time at={since(stateSeconds)} withZone /> ({formatDuration(stateSeconds * 1000)})
            </Fact>
          )}
          {transactionSeconds !== null && (
            <Fact name="Transaction since">
              <Time at={since(transactionSeconds)} withZone /> ({formatDuration(transactionSeconds * 1000)})
            </Fact>
          )}
          {blockedBy.length > 0 && (
            <Fact name="Waits for">{blockedBy.map((pid) => (pid === 0 ? 'a prepared transaction' : String(pid))).join(', ')}</Fact>
          )}
        </dl>
        <div>
          <p className="dim">
            {session.state === 'active' ? 'Running' : 'Last statement'}
            {maybeCut && ', perhaps cut: the server keeps track_activity_query_size bytes, 1,024 unless set'}
          </p>
          <pre className="mono">{session.hidden ? 'The role needs pg_read_all_stats to see it.' : (query ?? 'none')}</pre>
        </div>
      </section>
    </Card>
  )
}
