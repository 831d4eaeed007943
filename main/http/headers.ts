/** Stands in the built `index.html` where the nonce of each answer goes. */
export const styleNoncePlaceholder = '__STYLE_NONCE__'

/**
 * What the page may load and do. `nonce` lets the page's own libraries add styles; `connect` names, besides the page's own
 * origin, where it may connect to (the line of browser mode).
 */
export function contentSecurityPolicy(options: { readonly nonce?: string; readonly connect?: readonly string[] } = {}): string {
  const style = options.nonce === undefined ? ["'self'"] : ["'self'", `'nonce-${options.nonce}'`]
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src ${style.join(' ')}`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${["'self'", ...(options.connect ?? [])].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ')
}

const closedFeatures = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'gamepad',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'xr-spatial-tracking',
]

/** The headers of every answer, refusals included. The desktop's own scheme sends the same. */
export function securityHeaders(policy: string = contentSecurityPolicy()): Record<string, string> {
  return {
    'Content-Security-Policy': policy,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Permissions-Policy': closedFeatures.map((feature) => `${feature}=()`).join(', '),
    'Cache-Control': 'no-store',
  }
}
