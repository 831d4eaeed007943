/** One line of the report: what was measured, in milliseconds. */
export interface Measured {
  readonly work: string
  /** What the issue and `It must reach` ask for, where they do. */
  readonly limit: number | null
  readonly peer: readonly number[] | null
  readonly console: readonly number[]
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/** Medians and the ratio: absolute times are those of one machine at one moment. */
export function report(lines: readonly Measured[], peerName: string): string {
  const head = ['work', peerName, 'Basepair', 'ratio', 'from – to', 'limit']
  const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
  const table = lines.map(({ work, limit, peer, console }) => {
    const ours = median(console)
    const theirs = peer === null ? null : median(peer)
    return [
      work,
      theirs === null ? '' : ms(theirs),
      ms(ours),
      theirs === null ? '' : `${(ours / theirs).toFixed(1)} ×`,
      `${Math.round(Math.min(...console))} – ${Math.round(Math.max(...console))}`,
      limit === null ? '' : `${limit} ms ${ours <= limit ? 'met' : 'MISSED'}`,
    ]
  })
  const widths = head.map((title, column) => Math.max(title.length, ...table.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...table.map(line)].join('\n')
}
