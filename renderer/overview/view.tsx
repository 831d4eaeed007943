import { useEnvironments } from '../ui/environment.ts'
import { SectionHeader } from '../ui/layout.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { EnvironmentPath } from './environment-path.tsx'
import { LastChanges } from './last-changes.tsx'
import './overview.css'

/** The path of every environment from its server to its data, and what was changed last. */
export function OverviewView() {
  const environments = useEnvironments()
  return (
    <>
      <SectionHeader title="Overview" sentence="From the instance to the data. The first broken link is the one to mend." />
      <Loaded query={environments} rows={8}>
        {(all) => (
          <div className="overview">
            {all.map((state) => (
              <EnvironmentPath key={state.environment.id} state={state} />
            ))}
            <LastChanges />
          </div>
        )}
      </Loaded>
    </>
  )
}
