import { ActionIcon, Button, CloseButton, Popover, Switch, TextInput } from '@mantine/core'
import { IconHelp, IconSearch } from '@tabler/icons-react'
import { useMemo, useRef } from 'react'
import { type BoundKey, useKeys } from '../ui/keys.ts'
import { countOf, formatCount } from '../ui/quantities.ts'
import type { Find } from './find.ts'
import type { Finding } from './use-found.ts'
import './finder.css'

/** What the field holds, and how it is read. */
export interface FinderChoice {
  readonly text: string
  /** The whole field is a filter pattern of CloudWatch. */
  readonly asPattern: boolean
}

export const emptyFinder: FinderChoice = { text: '', asPattern: false }

/** Longer texts are cut: nobody types them, and a hostile paste costs nothing. CloudWatch takes no longer pattern either. */
const longest = 1_024

/** The field that finds lines, what it found, and how to write in it. */
export function Finder({
  choice,
  onChange,
  find,
  finding,
}: {
  choice: FinderChoice
  onChange: (choice: FinderChoice) => void
  find: Find
  finding: Finding
}) {
  const input = useRef<HTMLInputElement>(null)
  const keys = useMemo((): readonly BoundKey[] => [{ keys: '/', does: 'Find lines', run: () => input.current?.focus() }], [])
  useKeys('Logs', keys)
  const { text, asPattern } = choice
  return (
    <search className="finder">
      <TextInput
        ref={input}
        className="finder-text"
        aria-label="Find lines"
        placeholder={asPattern ? 'ERROR -START, { $.level = "ERROR" }, [w1=ERROR, w2]' : 'Text, field:value, e-mail, request id…'}
        leftSection={<IconSearch size={14} aria-hidden />}
        rightSectionWidth={60}
        rightSection={
          <span className="finder-ends">
            {text !== '' && (
              <CloseButton size={24} iconSize={14} aria-label="Find nothing" onClick={() => onChange({ ...choice, text: '' })} />
            )}
            <Help />
          </span>
        }
        value={text}
        maxLength={longest}
        spellCheck={false}
        error={find.error}
        onChange={(event) => onChange({ ...choice, text: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && text !== '') {
            event.stopPropagation()
            onChange({ ...choice, text: '' })
          }
        }}
      />
      <Switch
        label="CloudWatch pattern"
        checked={asPattern}
        onChange={(event) => onChange({ ...choice, asPattern: event.currentTarget.checked })}
      />
      <Outcome find={find} finding={finding} />
    </search>
  )
}

function Outcome({ find, finding }: { find: Find; finding: Finding }) {
  const { lines, searched, of, done, stop, stopped } = finding
  if (find.isEmpty) return null
  const share = of === 0 ? 100 : Math.floor((searched / of) * 100)
  return (
    <span className="finder-outcome dim" role="status">
      {done ? `${formatCount(lines.length)} of ${countOf(of, 'line')}` : `${countOf(lines.length, 'line')} found, ${share} % searched`}
      {stopped && ', stopped'}
      {!done && !stopped && (
        <Button size="compact-xs" variant="subtle" onClick={stop}>
          Cancel
        </Button>
      )}
    </span>
  )
}

const examples: readonly (readonly [string, string])[] = [
  ['relation users', 'both words, in capital or small letters'],
  ['"does not exist"', 'the phrase'],
  ['-START -END', 'lines without these words'],
  ['level:error', 'trace, debug, info, warn, error, fatal; error with time-outs'],
  ['request:7f0c1f0e-…', 'every line of that invocation; the id alone does it too'],
  ['ada@example.com', 'an e-mail, a sub, any text'],
  ['status:>=500 user.email:ada', 'fields of JSON lines'],
  ['stream:2026/11/21', 'a part of the stream’s name; group: likewise'],
  ['after:10:04 before:10:30', 'a time, in the zone that is shown; last:15m'],
  ['/timed? out/i', 'a regular expression of RE2'],
  ['pattern:?ERROR ?WARN', 'all that follows is a filter pattern of CloudWatch'],
]

function Help() {
  return (
    <Popover position="bottom-end" shadow="md" withinPortal trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon size={24} variant="subtle" aria-label="How to find lines" title="How to find lines">
          <IconHelp size={16} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <table className="finder-help">
          <caption>What all of it holds for is found.</caption>
          <tbody>
            {examples.map(([example, meaning]) => (
              <tr key={example}>
                <th scope="row" className="mono">
                  {example}
                </th>
                <td>{meaning}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Popover.Dropdown>
    </Popover>
  )
}
