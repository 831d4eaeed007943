import { Button } from '@mantine/core'
import { useState } from 'react'
import type { EnvironmentState, Identity } from '../../preload/contract/environments.ts'
import type { Mend as MendName } from '../../preload/contract/errors.ts'
import { client } from '../client.ts'
import { announce } from '../ui/announce.ts'
import { useEnvironment } from '../ui/environment.ts'
import { Mend } from '../ui/error-notice.tsx'
import { toProblem } from '../ui/problem.ts'
import { formatDuration } from '../ui/quantities.ts'
import { StatusPill } from '../ui/status-pill.tsx'
import { formatExactTime, type Zone } from '../ui/time-format.ts'
import { useZone } from '../ui/zone.ts'
import { GuardControl } from './guard-control.tsx'
import { useScreen } from './use-screen.ts'
import './identity-strip.css'

function tlsOf({ tls }: Identity): string {
  if (tls === null) return 'TLS off'
  return tls.verified ? `${tls.protocol} verified` : `${tls.protocol} unverified`
}

/** Which root vouches for the server, and until when: what a verified connection rests on. */
function rootOf({ tls }: Identity, zone: Zone): string | undefined {
  if (!tls?.root || !tls.validTill) return undefined
  const { name, validTill } = tls.root
  return `Root: ${name}, until ${formatExactTime(validTill, zone)}. Server certificate until ${formatExactTime(tls.validTill, zone)}.`
}

/** Keeps both ends of a long host name, where the instance and the cloud stand. */
function shortHost(host: string): string {
  const parts = host.split('.')
  return host.length <= 36 || parts.length < 5 ? host : `${parts[0]}…${parts.slice(-3).join('.')}`
}

function Reconnect({ id }: { id: string }) {
  const [running, setRunning] = useState(false)
  const reconnect = async () => {
    setRunning(true)
    try {
      await client.environments.reconnect({ environment: id })
    } catch (error) {
      announce(`Reconnect ${id}: ${toProblem(error).message}`, { tone: 'bad', notice: true })
    } finally {
      setRunning(false)
    }
  }
  return (
    <Button loading={running} onClick={() => void reconnect()}>
      Reconnect
    </Button>
  )
}

/** The screens that offer a mending button themselves: it stands there once. */
const offeredBy: Partial<Record<MendName, readonly string[]>> = {
  start_instance: ['overview', 'instances'],
  allow_address: ['overview', 'access'],
}

function Connection({ state }: { state: EnvironmentState }) {
  const zone = useZone()
  const { path } = useScreen()
  const { connection, environment } = state
  switch (connection.state) {
    case 'connecting':
      return <StatusPill tone="busy">connecting</StatusPill>
    case 'connected':
      return (
        <StatusPill tone="ok" title={`Connected since ${formatExactTime(connection.since, zone)}`}>
          connected · {formatDuration(connection.latencyMs)}
        </StatusPill>
      )
    case 'lost':
    case 'failed': {
      const mend = connection.problem.data?.mend
      return (
        <>
          <StatusPill tone="bad">{connection.state === 'lost' ? 'connection lost' : 'not connected'}</StatusPill>
          {mend && !offeredBy[mend]?.includes(path) && <Mend mend={mend} environment={environment.id} />}
          <Reconnect id={environment.id} />
        </>
      )
    }
    default:
      return connection satisfies never
  }
}

/** Where the user is: what stands here is what is used, as the server itself says. */
export function IdentityStrip() {
  const { id, state } = useEnvironment()
  const zone = useZone()
  if (state === null) {
    return (
      <section className="strip" aria-label="Identity">
        <b>{id}</b>
      </section>
    )
  }
  const { environment, connection, guard } = state
  const identity = connection.state === 'connected' ? connection.identity : null
  const { host, port, database, user } = environment.connection
  const problem = connection.state === 'lost' || connection.state === 'failed' ? connection.problem : null
  return (
    <section
      className="strip"
      aria-label="Identity"
      data-colour={environment.colour}
      data-guard={guard.guard === 'open' ? 'open' : guard.unlockedUntil ? 'unlocked' : 'locked'}
    >
      <b title={environment.label}>{environment.label}</b>
      <div className="strip-who">
        <span className="mono strip-target" title={`${database} @ ${host}:${port}`}>
          {identity?.database ?? database} @ {shortHost(host)}:{port}
        </span>
        {problem ? (
          <span className="strip-problem" role="status" title={problem.message}>
            {problem.message}
          </span>
        ) : (
          <span className="strip-facts">
            {identity?.user ?? user}
            {identity && ` · PostgreSQL ${identity.version} · `}
            {identity && <span title={rootOf(identity, zone)}>{tlsOf(identity)}</span>}
            {environment.rds && ` · ${environment.rds.region}`}
          </span>
        )}
      </div>
      <span className="grow" />
      {identity?.protected && (
        <StatusPill tone="warn" title="The protection mark is set inside this database: reset and drop refuse.">
          protected
        </StatusPill>
      )}
      {identity?.readOnly && <StatusPill tone="warn">server is read-only</StatusPill>}
      <Connection state={state} />
      <GuardControl state={state} />
    </section>
  )
}
