import { Button } from '@mantine/core'
import type { Reach } from '../../preload/contract/access.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Card } from '../ui/layout.tsx'
import { StatusPill } from '../ui/status-pill.tsx'
import { isExpired, standingOf, typedProblem } from './words.ts'

const wordOf = ({ allowed, instance, address }: Reach): string => {
  if (instance === null || address.state === 'looking') return 'looking'
  if (allowed === null) return 'not known'
  return allowed ? 'allowed' : 'not allowed'
}

export interface Allowing {
  readonly isPending: boolean
  readonly error: unknown
  readonly data: { readonly sentence: string } | undefined
  reset(): void
}

/** Whether this machine is let in, what would let it in, and the button that does it. */
export function AllowCard({
  reach,
  environment,
  typed,
  allowing,
  onAllow,
}: {
  reach: Reach
  environment: string
  typed: string | null
  /** Null where nothing was asked for from here. */
  allowing: Allowing | null
  onAllow: () => void
}) {
  const { tone, sentence } = standingOf(reach)
  const { plan, refusal, instance, rules } = reach
  const isPending = allowing?.isPending === true
  const isPublic = instance === null || instance.publiclyAccessible
  const unready = typed === null ? reach.address.state !== 'known' : typedProblem(typed) !== null
  return (
    <Card title="This machine" label="This machine" padded>
      <div className="allowance">
        <p className="standing">
          <StatusPill tone={tone}>{wordOf(reach)}</StatusPill>
          <span>{sentence}</span>
        </p>
        {!isPublic && (
          <p className="dim">
            {instance.key.identifier} is not publicly accessible: a rule for a public address does not reach it, only a way into its network
            does.
          </p>
        )}
        {typed === null && plan !== null && !isPending && (
          <dl className="plan" aria-label="What would be done">
            <dt>Before</dt>
            <dd className="mono">{plan.before}</dd>
            <dt>After</dt>
            <dd className="mono">{plan.after}</dd>
            <dt>Change</dt>
            <dd>{plan.sentence}</dd>
          </dl>
        )}
        {typed !== null && (
          <p className="dim">The one rule of this machine is made or changed for the address typed; a range is refused.</p>
        )}
        {typed === null && refusal !== null && <ErrorNotice compact error={refusal} environment={environment} />}
        <div className="row">
          <Button
            variant={reach.allowed === true && typed === null ? 'default' : 'filled'}
            loading={isPending}
            disabled={unready}
            onClick={onAllow}
          >
            Allow my address
          </Button>
          {!isPending && typed === null && reach.allowed === true && plan === null && refusal === null && (
            <span className="dim">
              {rules.some((rule) => rule.mine === 'tag' && rule.coversMe && isExpired(rule, Date.now()))
                ? 'The own rule has expired; this gives it new time.'
                : 'Nothing needs to be changed.'}
            </span>
          )}
          {isPending && (
            <span role="status" className="dim">
              Writing the rule, then waiting until AWS shows it and the database answers…
            </span>
          )}
        </div>
        {allowing?.data !== undefined && !isPending && (
          <p role="status" className="outcome">
            <StatusPill tone="ok">done</StatusPill>
            <span>{allowing.data.sentence}</span>
          </p>
        )}
        {allowing !== null && allowing.error !== null && !isPending && (
          <ErrorNotice compact error={allowing.error} environment={environment} onMended={() => allowing.reset()} />
        )}
      </div>
    </Card>
  )
}
