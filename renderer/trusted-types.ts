interface PolicyRules {
  createHTML(text: string): string
}
interface TrustedTypesFactory {
  createPolicy(name: string, rules: PolicyRules): unknown
}

/**
 * Lets only text without markup through to the places that would parse it. The parts of this page set such places to plain
 * words at most, so nothing that came from a server can become an element. Scripts have no rule and are refused.
 */
export function refuseMarkup(): void {
  // lib.dom does not know Trusted Types yet.
  const factory = (window as { trustedTypes?: TrustedTypesFactory }).trustedTypes
  factory?.createPolicy('default', {
    createHTML(text) {
      if (/[<&]/.test(text)) throw new TypeError('The page refuses markup made of text.')
      return text
    },
  })
}
