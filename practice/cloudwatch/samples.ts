import { statfs } from 'node:fs/promises'
import { cpus } from 'node:os'
import type { Fleet } from '../cloud.ts'

/** What was measured of one instance at one time. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly CPUUtilization: number
  readonly DatabaseConnections: number
  readonly FreeStorageSpace: number
}
export const metricNames = ['CPUUtilization', 'DatabaseConnections', 'FreeStorageSpace'] as const
export type MetricName = (typeof metricNames)[number]

export interface Samples {
  of(region: string, identifier: string): readonly Sample[]
  /** Measures every instance once. */
  measure(): Promise<void>
  close(): void
}

/** Real milliseconds between two measurements. */
const rhythm = 10_000
/** Three hours of them. */
const kept = 1080

/**
 * Measures what really is while the cloud runs: connections of each instance that answers, and of the machine they all stand on its
 * processor (per cent, since the last look) and its free disk (bytes, no more than the instance was given). Nothing of an instance that is stopped, nothing from before.
 */
export function keepSamples(fleet: Fleet, folder: string, log: (text: string) => void): Samples {
  const rings = new Map<string, Sample[]>()
  const keyOf = (region: string, identifier: string) => `${region} ${identifier.toLowerCase()}`
  let before = processorTimes()

  const measure = async (): Promise<void> => {
    const now = processorTimes()
    const busy = now.all === before.all ? 0 : (100 * (now.busy - before.busy)) / (now.all - before.all)
    before = now
    const { bavail, bsize } = await statfs(folder)
    const there = new Set<string>()
    for (const { region, identifier, allocatedStorage } of fleet.instances()) {
      const key = keyOf(region, identifier)
      there.add(key)
      const measured = await fleet.measure(region, identifier)
      if (measured === null || !answering.has(measured.status)) continue
      const ring = rings.get(key) ?? []
      rings.set(key, ring)
      ring.push({
        at: Date.now(),
        CPUUtilization: Math.round(busy * 100) / 100,
        DatabaseConnections: measured.connections,
        FreeStorageSpace: Math.min(bavail * bsize, allocatedStorage * 2 ** 30),
      })
      if (ring.length > kept) ring.shift()
    }
    for (const key of rings.keys()) if (!there.has(key)) rings.delete(key)
  }

  let underWay = false
  const tick = (): void => {
    if (underWay) return
    underWay = true
    measure()
      .catch((error: unknown) => log(`the practice cloud could not measure: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => {
        underWay = false
      })
  }
  const timer = setInterval(tick, rhythm)
  timer.unref()
  return { of: (region, identifier) => rings.get(keyOf(region, identifier)) ?? [], measure, close: () => clearInterval(timer) }
}

/** In these states the server runs, and AWS measures. */
const answering = new Set(['available', 'backing-up', 'modifying', 'configuring-enhanced-monitoring', 'rebooting'])

function processorTimes(): { busy: number; all: number } {
  let idle = 0
  let all = 0
  for (const { times } of cpus()) {
    idle += times.idle
    all += times.user + times.nice + times.sys + times.idle + times.irq
  }
  return { busy: all - idle, all }
}
