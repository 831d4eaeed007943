import { Checkbox, TextInput } from '@mantine/core'
import { useSyncExternalStore } from 'react'
import type { InstanceRow } from '../../preload/contract/instances.ts'
import { client } from '../client.ts'
import { announce } from '../ui/announce.ts'
import { confirmByName } from '../ui/confirm-by-name.tsx'
import { createStore, type Store } from '../ui/store.ts'
import { snapshotName, snapshotNameProblem } from './snapshot-name.ts'

interface Choices {
  readonly snapshot: boolean
  readonly name: string
  readonly deleteBackups: boolean
}

function DeleteChoices({ store }: { store: Store<Choices> }) {
  const choices = useSyncExternalStore(store.subscribe, store.get)
  const change = (some: Partial<Choices>) => store.set({ ...choices, ...some })
  return (
    <div className="instance-dialog">
      <Checkbox
        label="Take a final snapshot"
        description="It costs storage until it is deleted, and is the way back."
        checked={choices.snapshot}
        onChange={(event) => change({ snapshot: event.currentTarget.checked })}
      />
      {choices.snapshot && (
        <TextInput
          label="Name of the final snapshot"
          value={choices.name}
          error={snapshotNameProblem(choices.name)}
          onChange={(event) => change({ name: event.currentTarget.value })}
          spellCheck={false}
          autoComplete="off"
          classNames={{ input: 'mono' }}
        />
      )}
      <Checkbox
        label="Delete the automated backups too"
        description="Otherwise AWS keeps them for the rest of their retention time."
        checked={choices.deleteBackups}
        onChange={(event) => change({ deleteBackups: event.currentTarget.checked })}
      />
    </div>
  )
}

/** Asks for the name before an instance is deleted for good. `guard` is the environment that must be unlocked. */
export function openDeleteDialog(environment: string, guard: string, row: InstanceRow): void {
  const { identifier, kind } = row.key
  const store = createStore<Choices>({ snapshot: true, name: snapshotName(identifier, 'final', new Date()), deleteBackups: false })
  confirmByName({
    title: `Delete ${identifier}`,
    name: identifier,
    action: 'Delete',
    losses: [
      `The ${kind} and every database on it are deleted for good. What is not in the final snapshot is lost.`,
      'Every connection to it ends.',
      ...row.environments.map((id) => `The environment ${id} has no server afterwards.`),
    ],
    environment: guard,
    children: <DeleteChoices store={store} />,
    async run(confirm) {
      const { snapshot, name, deleteBackups } = store.get()
      await client.instances.remove({ environment, key: row.key, finalSnapshot: snapshot ? name : null, deleteBackups, confirm })
      announce(`AWS was asked to delete ${identifier}`)
    },
  })
}
