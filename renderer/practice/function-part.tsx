import { NativeSelect, SegmentedControl, Switch } from '@mantine/core'
import type { LambdaFailure, PracticeState } from '../../preload/contract/practice.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Part } from './part.tsx'
import { useChange } from './queries.ts'
import { failureSentence, failures, failureWords } from './words.ts'

type SignUps = PracticeState['signUps']

/** How the post-confirmation function is made. */
export function FunctionPart({ signUps }: { signUps: SignUps }) {
  const change = useChange()
  const { function: made, lateIngestion } = signUps
  return (
    <Part id="function" label="Post-confirmation function">
      <NativeSelect
        label="The function fails by"
        description={failureSentence(made)}
        size="xs"
        data={failures.map((failure) => ({ value: failure, label: failureWords[failure] }))}
        value={made.failure}
        onChange={(event) => {
          const failure = failures.find((one): one is LambdaFailure => one === event.currentTarget.value)
          if (failure !== undefined) change.mutate({ function: { failure } })
        }}
      />
      <Switch
        label="Exception swallowed"
        description="It is printed, and the function answers as if all were well."
        checked={made.swallows}
        onChange={(event) => change.mutate({ function: { swallows: event.currentTarget.checked } })}
      />
      <div className="practice-choice">
        <span>Runtime</span>
        <SegmentedControl
          aria-label="Runtime"
          size="xs"
          data={[
            { value: 'python', label: 'Python' },
            { value: 'node', label: 'Node' },
          ]}
          value={made.runtime}
          onChange={(next) => change.mutate({ function: { runtime: next === 'node' ? 'node' : 'python' } })}
        />
      </div>
      <div className="practice-choice">
        <span>Log format</span>
        <SegmentedControl
          aria-label="Log format"
          size="xs"
          data={[
            { value: 'text', label: 'Text' },
            { value: 'json', label: 'JSON' },
          ]}
          value={made.format}
          onChange={(next) => change.mutate({ function: { format: next === 'json' ? 'json' : 'text' } })}
        />
      </div>
      <Switch
        label="Late ingestion"
        description="CloudWatch takes some lines in up to two minutes late."
        checked={lateIngestion}
        onChange={(event) => change.mutate({ lateIngestion: event.currentTarget.checked })}
      />
      {change.error && <ErrorNotice compact error={change.error} />}
    </Part>
  )
}
