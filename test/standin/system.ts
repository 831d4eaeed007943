import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { requireKnown, StrictEmitter, strict } from './strict.ts'

/** Parts of Electron that stand for the operating system. Each does what can be told without one, and says what it was asked for. */

export const powerMonitor = strict(
  'powerMonitor',
  new StrictEmitter('powerMonitor', ['suspend', 'resume', 'lock-screen', 'unlock-screen', 'on-ac', 'on-battery', 'shutdown']),
)

class NativeTheme extends StrictEmitter {
  themeSource: 'system' | 'light' | 'dark' = 'system'

  constructor() {
    super('nativeTheme', ['updated'])
  }

  get shouldUseDarkColors(): boolean {
    return this.themeSource === 'dark'
  }
}
export const nativeTheme = strict('nativeTheme', new NativeTheme())

const display = { id: 1, bounds: { x: 0, y: 0, width: 1920, height: 1080 }, workArea: { x: 0, y: 0, width: 1920, height: 1080 } }
export const screen = strict('screen', {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
  getDisplayMatching: () => display,
})

export interface MenuItem {
  readonly label?: string
  readonly role?: string
  readonly type?: string
  readonly accelerator?: string
  readonly click?: () => void
  readonly submenu?: readonly MenuItem[]
}

const roles = [
  'appMenu',
  'fileMenu',
  'editMenu',
  'viewMenu',
  'windowMenu',
  'help',
  'about',
  'quit',
  'close',
  'minimize',
  'zoom',
  'front',
  'services',
  'hide',
  'hideOthers',
  'unhide',
  'undo',
  'redo',
  'cut',
  'copy',
  'paste',
  'pasteAndMatchStyle',
  'delete',
  'selectAll',
  'reload',
  'forceReload',
  'toggleDevTools',
  'resetZoom',
  'zoomIn',
  'zoomOut',
  'togglefullscreen',
  'window',
]

export class Menu {
  static #application: Menu | null = null

  static buildFromTemplate(template: readonly MenuItem[]): Menu {
    return new Menu(template)
  }

  static setApplicationMenu(menu: Menu | null): void {
    Menu.#application = menu
  }

  static getApplicationMenu(): Menu | null {
    return Menu.#application
  }

  readonly items: readonly MenuItem[]

  constructor(template: readonly MenuItem[]) {
    const check = (item: MenuItem): void => {
      requireKnown('MenuItem', item, [
        'label',
        'role',
        'type',
        'accelerator',
        'click',
        'submenu',
        'id',
        'enabled',
        'visible',
        'registerAccelerator',
      ])
      if (item.role !== undefined && !roles.includes(item.role)) throw new Error(`Electron has no menu role ${item.role}`)
      item.submenu?.forEach(check)
    }
    template.forEach(check)
    this.items = template
  }
}

/** Says on standard error what a user would see, and answers as one who closes the dialog. A test may put its own functions here. */
export const dialog = strict('dialog', {
  showErrorBox(title: string, content: string): void {
    process.stderr.write(`dialog: ${title}: ${content}\n`)
  },
  async showMessageBox(...given: readonly unknown[]): Promise<{ response: number; checkboxChecked: boolean }> {
    process.stderr.write(`dialog: ${JSON.stringify(given.at(-1))}\n`)
    return { response: 0, checkboxChecked: false }
  },
  async showOpenDialog(...given: readonly unknown[]): Promise<{ canceled: boolean; filePaths: string[] }> {
    process.stderr.write(`dialog: ${JSON.stringify(given.at(-1))}\n`)
    return { canceled: true, filePaths: [] }
  },
})

/** A key store whose key comes from the environment, so that a test can lose it or change it between two starts. */
const key = Buffer.from(process.env['STANDIN_KEYRING_KEY'] ?? randomBytes(32).toString('hex'), 'hex')
const backend = process.env['STANDIN_KEYRING'] ?? 'basic_text'
const needKeyring = (): void => {
  if (backend === 'locked') throw new Error('The keyring is locked')
}

export const safeStorage = strict('safeStorage', {
  getSelectedStorageBackend: (): string => (backend === 'locked' ? 'gnome_libsecret' : backend),
  isAsyncEncryptionAvailable: async (): Promise<boolean> => backend !== 'locked',
  async encryptStringAsync(text: string): Promise<Buffer> {
    needKeyring()
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    return Buffer.concat([Buffer.from('v10'), nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  },
  async decryptStringAsync(blob: Buffer): Promise<{ shouldReEncrypt: boolean; result: string }> {
    needKeyring()
    const decipher = createDecipheriv('aes-256-gcm', key, blob.subarray(3, 15))
    decipher.setAuthTag(blob.subarray(-16))
    const result = Buffer.concat([decipher.update(blob.subarray(15, -16)), decipher.final()]).toString('utf8')
    return { shouldReEncrypt: false, result }
  },
})
