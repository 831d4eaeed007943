/** The address of the same place in AWS' own console; `stream` and `at` (milliseconds since 1970) lead to the event. */
export function consoleLink(region: string, group: string, stream: string | null, at: number | null): string {
  throw new Error(`not written yet ${region} ${group} ${stream} ${at}`)
}
