import { access } from './access.ts'
import { activity } from './activity.ts'
import { environments } from './environments.ts'
import { instances } from './instances.ts'
import { lifecycle } from './lifecycle.ts'
import { logs } from './logs.ts'
import { overview } from './overview.ts'
import { practice } from './practice.ts'
import { query } from './query.ts'
import { sessions } from './sessions.ts'
import { settings } from './settings.ts'
import { tables } from './tables.ts'

/** Every operation between the page and main. Types of service, client and view are derived from it. */
export const contract = {
  environments,
  overview,
  sessions,
  tables,
  query,
  lifecycle,
  instances,
  access,
  logs,
  activity,
  practice,
  settings,
}
export type Contract = typeof contract
