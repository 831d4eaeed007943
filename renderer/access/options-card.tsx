import { Select, Switch } from '@mantine/core'
import type { Reach } from '../../preload/contract/access.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Card } from '../ui/layout.tsx'
import { useSetOptions } from './queries.ts'

const expiries = [
  { value: '0', label: 'Never' },
  { value: '1', label: '1 hour' },
  { value: '4', label: '4 hours' },
  { value: '8', label: '8 hours' },
  { value: '24', label: '1 day' },
  { value: '168', label: '7 days' },
  { value: '720', label: '30 days' },
]

/** How own rules expire, and when they are made by themselves. Each choice is kept at once. */
export function OptionsCard({ environment, options }: { environment: string; options: Reach['options'] }) {
  const set = useSetOptions(environment)
  // What was chosen stands until main has told of it.
  const shown = set.isPending ? set.variables : options
  const hours = String(shown.expiresAfterHours)
  const change = (next: Partial<Reach['options']>) => set.mutate({ ...options, ...next })
  return (
    <Card title="Own rules" label="Own rules" padded>
      <div className="options">
        <Select
          label="Expire after"
          description="They are removed when Basepair starts, each hour while it runs, and when it ends: AWS itself knows no end"
          data={expiries.some(({ value }) => value === hours) ? expiries : [...expiries, { value: hours, label: `${hours} hours` }]}
          value={hours}
          allowDeselect={false}
          onChange={(value) => change({ expiresAfterHours: Number(value ?? 0) })}
        />
        <Switch
          label="Allow this machine when Basepair starts"
          checked={shown.onStart}
          onChange={(event) => change({ onStart: event.currentTarget.checked })}
        />
        <Switch
          label="Allow this machine when its address changes"
          checked={shown.onChange}
          onChange={(event) => change({ onChange: event.currentTarget.checked })}
        />
        {set.error !== null && <ErrorNotice compact error={set.error} environment={environment} onMended={set.reset} />}
      </div>
    </Card>
  )
}
