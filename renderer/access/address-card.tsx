import { TextInput, UnstyledButton } from '@mantine/core'
import type { MyAddress } from '../../preload/contract/access.ts'
import { CopyButton } from '../ui/copy.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Card } from '../ui/layout.tsx'
import { LoadingRows } from '../ui/loading-rows.tsx'
import { Time } from '../ui/time.tsx'
import { typedProblem } from './words.ts'

/** What this machine's public address is and who says so, or another that is typed. */
export function AddressCard({
  address,
  environment,
  typed,
  onType,
  onRetry,
}: {
  address: MyAddress
  environment: string
  /** Null while the one that was found is meant. */
  typed: string | null
  onType: (typed: string | null) => void
  onRetry: () => void
}) {
  return (
    <Card title="My address" label="My address" padded>
      <div className="my-address">
        {address.state === 'looking' && <LoadingRows rows={2} />}
        {address.state === 'unknown' && <ErrorNotice compact error={address.problem} environment={environment} onRetry={onRetry} />}
        {address.state === 'known' && <Known address={address} />}
        {typed === null ? (
          <UnstyledButton className="link-button" onClick={() => onType('')}>
            Type another address
          </UnstyledButton>
        ) : (
          <div className="row typed-address">
            <TextInput
              label="Address to allow"
              description="One public address of this machine, where the services are wrong about it"
              placeholder="203.0.113.7"
              value={typed}
              error={typed === '' ? null : typedProblem(typed)}
              classNames={{ input: 'mono' }}
              autoComplete="off"
              spellCheck={false}
              data-autofocus
              onChange={(event) => onType(event.currentTarget.value)}
            />
            <UnstyledButton className="link-button" onClick={() => onType(null)}>
              Use the one found
            </UnstyledButton>
          </div>
        )}
      </div>
    </Card>
  )
}

function Known({ address }: { address: Extract<MyAddress, { state: 'known' }> }) {
  return (
    <>
      <p className="address-figure mono">
        {address.address}
        <CopyButton text={address.address} what="my address" />
      </p>
      <dl>
        <dt>Said by</dt>
        <dd className="mono">{address.sources.join(', ')}</dd>
        <dt>Since</dt>
        <dd>
          <Time at={address.since} withZone />
        </dd>
        {address.before !== null && (
          <>
            <dt>Changed from</dt>
            <dd className="mono">{address.before}</dd>
          </>
        )}
      </dl>
    </>
  )
}
