import { Button, SegmentedControl } from '@mantine/core'
import type { Console } from '../../preload/contract/settings.ts'
import { CopyButton } from '../ui/copy.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Card, SectionHeader } from '../ui/layout.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { usePreferences } from '../ui/preferences.ts'
import { zoneName } from '../ui/time-format.ts'
import { EnvironmentList } from './environment-list.tsx'
import { useConsole, useLink, useReload } from './queries.ts'
import './settings.css'

function Look() {
  const { preferences, remember } = usePreferences()
  return (
    <Card title="Look" label="Look" padded>
      <div className="facts">
        <span>Theme</span>
        <SegmentedControl
          aria-label="Theme"
          data={[
            { value: 'auto', label: 'As the system' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
          value={preferences.theme}
          onChange={(theme) => remember({ theme: theme === 'light' || theme === 'dark' ? theme : 'auto' })}
        />
        <span>Times</span>
        <SegmentedControl
          aria-label="Times"
          data={[
            { value: 'utc', label: 'UTC' },
            { value: 'local', label: `Of this machine (${zoneName('local')})` },
          ]}
          value={preferences.zone}
          onChange={(zone) => remember({ zone: zone === 'local' ? 'local' : 'utc' })}
        />
      </div>
    </Card>
  )
}

function SettingsProblem({ problem }: { problem: NonNullable<Console['settingsProblem']> }) {
  const reload = useReload()
  const place = problem.line === null ? '' : `, line ${problem.line}`
  return (
    <ErrorNotice
      error={reload.error ?? { code: 'FILE', message: `The settings file was not used and is kept as it is${place}: ${problem.message}` }}
    >
      <Button loading={reload.isPending} onClick={() => reload.mutate(undefined)}>
        Read it again
      </Button>
    </ErrorNotice>
  )
}

function AnotherBrowser() {
  const link = useLink()
  return (
    <>
      <span>Address</span>
      <span className="row">
        <Button loading={link.isPending} onClick={() => link.mutate(undefined)}>
          Open in another browser
        </Button>
        {link.data && (
          <>
            <span className="mono">{link.data.url}</span>
            <CopyButton text={link.data.url} what="the address" />
            <span className="dim">good for one browser, once</span>
          </>
        )}
        {link.error && <ErrorNotice compact error={link.error} />}
      </span>
    </>
  )
}

function ThisConsole({ about }: { about: Console }) {
  return (
    <Card title="This console" label="This console" padded>
      <div className="facts">
        <span>Version</span>
        <span>
          Basepair {about.version}, {about.mode === 'desktop' ? 'desktop' : 'browser mode'}
        </span>
        <span>Settings file</span>
        <span className="row">
          <span className="mono">{about.settingsFile}</span>
          <CopyButton text={about.settingsFile} what="the path of the settings file" />
        </span>
        <span>Data folder</span>
        <span className="row">
          <span className="mono">{about.dataFolder}</span>
          <CopyButton text={about.dataFolder} what="the path of the data folder" />
        </span>
        <span>Passwords</span>
        <span>{about.secrets}</span>
        {about.mode === 'browser' && <AnotherBrowser />}
      </div>
    </Card>
  )
}

/** The environments, the look, and where this console keeps its things. */
export function SettingsView() {
  const about = useConsole()
  return (
    <>
      <SectionHeader title="Settings" sentence="What local and prod are, how the page looks, and where things are kept." />
      <Loaded query={about}>
        {(value) => (
          <div className="settings">
            {value.settingsProblem && <SettingsProblem problem={value.settingsProblem} />}
            <EnvironmentList secrets={value.secrets} />
            <Look />
            <ThisConsole about={value} />
          </div>
        )}
      </Loaded>
    </>
  )
}
