import { plainText } from '../../cloudwatch/plain-text.ts'
import type { ErrorData, Failure, Mend } from '../../preload/contract/errors.ts'
import type { SignUp, SignUps } from '../../preload/contract/logs.ts'
import type { PathLink } from '../../preload/contract/overview.ts'
import { broken, enumerate, sound } from './sentences.ts'

/** A function that is at work for so long may still write the row, in milliseconds; Cognito gives up after three times five seconds. */
const atWorkMs = 60_000

/** A failure, or the problem that came of it. */
interface Told {
  readonly message: string
  readonly data?: ErrorData | undefined
}

const unknown = (sentence: string, source: string | null, mend: Mend | null = 'open_logs'): PathLink => ({
  link: 'sign-ups',
  state: 'unknown',
  sentence,
  source,
  mend,
})

/** The last link: whether whoever signed up has a row. `now` is in milliseconds since 1970, and so are the times of the log. */
export function signUpsLink(answer: SignUps | Failure | null, now: number): PathLink {
  if (answer === null) return sound('sign-ups', 'Not asked: it stands on no AWS account.')
  if (answer instanceof Error) return refused(answer)
  const { state, problem, group, table, signUps } = answer
  if (state === 'trouble' && problem !== null) return refused(problem)
  if (state === 'reading') {
    return { link: 'sign-ups', state: 'changing', sentence: `${group ?? 'The log'} is being read.`, source: null, mend: null }
  }
  if (group === null) return sound('sign-ups', 'No sign-up yet: no log group of a post-confirmation function is known.')
  const told = signUps.filter(({ trigger, row }) => trigger !== 'password_reset' || row === 'missing')
  if (told.length === 0) {
    const reason =
      state === 'missing' ? `${group} does not exist until the function first runs` : `none in ${group} since ${timeOf(answer.from, now)}`
    return sound('sign-ups', `No sign-up yet: ${reason}.`)
  }
  return table.readable ? judge(told, now) : unknown(table.problem?.message ?? 'users cannot be read.', sourceOf(table.problem))
}

function judge(told: readonly SignUp[], now: number): PathLink {
  const success = told.find(({ row, trigger }) => row === 'there' && trigger !== 'password_reset')
  const missing = distinct(told.filter((one) => one.row === 'missing' && one.supersededBy === undefined && !isAtWork(one, now)))
  const since = startOf(success)
  const failed = told.filter((one) => startOf(one) > since && one.row !== 'there' && hasFailed(one))
  const last = success === undefined ? 'No sign-up with a row yet' : `Last sign-up ${timeOf(startOf(success), now)}${named(success)}`
  if (missing.length === 0 && failed.length === 0) {
    const open = told.some((one) => one.row !== 'there' && isAtWork(one, now)) ? '; another is under way' : ''
    return sound('sign-ups', `${last}, none without a row${open}.`)
  }
  const count = `${failed.length} ${failed.length === 1 ? 'failure' : 'failures'}`
  const failures = failed.length === 0 ? '' : success === undefined ? `, ${count}` : `, ${count} since`
  const first = missing[0] ?? failed[0]
  const why = first === undefined ? '' : whyNot(first)
  const link = broken(
    'sign-ups',
    [whoMisses(missing, now), why, `${last}${failures}.`].filter((text) => text !== '').join(' '),
    'open_logs',
  )
  const also = first?.reason?.mend ?? null
  return also === null || also === 'open_logs' ? link : { ...link, also }
}

/** What the function printed and went on from says more here than what to do about it, which the trace tells. */
function whyNot({ reason, outcome }: SignUp): string {
  if (reason === null) return ''
  const caught = outcome === 'hidden error' && reason.mend === null && reason.line !== ''
  return caught ? `The function caught: ${plain(reason.line, 120).replace(/[.\s]+$/, '')}.` : reason.sentence
}

/** What came out of a log, or of who signed up, in one short line that does nothing to the text around it. */
function plain(text: string, most: number): string {
  const inert = plainText(text)
  return inert.length > most ? `${inert.slice(0, most)}…` : inert
}

function whoMisses(missing: readonly SignUp[], now: number): string {
  const oldest = missing.at(-1)
  if (oldest === undefined) return ''
  const names = missing.map(({ email, handle, name, sub }) => plain(email ?? handle ?? name ?? sub ?? 'somebody', 60))
  const count = missing.length === 1 ? '1 user' : `${missing.length} users`
  return `${count} without a row since ${timeOf(startOf(oldest), now)}: ${enumerate(names, 2)}.`
}

/** Each user once, the newest sign-up of each. */
function distinct(signUps: readonly SignUp[]): SignUp[] {
  const seen = new Set<string>()
  return signUps.filter(({ sub, email, key }) => {
    const user = sub ?? email ?? key
    return !seen.has(user) && seen.add(user)
  })
}

const startOf = (one: SignUp | undefined): number => one?.attempts.at(-1)?.at ?? one?.poolAt ?? 0
const hasFailed = ({ outcome }: SignUp): boolean => outcome === 'failed' || outcome === 'hidden error' || outcome === 'timed out'
const isAtWork = (one: SignUp, now: number): boolean => one.outcome === 'open' && now - startOf(one) < atWorkMs
const named = ({ email, handle }: SignUp): string => (email === null && handle === null ? '' : ` (${plain(email ?? handle ?? '', 60)})`)

const sourceOf = (problem: Told | null): string | null => problem?.data?.source?.code ?? null

/** Why AWS or the log could not be asked; whatever mends that is a command or a look at the logs. */
function refused({ message, data }: Told): PathLink {
  const link = unknown(message, data?.source?.code ?? null, data?.mend ?? 'look_again')
  return data?.command === undefined ? link : { ...link, command: data.command }
}

/** `10:04:05 UTC` on the same day, else `20 Nov 2026, 10:04 UTC`. */
function timeOf(at: number, now: number): string {
  const time = new Date(at).toISOString()
  if (time.slice(0, 10) === new Date(now).toISOString().slice(0, 10)) return `${time.slice(11, 19)} UTC`
  return `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`
}
