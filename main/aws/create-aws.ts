import { Failure } from '../../preload/contract/errors.ts'
import type { Aws, AwsOptions } from './aws.ts'

/** Opens the way to AWS. Reads and calls nothing yet. */
export function createAws(_options: AwsOptions): Aws {
  return new Proxy({} as Aws, {
    get: (_, name) =>
      name === 'close'
        ? () => {}
        : () => {
            throw new Failure('AWS', 'This is still being built.')
          },
  })
}
