import { useCallback, useMemo, useState } from 'react'
import type { RowSource } from './data-grid-source.ts'
import { isPlain, visibleParts } from './data-grid-text.ts'
import { edgesOf } from './data-grid-window.ts'

/** Pixels of one character of the data font at its size in the grid, and what a cell has around its text. */
const character = 7.3
const around = 22
const narrowest = 44
const widestAtFirst = 380
const sampled = 40

/** Widths that fit the first rows, until the user sets one. */
export function useWidths(source: RowSource): { edges: readonly number[]; resize: (column: number, width: number | null) => void } {
  const [set, setSet] = useState<ReadonlyMap<string, number>>(new Map())
  // What fits is judged once, when the first rows are here: widths that follow every page would jump.
  const judged = source.rows() > 0 && source.columns.length > 0 && source.value(0, 0) !== undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: the values of a source are there once it is judged
  const fitting = useMemo(() => source.columns.map((_, column) => fittingWidth(source, column)), [source, judged])
  const edges = useMemo(() => edgesOf(fitting.map((width, column) => set.get(keyOf(source, column)) ?? width)), [fitting, set, source])
  const resize = useCallback(
    (column: number, width: number | null) =>
      setSet((before) => {
        const next = new Map(before)
        if (width === null) next.delete(keyOf(source, column))
        else next.set(keyOf(source, column), Math.max(narrowest, width))
        return next
      }),
    [source],
  )
  return { edges, resize }
}

const keyOf = (source: RowSource, column: number): string => `${column} ${source.columns[column]?.name ?? ''}`

function fittingWidth(source: RowSource, column: number): number {
  const { name = '', type = '' } = source.columns[column] ?? {}
  let longest = Math.max(name.length + 2, type.length * 0.9, 4)
  for (let row = 0; row < Math.min(sampled, source.rows()); row++) longest = Math.max(longest, shownLength(source.value(row, column)))
  return Math.round(Math.min(widestAtFirst, longest * character + around))
}

/** Characters as they are shown: marks for unseen ones are longer than those. */
function shownLength(value: string | null | undefined): number {
  if (value === null || value === undefined) return 4
  if (value.length * character > widestAtFirst || isPlain(value)) return value.length
  return visibleParts(value).reduce((length, part) => length + part.text.length + (part.mark ? 0.5 : 0), 0)
}
