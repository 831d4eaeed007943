import { measuresIn } from './logs-in-page.ts'
import { type LogsStage, rowsMissing } from './logs-stage.ts'

/** What is done to the list, and the milliseconds between each two frames meanwhile. */
export interface Scrolled {
  readonly work: string
  readonly gaps: readonly number[]
  /** Lines in view that were not drawn once it stood still. */
  readonly blank: number
}

const frame = 16

/** Scrolls the list of lines as a user does: wheel, scrollbar, and the keys that lead to its ends. */
export async function measureScroll({ page }: LogsStage): Promise<readonly Scrolled[]> {
  const measures = measuresIn(page)
  const grid = page.getByRole('grid', { name: 'Log lines' })
  const box = await grid.boundingBox()
  if (box === null) throw new Error('The list of lines is not to be seen')
  const right = box.x + box.width - 6
  const below = box.y + box.height - 24
  const watched = async (work: string, act: () => Promise<void>): Promise<Scrolled> => {
    await measures.watchFrames()
    await act()
    const gaps = await measures.frames()
    await page.waitForTimeout(200)
    return { work, gaps, blank: await rowsMissing(page) }
  }
  const wheel = async (by: number) => {
    await page.mouse.move(box.x + 300, box.y + 300)
    for (let step = 0; step < 120; step += 1) {
      await page.mouse.wheel(0, by)
      await page.waitForTimeout(frame)
    }
  }
  const drag = async () => {
    await page.mouse.move(right, below)
    await page.mouse.down()
    for (let step = 0; step < 120; step += 1) {
      await page.mouse.move(right, below - (box.height - 60) * Math.sin((step / 120) * Math.PI))
      await page.waitForTimeout(frame)
    }
    await page.mouse.up()
  }
  const keys = async () => {
    await grid.focus()
    for (const key of ['Home', 'End', 'PageUp', 'PageUp', 'Home', 'PageDown', 'End']) {
      await page.keyboard.press(key)
      await page.waitForTimeout(10 * frame)
    }
  }
  return [
    await watched('wheel up', () => wheel(-400)),
    await watched('wheel down', () => wheel(400)),
    await watched('scrollbar to the top and back', drag),
    await watched('Home, End, PageUp, PageDown', keys),
  ]
}
