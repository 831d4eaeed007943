import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

/** Megabytes that a process has for itself, with its share of what it has in common with others; 0 where it is no more, or the system does not tell. */
export async function megabytesOf(processId: number): Promise<number> {
  const path = `/proc/${processId}/smaps_rollup`
  if (!existsSync(path)) return 0
  return Number(/^Pss:\s+(\d+)/m.exec(await readFile(path, 'utf8'))?.[1] ?? 0) / 1_024
}
