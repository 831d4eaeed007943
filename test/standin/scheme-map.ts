/**
 * A plain Chromium has no handler for a scheme of the app's own and offers no way to register one. What the app calls `app://basepair/x`
 * is `https://basepair.app.standin/x` inside the page: a secure, standard origin of its own that no network answers.
 */
const suffix = '.standin'
const schemes = new Set<string>()

export function registerScheme(scheme: string): void {
  schemes.add(scheme)
}

export const isRegistered = (scheme: string): boolean => schemes.has(scheme)

/** The address as the page has it. */
export function toPage(url: string): string {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is.exec(url)
  const [, scheme, host, rest] = match ?? []
  return scheme !== undefined && schemes.has(scheme.toLowerCase()) ? `https://${host}.${scheme.toLowerCase()}${suffix}${rest}` : url
}

/** The address as the app has it. */
export function toApp(url: string): string {
  const match = /^https:\/\/([^/?#]+)\.([a-z][a-z0-9+-]*)\.standin(?=[/?#]|$)(.*)$/is.exec(url)
  const [, host, scheme, rest] = match ?? []
  return scheme !== undefined && schemes.has(scheme) ? `${scheme}://${host}${rest}` : url
}
