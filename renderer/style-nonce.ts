/** The nonce that main allows for styles of this document; CodeMirror and Mantine put it on theirs. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? ''
}
