import { readFileSync } from 'node:fs'
import { codeOf } from './file-failure.ts'

/** True while a process with this id runs; one that ended and waits for its parent does not. */
export function isAlive(pid: number): boolean {
  if (pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    // It runs, and belongs to somebody else.
    return codeOf(error) === 'EPERM'
  }
  return process.platform !== 'linux' || statOf(pid)?.state !== 'Z'
}

/**
 * When a process started, in a form that can only be compared: two processes that had the same id differ in it.
 * Null where the system does not tell (it does on Linux), or the process is gone.
 */
export function startOf(pid: number): string | null {
  return process.platform === 'linux' ? (statOf(pid)?.start ?? null) : null
}

/** Fields 3 and 22 of proc(5) stat: the state, and the start in clock ticks since the boot, which is named too. */
function statOf(pid: number): { state: string; start: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets, and may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return { state: fields[0] ?? '', start: `${boot}/${fields[19] ?? ''}` }
  } catch {
    // Gone meanwhile.
    return null
  }
}
