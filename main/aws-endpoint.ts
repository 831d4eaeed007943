import { Failure } from '../preload/contract/errors.ts'

/**
 * Where every AWS call goes instead of Amazon: what `--aws-endpoint` says, otherwise the SDK's own AWS_ENDPOINT_URL; null where neither is
 * given. One that cannot be read stops the start: work meant for a test server must not reach Amazon. Fails with INVALID.
 */
export function awsEndpoint(flag: string | undefined, variables: Readonly<Record<string, string | undefined>>): string | null {
  const [name, text] =
    flag === undefined ? (['AWS_ENDPOINT_URL', variables['AWS_ENDPOINT_URL']] as const) : (['--aws-endpoint', flag] as const)
  if (text === undefined || text === '') return null
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Failure('INVALID', `${name} is not an address. Give one like http://127.0.0.1:4566.`)
  }
  return url.href
}
