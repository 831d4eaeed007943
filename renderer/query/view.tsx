import { Button } from '@mantine/core'
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useActions } from '../ui/actions.ts'
import { useEnvironment } from '../ui/environment.ts'
import { type Key, useListedKeys } from '../ui/keys.ts'
import { LoadingRows } from '../ui/loading-rows.tsx'
import { usePreferences } from '../ui/preferences.ts'
import { formatDuration } from '../ui/quantities.ts'
import { type Catalogue, Editor, type EditorHandle } from './editor.tsx'
import { ParametersForm, type ParameterValues } from './parameters-form.tsx'
import { useCatalogue } from './queries.ts'
import { Results } from './results.tsx'
import { SidePane } from './side-pane.tsx'
import { useRun } from './use-run.ts'
import './query.css'

const keys: readonly Key[] = [
  { keys: 'mod+Enter', does: 'Run the selection, or all' },
  { keys: 'mod+F', does: 'Find in the text' },
]
const noNames: Catalogue = {}
/** Milliseconds without typing before the text is remembered. */
const settleTime = 600
const longestDraft = 1_000_000

/** SQL for the environment: its text, its results, and texts to load. */
export function QueryView() {
  const { preferences, known } = usePreferences()
  const { id } = useEnvironment()
  if (!known) return <LoadingRows rows={8} />
  return <QueryPanes key={id} initial={preferences.drafts[id] ?? ''} />
}

function QueryPanes({ initial }: { initial: string }) {
  const { id, connected, locked } = useEnvironment()
  const { run, start, cancel } = useRun(id)
  const remember = useDraft(id)
  const catalogue = useCatalogue(id, connected)
  const editor = useRef<EditorHandle>(null)
  /** Where the text that was run begins in the editor, and whether the editor holds it no longer. */
  const [from, setFrom] = useState(0)
  const [edited, setEdited] = useState(true)
  const [asked, setAsked] = useState<readonly string[]>([])
  const [values, setValues] = useState<ParameterValues>({})
  const running = run.phase === 'running'

  const runText = useCallback(
    (parameters: ParameterValues) => {
      const piece = editor.current?.piece()
      if (piece === undefined) return
      setFrom(piece.from)
      setEdited(false)
      setValues(parameters)
      setAsked((before) => (before.some((name) => holds(piece.text, name)) ? before : []))
      start(piece.text, parameters)
    },
    [start],
  )
  const runAgain = useCallback(() => runText(values), [runText, values])
  useEffect(() => {
    if (run.parameters.length > 0) setAsked(run.parameters)
  }, [run.parameters])

  const load = useCallback((text: string, parameters: readonly string[]) => {
    editor.current?.replace(text)
    editor.current?.focus()
    setAsked(parameters)
    setValues({})
  }, [])

  useListedKeys('Query', keys)
  useActions(
    useMemo(
      () => [
        { id: 'query-run', label: 'Run the query', group: 'Query', keys: 'mod+Enter', run: runAgain },
        { id: 'query-cancel', label: 'Cancel the query', group: 'Query', run: cancel },
      ],
      [runAgain, cancel],
    ),
  )

  const problem = run.error ?? run.statements.find((one) => one.error !== null)?.error ?? null
  const message = problem?.message ?? ''
  const fault = useMemo(() => (run.at === null || edited ? null : { at: from + run.at, message }), [run.at, from, message, edited])

  return (
    <div className="query-view">
      <div className="query-main">
        <div className="toolbar" role="toolbar" aria-label="Query">
          <h1>Query</h1>
          <Button
            variant="filled"
            leftSection={<IconPlayerPlay size={14} aria-hidden />}
            disabled={running}
            onClick={runAgain}
            title="Run the selection, or all (Ctrl/Cmd+Enter)"
          >
            Run
          </Button>
          <Button leftSection={<IconPlayerStop size={14} aria-hidden />} disabled={!running} onClick={cancel}>
            Cancel
          </Button>
          {running && <Elapsed />}
          <span className="grow" />
          {locked && <span className="dim">Read-only: each statement runs in a read-only transaction</span>}
        </div>
        <div className="query-editor">
          <Editor
            initial={initial}
            handle={editor}
            catalogue={catalogue.data ?? noNames}
            fault={fault}
            onRun={runAgain}
            onChange={(text) => {
              setEdited(true)
              remember(text)
            }}
          />
        </div>
        {asked.length > 0 && (
          <ParametersForm key={asked.join()} names={asked} values={values} onRun={runText} onClose={() => setAsked([])} />
        )}
        <Results run={run} environment={id} onRetry={runAgain} />
      </div>
      <SidePane environment={id} onLoad={load} />
    </div>
  )
}

/** Whether a text may ask for that parameter still. */
const holds = (text: string, name: string): boolean => text.includes(`:${name}`) || text.includes(`%(${name})s`)

/** Keeps the editor's text for the next visit, a moment after the last key. */
function useDraft(environment: string): (text: string) => void {
  const { preferences, remember } = usePreferences()
  const latest = useRef({ preferences, remember })
  latest.current = { preferences, remember }
  const waiting = useRef<{ text: string; timer: ReturnType<typeof setTimeout> } | null>(null)
  const keep = useCallback(() => {
    if (waiting.current === null) return
    clearTimeout(waiting.current.timer)
    const { text } = waiting.current
    waiting.current = null
    if (text.length > longestDraft) return
    latest.current.remember({ drafts: { ...latest.current.preferences.drafts, [environment]: text } })
  }, [environment])
  // Leaving the screen does not lose what was typed last.
  useEffect(() => keep, [keep])
  return useCallback(
    (text: string) => {
      if (waiting.current !== null) clearTimeout(waiting.current.timer)
      waiting.current = { text, timer: setTimeout(keep, settleTime) }
    },
    [keep],
  )
}

function Elapsed() {
  const [began] = useState(() => performance.now())
  const [now, setNow] = useState(began)
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 100)
    return () => clearInterval(timer)
  }, [])
  return <span className="dim">{formatDuration(now - began)}</span>
}
