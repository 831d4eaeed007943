import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

// Half-faded text has too little contrast: what moves is waited for, but for what turns without end.
const settled = `Promise.allSettled(document.getAnimations()
  .filter(({ effect }) => Number.isFinite(Number(effect?.getComputedTiming().endTime)))
  .map(({ finished }) => finished))`

const look = `${settled}.then(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' at ' + target.join(' ') + ': ' + failureSummary)))`

/** What axe finds on the page as it stands. Runs in a world of its own, because the page's own lets no script in. */
export async function findBarriers(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  try {
    const { frameTree } = await session.send('Page.getFrameTree')
    const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id })
    await session.send('Runtime.evaluate', { expression: axe, contextId })
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression: look,
      contextId,
      awaitPromise: true,
      returnByValue: true,
    })
    if (exceptionDetails) throw new Error(exceptionDetails.text)
    return result.value
  } finally {
    await session.detach()
  }
}
