import type { Action } from '../../preload/contract/lifecycle.ts'
import { openStage, type StageOptions } from './lifecycle-stage.ts'

// Another console, started to be killed: it does with the database what it is told, and says when it begins.
const { action, ...options } = JSON.parse(process.argv[2] ?? '') as StageOptions & { action: Action }
const stage = await openStage(options)
const { confirm } = await stage.plan(action)
await stage.start(action, confirm)
process.stdout.write('begun\n')
await stage.follow()
await stage.close({ keep: true })
