import type { Visitor } from './cloud.ts'

/** The paths of the address services: two, because an address counts when two sources agree. */
export const checkIpPaths = ['/check-ip/1', '/check-ip/2'] as const

/** What an address service answers, as plain text with a line feed: the simulated public address of this machine. Null for another path. */
export function checkIp(visitor: Visitor, path: string): string | null {
  return checkIpPaths.some((one) => one === path) ? `${visitor.address()}\n` : null
}
