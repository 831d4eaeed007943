import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from './folder.ts'
import { type Desktop, launchDesktop, withoutServers } from './launch.ts'

const folder = temporaryFolder()
let desktop: Desktop

beforeAll(async () => {
  desktop = await launchDesktop({ dataFolder: await folder.path, environment: withoutServers })
})
afterAll(async () => {
  await desktop?.kill()
  await folder.remove()
})

describe('permissions', () => {
  test.each([
    'geolocation',
    'notifications',
    'camera',
    'microphone',
    'midi',
    'clipboard-read',
    'background-sync',
    'persistent-storage',
    'screen-wake-lock',
    'idle-detection',
    'local-fonts',
    'window-management',
    'accelerometer',
  ])('%s is denied', async (name) => {
    const state = await desktop.page.evaluate(async (permission) => {
      try {
        // Beyond the names that the type knows.
        return (await navigator.permissions.query({ name: permission as PermissionName })).state
      } catch {
        return 'denied'
      }
    }, name)
    expect(state).toBe('denied')
  })

  test.each<[string, () => Promise<string>]>([
    [
      'where it is',
      () =>
        new Promise((resolve) =>
          navigator.geolocation.getCurrentPosition(
            () => resolve('granted'),
            () => resolve('denied'),
          ),
        ),
    ],
    ['to notify', async () => ((await Notification.requestPermission()) === 'granted' ? 'granted' : 'denied')],
    [
      'the camera',
      () =>
        navigator.mediaDevices.getUserMedia({ video: true }).then(
          () => 'granted',
          () => 'denied',
        ),
    ],
    [
      'the microphone',
      () =>
        navigator.mediaDevices.getUserMedia({ audio: true }).then(
          () => 'granted',
          () => 'denied',
        ),
    ],
    [
      'the screen',
      () =>
        navigator.mediaDevices.getDisplayMedia({ video: true }).then(
          () => 'granted',
          () => 'denied',
        ),
    ],
    [
      'the clipboard',
      () =>
        navigator.clipboard.readText().then(
          () => 'granted',
          () => 'denied',
        ),
    ],
    [
      'MIDI',
      () =>
        navigator.requestMIDIAccess({ sysex: true }).then(
          () => 'granted',
          () => 'denied',
        ),
    ],
    [
      'a USB device, a serial port or a HID device',
      async () => {
        const asked = ['usb', 'serial', 'hid', 'bluetooth'].flatMap((name) => {
          const device = Reflect.get(navigator, name)
          const request = device && (device.requestDevice ?? device.requestPort)
          return request ? [Promise.resolve(Reflect.apply(request, device, [{ filters: [], acceptAllDevices: true }]))] : []
        })
        // HID answers a refusal with an empty list.
        const outcomes = await Promise.all(asked.map((device) => device.then(JSON.stringify, () => '[]')))
        return outcomes.every((text) => text === '[]') ? 'denied' : 'granted'
      },
    ],
  ])('the page may not ask for %s', async (_name, ask) => {
    expect(await desktop.page.evaluate(ask)).toBe('denied')
  })

  test('the page may put text on the clipboard, for its copy buttons', async () => {
    const outcome = await desktop.page.evaluate(() =>
      navigator.clipboard.writeText('copied').then(
        () => 'written',
        (error) => String(error),
      ),
    )
    expect(outcome).toBe('written')
  })

  test('no service worker can be registered', async () => {
    const outcome = await desktop.page.evaluate(() =>
      navigator.serviceWorker.register('/assets/worker.js').then(
        () => 'registered',
        () => 'refused',
      ),
    )
    expect(outcome).toBe('refused')
  })
})
