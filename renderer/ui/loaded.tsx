import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ErrorNotice } from './error-notice.tsx'
import { LoadingRows } from './loading-rows.tsx'

/**
 * The four faces of what was asked for: loading, its error with a way to try again, the data, and the data gone stale:
 * old rows stay while the error is told above them.
 */
export function Loaded<T>({
  query,
  environment,
  rows = 5,
  children,
}: {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'isPending' | 'refetch'>
  environment?: string | undefined
  rows?: number
  children: (data: T) => ReactNode
}) {
  const retry = () => void query.refetch()
  if (query.data === undefined) {
    if (query.error) return <ErrorNotice error={query.error} environment={environment} onRetry={retry} />
    return <LoadingRows rows={rows} />
  }
  return (
    <>
      {query.error && <ErrorNotice compact error={query.error} environment={environment} onRetry={retry} />}
      {children(query.data)}
    </>
  )
}
