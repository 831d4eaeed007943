import { useMemo } from 'react'
import { type NavigateFunction, useNavigate } from 'react-router'
import type { EnvironmentState } from '../../preload/contract/environments.ts'
import type { Preferences } from '../../preload/contract/settings.ts'
import { client } from '../client.ts'
import { type PaletteAction, useActions } from '../ui/actions.ts'
import { announce } from '../ui/announce.ts'
import { useEnvironmentId, useEnvironments } from '../ui/environment.ts'
import { usePreferences } from '../ui/preferences.ts'
import { toProblem } from '../ui/problem.ts'
import { actions, actionWords, startRun } from '../ui/runs.tsx'
import { screens } from './screens.ts'

/** Runs what was chosen; there is no place beside it for an error, so that becomes a notification. */
function attempt(label: string, work: () => Promise<unknown>): void {
  work().catch((error: unknown) => announce(`${label}: ${toProblem(error).message}`, { tone: 'bad', notice: true }))
}

function screensOf(id: string, isHere: boolean, navigate: NavigateFunction): PaletteAction[] {
  return screens.map(({ path, title, letter }) => ({
    id: `${id} screen ${path}`,
    group: `Go to in ${id}`,
    label: `${title} of ${id}`,
    keywords: ['go to', 'open'],
    ...(isHere ? { keys: `g ${letter}` } : {}),
    run: () => void navigate(`/${id}/${path}`),
  }))
}

function changesOf({ environment: { id, rds }, guard }: EnvironmentState): PaletteAction[] {
  const group = `Do in ${id}`
  const change = (name: string, label: string, work: () => Promise<unknown>): PaletteAction => ({
    id: `${id} ${name}`,
    group,
    label,
    run: () => attempt(label, work),
  })
  const runs = actions.map((action) => change(action, `${actionWords[action]} in ${id}`, () => startRun(id, action)))
  const turn =
    guard.guard === 'open' || guard.refusal !== null
      ? []
      : guard.unlockedUntil === null
        ? [change('unlock', `Unlock ${id}`, () => client.environments.unlock({ environment: id }))]
        : [change('lock', `Lock ${id}`, () => client.environments.lock({ environment: id }))]
  return [
    ...turn,
    ...runs,
    ...(rds === undefined
      ? []
      : [
          change('allow address', `Allow my address in ${id}`, async () =>
            announce((await client.access.allow({ environment: id })).sentence),
          ),
        ]),
    change('cancel', `Cancel the run in ${id}`, () => client.lifecycle.cancel({ environment: id })),
    change('free', `Free the database's sessions in ${id}`, () => client.sessions.free({ environment: id })),
    change('reconnect', `Reconnect ${id}`, () => client.environments.reconnect({ environment: id })),
  ]
}

function lookActions(remember: (change: Partial<Preferences>) => void): PaletteAction[] {
  const choose = (id: string, label: string, change: Partial<Preferences>): PaletteAction => ({
    id,
    group: 'Look',
    label,
    run: () => remember(change),
  })
  return [
    choose('theme auto', 'Light or dark as the system', { theme: 'auto' }),
    choose('theme light', 'Light theme', { theme: 'light' }),
    choose('theme dark', 'Dark theme', { theme: 'dark' }),
    choose('zone utc', 'Times in UTC', { zone: 'utc' }),
    choose('zone local', 'Times in local time', { zone: 'local' }),
  ]
}

/** What the palette offers on every screen: each screen and each action of each environment. */
export function useShellActions(): void {
  const navigate = useNavigate()
  const { data } = useEnvironments()
  const { remember } = usePreferences()
  const here = useEnvironmentId()
  const offered = useMemo(() => {
    const isHere = (each: EnvironmentState) => each.environment.id === here
    const ordered = (data ?? []).toSorted((one, other) => Number(isHere(other)) - Number(isHere(one)))
    return [
      ...ordered.flatMap((each) => [...screensOf(each.environment.id, isHere(each), navigate), ...changesOf(each)]),
      ...lookActions(remember),
    ]
  }, [data, here, navigate, remember])
  useActions(offered)
}
