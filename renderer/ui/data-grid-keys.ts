/** Where the keyboard stands; row −1 is the header. */
export interface Place {
  readonly row: number
  readonly column: number
}

export interface Bounds {
  readonly rows: number
  readonly columns: number
  /** Rows that fit into the view. */
  readonly page: number
}

interface Stroke {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
}

/** Where a key leads to, or null where it does not move. */
export function moved(place: Place, stroke: Stroke, bounds: Bounds): Place | null {
  const far = stroke.ctrlKey || stroke.metaKey
  const { row, column } = place
  const to = (nextRow: number, nextColumn: number): Place => ({
    row: Math.max(-1, Math.min(bounds.rows - 1, nextRow)),
    column: Math.max(0, Math.min(bounds.columns - 1, nextColumn)),
  })
  switch (stroke.key) {
    case 'ArrowDown':
      return far ? to(bounds.rows - 1, column) : to(row + 1, column)
    case 'ArrowUp':
      return far ? to(0, column) : to(row - 1, column)
    case 'ArrowLeft':
      return far ? to(row, 0) : to(row, column - 1)
    case 'ArrowRight':
      return far ? to(row, bounds.columns - 1) : to(row, column + 1)
    case 'PageDown':
      return to(row + bounds.page, column)
    case 'PageUp':
      return to(Math.max(0, row - bounds.page), column)
    case 'Home':
      return far ? to(0, 0) : to(row, 0)
    case 'End':
      return far ? to(bounds.rows - 1, bounds.columns - 1) : to(row, bounds.columns - 1)
    default:
      return null
  }
}
