import { MantineProvider, useMantineColorScheme } from '@mantine/core'
import { ModalsProvider, modals } from '@mantine/modals'
import { Notifications } from '@mantine/notifications'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useEffect } from 'react'
import { createHashRouter, Navigate, Outlet } from 'react-router'
import { RouterProvider } from 'react-router/dom'
import { useLine } from './client.ts'
import { RefusedPage } from './shell/refused-page.tsx'
import { Shell } from './shell/shell.tsx'
import { StartPlace } from './shell/start-place.tsx'
import { styleNonce } from './style-nonce.ts'
import { MendProvider } from './ui/mend-provider.tsx'
import { usePreferences } from './ui/preferences.ts'
import { cssVariables, theme } from './ui/theme.ts'
import { ZoneContext } from './ui/zone.ts'

/** The theme that main remembers; Mantine's own copy in this browser only spares the first paint a flash. */
function useRememberedTheme(): void {
  const { preferences, known } = usePreferences()
  const { setColorScheme } = useMantineColorScheme()
  useEffect(() => {
    if (known) setColorScheme(preferences.theme)
  }, [known, preferences.theme, setColorScheme])
}

/**
 * A dialog belongs to the screen that it was opened on, so the browser's Back leaves both. Told by the router as soon as the place
 * changes: the page itself shows the other screen only once that is loaded, and what was opened meanwhile belongs to it.
 */
function useDialogsOfScreen(): void {
  useEffect(() => {
    let { pathname } = router.state.location
    return router.subscribe(({ location }) => {
      if (location.pathname !== pathname) modals.closeAll()
      pathname = location.pathname
    })
  }, [])
}

/** Dialogs stand inside the router, so that what they hold may lead to another screen. */
function Root() {
  useRememberedTheme()
  useDialogsOfScreen()
  const { zone } = usePreferences().preferences
  return (
    <ZoneContext value={zone}>
      <MendProvider>
        <ModalsProvider modalProps={{ overlayProps: { backgroundOpacity: 0.35 }, transitionProps: { duration: 80 } }}>
          <Notifications position="bottom-right" />
          <Outlet />
        </ModalsProvider>
      </MendProvider>
    </ZoneContext>
  )
}

const router = createHashRouter([
  {
    element: <Root />,
    children: [
      { path: '/', element: <StartPlace /> },
      { path: '/:environment', element: <Navigate to="overview" replace /> },
      { path: '/:environment/:screen/*', element: <Shell /> },
      { path: '*', element: <Navigate to="/" replace /> },
    ],
  },
])

export function App({ queryClient }: { queryClient: QueryClient }) {
  const refused = useLine().state === 'refused'
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" getStyleNonce={styleNonce}>
      <QueryClientProvider client={queryClient}>{refused ? <RefusedPage /> : <RouterProvider router={router} />}</QueryClientProvider>
    </MantineProvider>
  )
}
