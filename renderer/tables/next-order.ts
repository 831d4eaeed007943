import type { GridOrder } from '../ui/data-grid-header.tsx'

/** Columns that an order may have. */
const mostOrders = 4

/** Ascending, descending, and then in the table's own order again. With `add`, behind the columns chosen before. */
export function nextOrder(order: readonly GridOrder[], column: string, add: boolean): GridOrder[] {
  const place = order.findIndex((one) => one.column === column)
  const before = order[place]
  const next = before === undefined ? { column, descending: false } : before.descending ? null : { column, descending: true }
  if (!add) return next === null ? [] : [next]
  if (before === undefined) return next === null ? [...order] : [...order, next].slice(-mostOrders)
  return order.flatMap((one) => (one.column === column ? (next === null ? [] : [next]) : [one]))
}
