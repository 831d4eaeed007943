/** Selected rows as runs, in order and apart from each other: a million rows selected are one run. */
export interface RowSelection {
  readonly runs: readonly Run[]
  /** Where an extension with Shift starts from. */
  readonly anchor: number | null
}

interface Run {
  readonly from: number
  /** The last one, included. */
  readonly to: number
}

export const noRows: RowSelection = { runs: [], anchor: null }

export function isSelected({ runs }: RowSelection, row: number): boolean {
  return runs.some((run) => row >= run.from && row <= run.to)
}

export function countSelected({ runs }: RowSelection): number {
  return runs.reduce((count, run) => count + run.to - run.from + 1, 0)
}

export function onlyRow(row: number): RowSelection {
  return { runs: [{ from: row, to: row }], anchor: row }
}

export function allRows(count: number): RowSelection {
  return count === 0 ? noRows : { runs: [{ from: 0, to: count - 1 }], anchor: 0 }
}

/** From the anchor to this row, and nothing else. */
export function extendTo({ anchor }: RowSelection, row: number): RowSelection {
  const start = anchor ?? row
  return { runs: [{ from: Math.min(start, row), to: Math.max(start, row) }], anchor: start }
}

export function toggleRow(selection: RowSelection, row: number): RowSelection {
  if (!isSelected(selection, row)) return { runs: joined([...selection.runs, { from: row, to: row }]), anchor: row }
  const runs = selection.runs.flatMap((run) => {
    if (row < run.from || row > run.to) return [run]
    return [
      { from: run.from, to: row - 1 },
      { from: row + 1, to: run.to },
    ].filter((part) => part.from <= part.to)
  })
  return { runs, anchor: row }
}

function joined(runs: readonly Run[]): Run[] {
  const sorted = [...runs].sort((a, b) => a.from - b.from)
  const result: Run[] = []
  for (const run of sorted) {
    const last = result.at(-1)
    if (last !== undefined && run.from <= last.to + 1) result[result.length - 1] = { from: last.from, to: Math.max(last.to, run.to) }
    else result.push(run)
  }
  return result
}
