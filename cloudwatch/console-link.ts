/** The console's addresses by partition, as Amazon's endpoint list has them. */
function hostOf(region: string): string {
  if (region.startsWith('cn-')) return `${region}.console.amazonaws.cn`
  if (region.startsWith('us-gov-')) return `${region}.console.amazonaws-us-gov.com`
  return `${region}.console.aws.amazon.com`
}

/** The console writes a name into its fragment encoded twice, with $ for %. */
const inFragment = (name: string) => encodeURIComponent(encodeURIComponent(name)).replaceAll('%', '$')

/** The address of the same place in AWS' own console; `stream` and `at` (milliseconds since 1970) lead to the event. */
export function consoleLink(region: string, group: string, stream: string | null, at: number | null): string {
  const safe = region.replaceAll(/[^a-z0-9-]/g, '')
  const home = `https://${hostOf(safe)}/cloudwatch/home?region=${safe}#logsV2:log-groups/log-group/${inFragment(group)}`
  if (stream === null && at === null) return home
  const events = stream === null ? `${home}/log-events` : `${home}/log-events/${inFragment(stream)}`
  return at === null ? events : `${events}${inQuery({ start: at - 60_000, end: at + 60_000 })}`
}

const inQuery = (range: Readonly<Record<string, number>>) =>
  `$3F${Object.entries(range)
    .map(([name, value]) => `${name}$3D${Math.max(0, Math.trunc(value))}`)
    .join('$26')}`
