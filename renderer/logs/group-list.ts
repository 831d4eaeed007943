import type { LogGroup } from '../../preload/contract/logs.ts'

/** Groups that one tail follows at most, as StartLiveTail takes them. */
export const mostGroups = 10

const unlisted = (name: string): LogGroup => ({
  name,
  exists: true,
  function: null,
  retentionDays: null,
  storedBytes: null,
  logClass: null,
  isPostConfirmation: false,
})

interface Choice {
  readonly groups: readonly string[]
  readonly favourites: readonly string[]
}

/**
 * The groups in order: those chosen before, favourites of before, the post-confirmation function's, then by name. What is chosen or a
 * favourite stands in it also where AWS does not list it.
 */
export function listGroups(
  listed: readonly LogGroup[],
  { groups, favourites }: Choice,
  before: Choice,
  search: string,
): readonly LogGroup[] {
  const words = search.toLowerCase()
  const known = new Set(listed.map(({ name }) => name))
  const kept = [...new Set([...groups, ...favourites])].filter((name) => !known.has(name) && name.toLowerCase().includes(words))
  const rank = ({ name, isPostConfirmation }: LogGroup) =>
    before.groups.includes(name) ? 0 : before.favourites.includes(name) ? 1 : isPostConfirmation ? 2 : 3
  return [...listed, ...kept.map(unlisted)].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
}

/** What is known of a group, in a few words each. */
export function groupFacts(group: LogGroup, bytes: (count: number) => string): readonly string[] {
  const { exists, retentionDays, storedBytes, logClass, isPostConfirmation } = group
  return [
    ...(exists ? [] : ['does not exist yet: CloudWatch makes it with the function’s first line']),
    ...(isPostConfirmation ? ['post-confirmation function'] : group.function ? [`function ${group.function.name}`] : []),
    ...(group.function?.runtime ? [group.function.runtime] : []),
    ...(storedBytes === null || !exists ? [] : [bytes(storedBytes)]),
    ...(retentionDays === null ? [] : [`kept ${retentionDays} days`]),
    ...(logClass === null || logClass === 'STANDARD' ? [] : [`${logClass}: no Live Tail`]),
  ]
}
