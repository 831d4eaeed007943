import { loadModule, type ScanToken, scanSync } from 'libpg-query'

const hidden = "'…'"
/** What a text in quotes looks like where it holds a password of its own: a connection string or a URL. */
const holdsPassword = /password\s*=|:\/\/[^\s:@/]*:[^\s@]*@/i
const strings = new Set(['SCONST', 'USCONST', 'XCONST', 'BCONST'])

/** The SQL without the passwords in it, for what is written to disk: `PASSWORD '…'`, `OPTIONS (password '…')`, connection strings. */
export async function redactSql(text: string): Promise<string> {
  if (!/password|:\/\//i.test(text)) return text
  await loadModule()
  const tokens = scan(text)
  if (tokens === null) return redactUnscanned(text)
  const bytes = Buffer.from(text)
  let redacted = ''
  let at = 0
  for (const [place, token] of tokens.entries()) {
    if (!isSecret(token, before(tokens, place))) continue
    redacted += bytes.toString('utf8', at, token.start) + (token.tokenName.endsWith('COMMENT') ? '/* … */' : hidden)
    at = token.end
  }
  return redacted + bytes.toString('utf8', at)
}

function isSecret(token: ScanToken, previous: ScanToken | undefined): boolean {
  if (token.tokenName.endsWith('COMMENT')) return holdsPassword.test(token.text) || /password\s*:?\s*'/i.test(token.text)
  if (!strings.has(token.tokenName)) return false
  return holdsPassword.test(token.text) || /^"?password"?$/i.test(previous?.text ?? '')
}

/** The token before this one that is not a comment; `=` and `TO` may stand between a name and its value. */
function before(tokens: readonly ScanToken[], place: number): ScanToken | undefined {
  for (let at = place - 1; at >= 0; at--) {
    const token = tokens[at]
    if (token !== undefined && !token.tokenName.endsWith('COMMENT') && !/^(=|:=|=>|to)$/i.test(token.text)) return token
  }
  return undefined
}

function scan(text: string): readonly ScanToken[] | null {
  if (text.includes('\0') || !text.isWellFormed()) return null
  try {
    return scanSync(text).tokens
  } catch {
    // An open quote or comment: not SQL yet.
    return null
  }
}

/** Where the scanner cannot tell strings apart, everything from the first word that speaks of a password is left out. */
function redactUnscanned(text: string): string {
  const at = text.search(/password|[a-z]+:\/\//i)
  return at < 0 ? text : `${text.slice(0, at)}…`
}
