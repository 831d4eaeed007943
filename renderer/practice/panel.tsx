import { ActionIcon, Button, Radio, SegmentedControl, Switch } from '@mantine/core'
import { IconFlask, IconX } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import type { PracticeState } from '../../preload/contract/practice.ts'
import { CopyButton } from '../ui/copy.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { usePracticeActions } from './actions.ts'
import { FunctionPart } from './function-part.tsx'
import { setPanelOpen, togglePanel, usePanelOpen } from './open.ts'
import { Part, Parts } from './part.tsx'
import { useChange, useForceStart, usePractice } from './queries.ts'
import { SignUpForm } from './sign-up-form.tsx'
import { UsersPart } from './users-part.tsx'
import { commandLine, speedSentence, speedWords, standing } from './words.ts'
import './practice.css'

const panelId = 'practice-panel'
const buttonId = 'practice-button'

/** Closes the panel and puts the focus back to where it was opened. */
function close(): void {
  setPanelOpen(false)
  document.getElementById(buttonId)?.focus()
}

/** The button of the status bar that opens the panel and says where this machine is; nothing where there is no practice cloud. */
export function PracticeButton() {
  const state = usePractice()
  const isOpen = usePanelOpen()
  usePracticeActions(state)
  if (state === null) return null
  return (
    <button
      id={buttonId}
      type="button"
      className="practice-button"
      data-colour="violet"
      aria-expanded={isOpen}
      aria-controls={isOpen ? panelId : undefined}
      title={`A stand-in for AWS on this machine. Now: ${standing(state)}`}
      onClick={togglePanel}
    >
      <IconFlask size={13} aria-hidden />
      Practice cloud <span className="practice-standing">{standing(state)}</span>
    </button>
  )
}

/** The practice cloud's panel; nothing where there is no practice cloud. */
export function PracticePanel() {
  const state = usePractice()
  const isOpen = usePanelOpen()
  return state !== null && isOpen ? <Panel state={state} /> : null
}

type Choice = Partial<Pick<PracticeState, 'network' | 'throttling' | 'credentialsExpired' | 'speed'>>

function Panel({ state }: { state: PracticeState }) {
  const title = useRef<HTMLHeadingElement>(null)
  const change = useChange()
  // What was chosen shows at once, until main tells what is so.
  const [chosen, setChosen] = useState<{ readonly before: PracticeState; readonly choice: Choice } | null>(null)
  const choose = (choice: Choice) => {
    setChosen({ before: state, choice })
    change.mutate(choice, { onError: () => setChosen(null) })
  }
  const shown = chosen?.before === state ? { ...state, ...chosen.choice } : state
  const { networks, network, throttling, credentialsExpired, speed, speeds, endpoint } = shown
  useEffect(() => title.current?.focus(), [])
  return (
    <aside
      id={panelId}
      className="practice-panel"
      data-colour="violet"
      aria-labelledby={`${panelId}-title`}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close()
      }}
    >
      <header>
        <IconFlask size={16} aria-hidden />
        <h2 ref={title} id={`${panelId}-title`} tabIndex={-1}>
          Practice cloud
        </h2>
        <span className="practice-mark">practice</span>
        <span className="grow" />
        <ActionIcon variant="subtle" aria-label="Close the practice cloud's panel" onClick={close}>
          <IconX size={15} aria-hidden />
        </ActionIcon>
      </header>
      <div className="practice-body">
        <p>Nothing here is real: it stands in for AWS on this machine, has no account, and costs nothing.</p>
        {change.error && <ErrorNotice compact error={change.error} />}
        <Radio.Group
          label="This machine is in the network"
          description="AWS sees its address. A security group that does not know it lets nothing through."
          size="xs"
          value={network}
          onChange={(next) => choose({ network: next })}
        >
          <div className="practice-networks">
            {networks.map(({ id, label, address }) => (
              <Radio
                key={id}
                size="xs"
                value={id}
                label={
                  <>
                    {label} <span className="mono dim">{address}</span>
                  </>
                }
              />
            ))}
          </div>
        </Radio.Group>
        <Parts>
          <SignUpForm signUps={state.signUps} />
          <FunctionPart signUps={state.signUps} />
          <UsersPart users={state.signUps.users} />
          <Part id="refusals" label="AWS refuses">
            <Switch
              label="Throttle calls"
              description="Four of five calls are refused as too many."
              checked={throttling}
              onChange={(event) => choose({ throttling: event.currentTarget.checked })}
            />
            <Switch
              label="Expire the credentials"
              description="Every call is refused until they are good again."
              checked={credentialsExpired}
              onChange={(event) => choose({ credentialsExpired: event.currentTarget.checked })}
            />
          </Part>
          <Part id="time" label="Time goes">
            <SegmentedControl
              aria-label="How fast time goes"
              fullWidth
              data={speeds.map((one) => ({ value: String(one), label: <span title={speedWords(one)}>{one}×</span> }))}
              value={String(speed)}
              onChange={(next) => choose({ speed: Number(next) })}
            />
            <p className="dim">{speedSentence(speed)}</p>
          </Part>
          <ForcedStart stopped={state.stopped} />
          <Part id="clients" label="For other AWS clients">
            <Copied text={endpoint} what="the endpoint" />
            <Copied text={commandLine(endpoint)} what="the command line" />
          </Part>
        </Parts>
      </div>
    </aside>
  )
}

function ForcedStart({ stopped }: { stopped: readonly string[] }) {
  const start = useForceStart()
  return (
    <Part id="seventh-day" label="The seventh day">
      {stopped.length === 0 ? (
        <p className="dim">AWS starts an instance again that was stopped for seven days. None is stopped now.</p>
      ) : (
        stopped.map((identifier) => (
          <div className="practice-start" key={identifier}>
            <span className="mono">{identifier}</span>
            <Button loading={start.isPending && start.variables.identifier === identifier} onClick={() => start.mutate({ identifier })}>
              Let AWS start it now
            </Button>
          </div>
        ))
      )}
      {start.error && <ErrorNotice compact error={start.error} />}
    </Part>
  )
}

function Copied({ text, what }: { text: string; what: string }) {
  return (
    <div className="practice-copied">
      <code className="mono">{text}</code>
      <CopyButton text={text} what={what} />
    </div>
  )
}
