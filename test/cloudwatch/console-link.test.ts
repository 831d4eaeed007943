import { expect, test } from 'vitest'
import { consoleLink } from '../../cloudwatch/console-link.ts'

const group = '/aws/lambda/cruddur-post-confirmation'
const stream = '2026/11/21/[$LATEST]0a1b'

test('the link leads to the group, the stream and the time, each name encoded twice with $ for %', () => {
  const home = 'https://ca-central-1.console.aws.amazon.com/cloudwatch/home?region=ca-central-1#logsV2:log-groups/log-group/'
  const events = `${home}$252Faws$252Flambda$252Fcruddur-post-confirmation`
  expect(consoleLink('ca-central-1', group, null, null)).toBe(events)
  expect(consoleLink('ca-central-1', group, stream, null)).toBe(`${events}/log-events/2026$252F11$252F21$252F$255B$2524LATEST$255D0a1b`)
  expect(consoleLink('ca-central-1', group, stream, 1_700_000_000_000)).toBe(
    `${events}/log-events/2026$252F11$252F21$252F$255B$2524LATEST$255D0a1b$3Fstart$3D1699999940000$26end$3D1700000060000`,
  )
})

test('China and the government regions have consoles of their own', () => {
  expect(consoleLink('cn-north-1', group, null, null)).toMatch(/^https:\/\/cn-north-1\.console\.amazonaws\.cn\/cloudwatch\//)
  expect(consoleLink('us-gov-west-1', group, null, null)).toMatch(/^https:\/\/us-gov-west-1\.console\.amazonaws-us-gov\.com\/cloudwatch\//)
})

test('no name leads elsewhere', () => {
  expect(new URL(consoleLink('evil.example/?x=', '/a"<b>#&?/../c', '\u202e[$LATEST]', 0)).hostname).toBe(
    'evilexamplex.console.aws.amazon.com',
  )
  expect(consoleLink('eu-west-1', 'javascript:alert(1)', null, null)).toMatch(
    /^https:\/\/eu-west-1\.console\.aws\.amazon\.com\/cloudwatch\//,
  )
})
