import { AwsFault } from '../api.ts'

/** Lambda names its actions by method and path. What stands in the path is a parameter like what stands behind the question mark. */
const paths: readonly { readonly method: string; readonly path: RegExp; readonly action: string }[] = [
  { method: 'GET', path: /^\/2015-03-31\/functions\/?$/, action: 'ListFunctions' },
  { method: 'GET', path: /^\/2015-03-31\/functions\/(?<FunctionName>[^/]+)$/, action: 'GetFunction' },
  { method: 'GET', path: /^\/2015-03-31\/functions\/(?<FunctionName>[^/]+)\/configuration$/, action: 'GetFunctionConfiguration' },
]

export const isRestPath = (url: string): boolean => url.startsWith('/2015-03-31/')

/** Fails with UnknownOperationException for a path that has no action here. */
export function restAsked({ method, url }: { readonly method: string; readonly url: string }): {
  readonly action: string
  readonly fields: ReadonlyMap<string, string>
} {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1')
  for (const one of paths) {
    const match = one.method === method ? one.path.exec(pathname) : null
    if (match === null) continue
    const fields = new Map<string, string>(searchParams)
    for (const [name, value] of Object.entries(match.groups ?? {})) fields.set(name, decoded(value))
    return { action: one.action, fields }
  }
  throw new AwsFault('UnknownOperationException', `The practice cloud has no operation at ${method} ${pathname}.`, 404)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new AwsFault('InvalidParameterValueException', 'The path is not well encoded.')
  }
}
