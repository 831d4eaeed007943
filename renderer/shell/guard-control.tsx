import { Button } from '@mantine/core'
import { IconLock, IconLockOpen } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { EnvironmentState } from '../../preload/contract/environments.ts'
import { client } from '../client.ts'
import { announce } from '../ui/announce.ts'
import { toProblem } from '../ui/problem.ts'
import { formatCountdown } from '../ui/quantities.ts'

function Countdown({ until }: { until: string }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return (
    <span role="timer" aria-label="Unlocked for">
      {formatCountdown(Date.parse(until) - now)}
    </span>
  )
}

/** Whether this window may change the environment, and the button that turns it. */
export function GuardControl({ state: { environment, guard } }: { state: EnvironmentState }) {
  const [running, setRunning] = useState(false)

  const turn = async (unlock: boolean) => {
    setRunning(true)
    try {
      await client.environments[unlock ? 'unlock' : 'lock']({ environment: environment.id })
      announce(unlock ? `${environment.id} is unlocked for this window` : `${environment.id} is read-only again`)
    } catch (error) {
      announce(toProblem(error).message, { tone: 'bad', notice: true })
    } finally {
      setRunning(false)
    }
  }

  if (guard.guard === 'open') return <span className="pill">read and write</span>
  if (guard.unlockedUntil !== null) {
    return (
      <span className="guard">
        <IconLockOpen size={14} aria-hidden />
        <span>
          unlocked · <Countdown until={guard.unlockedUntil} />
        </span>
        <Button loading={running} onClick={() => void turn(false)}>
          Lock
        </Button>
      </span>
    )
  }
  return (
    <span className="guard">
      <IconLock size={14} aria-hidden />
      <span>read-only</span>
      <Button
        loading={running}
        title={guard.refusal ?? 'Allows changes for fifteen minutes, in this window only'}
        onClick={() => {
          if (guard.refusal === null) void turn(true)
          else announce(guard.refusal, { tone: 'bad', notice: true })
        }}
      >
        Unlock
      </Button>
    </span>
  )
}
