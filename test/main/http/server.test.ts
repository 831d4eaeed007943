import { expect, test } from 'vitest'
import { startBrowserServer } from '../../support/browser-server.ts'

test('the page is served with a fresh nonce in its text and its policy', async () => {
  await using server = await startBrowserServer()
  const nonces = new Set<string>()
  for (let time = 0; time < 3; time += 1) {
    const response = await fetch(server.url)
    const html = await response.text()
    const nonce = /content="([^"]+)"/.exec(html)?.[1] ?? ''
    expect(html).not.toContain('__STYLE_NONCE__')
    expect(response.headers.get('content-security-policy')).toContain(`style-src 'self' 'nonce-${nonce}'`)
    expect(Buffer.from(nonce, 'base64')).toHaveLength(18)
    nonces.add(nonce)
  }
  expect(nonces).toHaveLength(3)
})
