import { app, BrowserWindow, type IpcMainEvent, nativeTheme, type Rectangle, screen } from 'electron'
import * as z from 'zod'
import { appOrigin, appPage } from './app-scheme.ts'
import { readJson, writeJson } from './data/json-file.ts'
import type { Log } from './incidents.ts'

const place = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(640).max(20_000),
  height: z.int().min(480).max(20_000),
  maximized: z.boolean(),
})
type Place = z.infer<typeof place>

export interface WindowOptions {
  /** The built preload script. */
  readonly preload: string
  /** Where the window's place on the screen is remembered. */
  readonly placeFile: string
  readonly log: Log
}

const own = new Set<number>()

/** Whether this came from the top frame of one of our own windows while it shows our own page. Must be asked at once, not after an await. */
export function isOurPage(event: IpcMainEvent): boolean {
  const frame = event.senderFrame
  return frame !== null && frame.parent === null && frame.origin === appOrigin && own.has(event.sender.id)
}

/** Opens the console's window where it was last, and loads the page into it. */
export async function openWindow(options: WindowOptions): Promise<BrowserWindow> {
  const remembered = await rememberedPlace(options)
  const window = new BrowserWindow({
    ...(remembered === null ? { width: 1360, height: 860 } : boundsOf(remembered)),
    minWidth: 640,
    minHeight: 480,
    show: false,
    title: 'Basepair',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#141517' : '#ffffff',
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  })
  const { id } = window.webContents
  own.add(id)
  if (remembered?.maximized === true) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.on('close', () => remember(window, options))
  window.on('closed', () => own.delete(id))
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    options.log(`window: its page ended: ${reason}`)
    if (reason !== 'clean-exit' && !window.isDestroyed()) window.webContents.reload()
  })
  await window.loadURL(appPage)
  return window
}

async function rememberedPlace({ placeFile, log }: WindowOptions): Promise<Place | null> {
  const found = await readJson(placeFile, place)
  if (found.state === 'invalid') log(`window: ${placeFile} is not used: ${found.message}`)
  return found.state === 'ok' && isVisible(boundsOf(found.value)) ? found.value : null
}

const boundsOf = ({ x, y, width, height }: Place): Rectangle => ({ x, y, width, height })

/** A remembered window may lie on a screen that is no longer there. */
function isVisible({ x, y, width }: Rectangle): boolean {
  return screen.getAllDisplays().some(({ workArea }) => {
    const titleIsOn = y >= workArea.y && y < workArea.y + workArea.height - 40
    return titleIsOn && x + width > workArea.x + 100 && x < workArea.x + workArea.width - 100
  })
}

function remember(window: BrowserWindow, { placeFile, log }: WindowOptions): void {
  const kept: Place = { ...window.getNormalBounds(), maximized: window.isMaximized() }
  writeJson(placeFile, kept).catch((error: unknown) => log(`window: its place was not kept: ${String(error)}`))
}
