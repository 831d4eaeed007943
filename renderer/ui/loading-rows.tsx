const widths = ['62%', '84%', '71%', '90%', '55%', '78%']

/** Stands in for rows that are on their way; said once to a screen reader. */
export function LoadingRows({ rows = 5, label = 'Loading' }: { rows?: number; label?: string }) {
  return (
    <div className="loading-rows" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move
        <span key={row} style={{ width: widths[row % widths.length] }} />
      ))}
    </div>
  )
}
