import { openStage, type StageOptions } from './lifecycle-stage.ts'

// Another console, started to be killed: it resets the database that it is told, and says when it begins.
const options = JSON.parse(process.argv[2] ?? '') as StageOptions
const stage = await openStage(options)
await stage.start('reset', options.database)
process.stdout.write('begun\n')
await stage.follow()
await stage.close({ keep: true })
