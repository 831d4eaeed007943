/** One event of CloudWatch Logs. Times are milliseconds since 1970, as CloudWatch counts them. */
export interface LogEvent {
  /** The `eventId` of FilterLogEvents; where Live Tail brought it first, one of our own that begins with `live-`. */
  readonly id: string
  readonly stream: string
  /** When it happened, as its writer says. */
  readonly at: number
  /** When CloudWatch took it in. */
  readonly ingested: number
  /** As it was written. */
  readonly message: string
}

/** The order of CloudWatch: by time, then by ingestion, then by id. */
export const compareEvents = (a: LogEvent, b: LogEvent): number =>
  a.at - b.at || a.ingested - b.ingested || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
