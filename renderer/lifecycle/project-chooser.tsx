import { Button, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { LifecycleState } from '../../preload/contract/lifecycle.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { useChooseProject } from './queries.ts'

const ownFolder = 'own folder'

/** The project whose scripts build the database: one that comes with the console, or a folder of the user's own. */
export function ProjectChooser({ environment, state, busy }: { environment: string; state: LifecycleState; busy: boolean }) {
  const { project, projects } = state
  const choose = useChooseProject(environment)
  const isOwn = !projects.some((one) => one.folder === project.folder)
  const [asking, setAsking] = useState(false)
  const [folder, setFolder] = useState(isOwn ? project.folder : '')
  return (
    <div className="project">
      <div className="row">
        <Select
          label="Project"
          w={220}
          data={[...projects.map(({ name }) => ({ value: name, label: name })), { value: ownFolder, label: 'A folder of your own' }]}
          value={asking || isOwn ? ownFolder : project.name}
          allowDeselect={false}
          disabled={busy || choose.isPending}
          onChange={(value) => {
            setAsking(value === ownFolder)
            if (value !== null && value !== ownFolder) choose.mutate(value)
          }}
        />
        {(asking || isOwn) && (
          <form
            className="row grow"
            onSubmit={(event) => {
              event.preventDefault()
              choose.mutate(folder.trim(), { onSuccess: () => setAsking(false) })
            }}
          >
            <TextInput
              className="grow"
              label="Folder"
              placeholder="/home/you/project/sql"
              value={folder}
              onChange={(event) => setFolder(event.currentTarget.value)}
              classNames={{ input: 'mono' }}
            />
            <Button type="submit" loading={choose.isPending} disabled={busy || folder.trim() === ''}>
              Use folder
            </Button>
          </form>
        )}
      </div>
      <dl>
        <dt>Schema</dt>
        <dd className="mono">{project.schema ?? 'none'}</dd>
        <dt>Seed</dt>
        <dd className="mono">{project.seed ?? 'none'}</dd>
      </dl>
      {project.problem && <ErrorNotice compact error={{ code: 'FILE', message: project.problem }} />}
      {choose.error && <ErrorNotice compact error={choose.error} environment={environment} />}
    </div>
  )
}
