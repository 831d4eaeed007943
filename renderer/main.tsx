import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import '@mantine/spotlight/styles.layer.css'
import '@fontsource/jetbrains-mono/latin-400.css'
import '@fontsource/jetbrains-mono/latin-ext-400.css'
import '@fontsource/jetbrains-mono/latin-600.css'
import './ui/tokens.css'
import './ui/ui.css'
import { setNonce } from 'get-nonce'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { createQueryClient, line } from './client.ts'
import { prefetchScreens } from './shell/screens.ts'
import { styleNonce } from './style-nonce.ts'
import { refuseMarkup } from './trusted-types.ts'

refuseMarkup()
setNonce(styleNonce())

const root = document.getElementById('root')
if (root) {
  line.open()
  createRoot(root).render(<App queryClient={createQueryClient()} />)
  prefetchScreens()
}
