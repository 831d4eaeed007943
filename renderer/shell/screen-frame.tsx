import { Component, type ReactNode, Suspense } from 'react'
import { useEnvironmentId } from '../ui/environment.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { LoadingRows } from '../ui/loading-rows.tsx'
import { useScreen } from './use-screen.ts'

/** Keeps a defect of one screen inside it. */
class ScreenBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render() {
    if (this.state.error === null) return this.props.children
    return <ErrorNotice error={this.state.error} onRetry={() => this.setState({ error: null })} />
  }
}

/** The screen of the address, new for each environment. */
export function ScreenFrame() {
  const id = useEnvironmentId()
  const { path, View } = useScreen()
  return (
    <main className="screen" data-screen={path}>
      <ScreenBoundary key={`${id}/${path}`}>
        <Suspense fallback={<LoadingRows />}>
          <View />
        </Suspense>
      </ScreenBoundary>
    </main>
  )
}
