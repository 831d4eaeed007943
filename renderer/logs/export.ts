import type { Column } from '../../preload/contract/packed.ts'
import { formatRows } from '../ui/data-grid-copy.ts'
import type { Line } from './sorted-lines.ts'

/**
 * `text`: time (UTC), stream and message, as `aws logs tail` writes them. `json`: as FilterLogEvents answers. `csv`: RFC 4180, each message as it is.
 * `spreadsheet`: likewise, but what a spreadsheet would run (a message that begins with = + - @) has an apostrophe before it.
 */
export type ExportFormat = 'text' | 'json' | 'csv' | 'spreadsheet'

export const exportFormats: readonly {
  readonly format: ExportFormat
  readonly label: string
  readonly extension: string
  readonly type: string
}[] = [
  { format: 'text', label: 'text', extension: 'log', type: 'text/plain' },
  { format: 'json', label: 'JSON', extension: 'json', type: 'application/json' },
  { format: 'csv', label: 'CSV', extension: 'csv', type: 'text/csv' },
  { format: 'spreadsheet', label: 'CSV for a spreadsheet', extension: 'csv', type: 'text/csv' },
]

const utc = (at: number): string => new Date(at).toISOString()

/** Lines in one of the formats. The group is told where there are several. */
export function formatLines(format: ExportFormat, lines: readonly Line[]): string {
  const [first] = lines
  const severalGroups = lines.some(({ group }) => group !== first?.group)
  switch (format) {
    case 'text':
      return lines.map((line) => `${utc(line.at)} ${severalGroups ? `${line.group} ` : ''}${line.stream} ${oneEnd(line.message)}`).join('')
    case 'json':
      return `[\n${lines.map((line) => `  ${JSON.stringify(eventOf(line, severalGroups))}`).join(',\n')}\n]\n`
    case 'csv':
    case 'spreadsheet':
      return formatRows(
        format,
        columnsOf(severalGroups),
        lines.map((line) => rowOf(line, severalGroups)),
        [],
      )
    default:
      return format satisfies never
  }
}

/** With one line feed at its end, whether the message has one or not. */
const oneEnd = (message: string): string => (message.endsWith('\n') ? message : `${message}\n`)

/** With CloudWatch's own names. */
function eventOf({ group, stream, at, ingested, id, message }: Line, withGroup: boolean) {
  return {
    ...(withGroup ? { logGroupName: group } : {}),
    logStreamName: stream,
    timestamp: at,
    ingestionTime: ingested,
    eventId: id,
    message,
  }
}

const column = (name: string): Column => ({ name, type: 'text', typeOid: 25 })

const columnsOf = (withGroup: boolean): Column[] =>
  ['timestamp', 'ingestionTime', ...(withGroup ? ['logGroupName'] : []), 'logStreamName', 'eventId', 'message'].map(column)

const rowOf = ({ group, stream, at, ingested, id, message }: Line, withGroup: boolean): string[] => [
  utc(at),
  utc(ingested),
  ...(withGroup ? [group] : []),
  stream,
  id,
  message,
]

/** A name for the file: the function's or group's, and when it was made. Of letters, digits, `-` and `_` alone. */
export function fileName(lines: readonly Line[], extension: string, now: number): string {
  const groups = new Set(lines.map(({ group }) => group))
  const [group = 'logs'] = groups
  const name = groups.size === 1 ? (group.split('/').findLast((part) => part !== '') ?? 'logs') : 'logs'
  const made = utc(now)
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-')
  return `${name.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 80)}-${made}.${extension}`
}
