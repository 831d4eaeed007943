import { spotlight } from '@mantine/spotlight'
import { PracticeButton } from '../practice/panel.tsx'
import { useLastResult } from '../ui/announce.ts'
import { usePreferences } from '../ui/preferences.ts'
import { Time } from '../ui/time.tsx'
import { zoneName } from '../ui/time-format.ts'
import { openKeysHelp } from './keys-help.tsx'

export const modKey = /mac/i.test(navigator.platform) ? '⌘' : 'Ctrl'

/** The foot of the page: what was done last, and where the keys are. */
export function StatusBar() {
  const result = useLastResult()
  const { preferences, remember } = usePreferences()
  const { zone } = preferences
  return (
    <footer className="status-bar">
      <span className="grow status-result" role="status" data-tone={result?.tone} title={result?.text}>
        {result && (
          <>
            <Time at={result.at} /> {result.text}
          </>
        )}
      </span>
      <PracticeButton />
      <button type="button" onClick={spotlight.open}>
        <kbd>{modKey}</kbd> <kbd>K</kbd> everything
      </button>
      <button type="button" onClick={openKeysHelp}>
        <kbd>?</kbd> keys
      </button>
      <button
        type="button"
        aria-label={`Times are in ${zone === 'utc' ? 'UTC' : 'local time'}; switch to ${zone === 'utc' ? 'local time' : 'UTC'}`}
        title="Switch between UTC and local time"
        onClick={() => remember({ zone: zone === 'utc' ? 'local' : 'utc' })}
      >
        {zone === 'utc' ? 'UTC' : `local (${zoneName('local')})`}
      </button>
    </footer>
  )
}
