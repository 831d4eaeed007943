import { useEffect } from 'react'
import { Navigate, useLocation } from 'react-router'
import { PracticePanel } from '../practice/panel.tsx'
import { useEnvironmentId, useEnvironments } from '../ui/environment.ts'
import { usePreferences } from '../ui/preferences.ts'
import { IdentityStrip } from './identity-strip.tsx'
import { LineBanner } from './line-banner.tsx'
import { Notices } from './notices.tsx'
import { Palette } from './palette.tsx'
import { Rail } from './rail.tsx'
import { RunReporters } from './run-reporter.tsx'
import { ScreenFrame } from './screen-frame.tsx'
import { useShellKeys } from './shell-keys.ts'
import { StatusBar } from './status-bar.tsx'
import { useScreen } from './use-screen.ts'
import './shell.css'

/** Milliseconds a place must be looked at before it is remembered. */
const settleTime = 800

function useRememberedPlace(): void {
  const { pathname, search } = useLocation()
  const { known, remember } = usePreferences()
  useEffect(() => {
    if (!known) return
    const timer = setTimeout(() => remember({ place: pathname + search }), settleTime)
    return () => clearTimeout(timer)
  }, [pathname, search, known, remember])
}

function useTitle(): void {
  const id = useEnvironmentId()
  const { title } = useScreen()
  useEffect(() => {
    document.title = `${title}, ${id} · Basepair`
  }, [title, id])
}

/** What stays while the screens change. */
export function Shell() {
  useShellKeys()
  useRememberedPlace()
  useTitle()
  const id = useEnvironmentId()
  const { path } = useScreen()
  const ids = useEnvironments().data?.map((each) => each.environment.id)
  // The environment of an old address, or of one removed just now.
  if (ids?.[0] !== undefined && !ids.includes(id)) return <Navigate to={`/${ids[0]}/${path}`} replace />
  return (
    <div className="shell">
      <Rail />
      <div className="shell-head">
        <LineBanner />
        <IdentityStrip />
        <Notices />
      </div>
      <ScreenFrame />
      <PracticePanel />
      <StatusBar />
      <Palette />
      <RunReporters />
    </div>
  )
}
