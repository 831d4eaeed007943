import { useEffect } from 'react'
import { useLocation } from 'react-router'
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

/** What stays while the screens change. */
export function Shell() {
  useShellKeys()
  useRememberedPlace()
  return (
    <div className="shell">
      <Rail />
      <div className="shell-head">
        <LineBanner />
        <IdentityStrip />
        <Notices />
      </div>
      <ScreenFrame />
      <StatusBar />
      <Palette />
      <RunReporters />
    </div>
  )
}
