import { lineEnd } from './script-lexer.ts'

/** One meta-command of psql in a script: from its backslash to the next one or the line's end. */
export interface MetaCommand {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly verdict: 'ignored' | 'ends the script' | 'refused'
  readonly why: string
}

/** They only steer psql's own display or safety. */
const ignored = /^(restrict|unrestrict|echo|qecho|warn|timing|pset|x|a|t|H|f|C|T|errverbose)$/
const refusals: readonly (readonly [RegExp, string])[] = [
  [/^!/, 'runs a program of this machine'],
  [/^copy$/, 'reads or writes a file of this machine: use COPY … FROM stdin with the rows in the script'],
  [/^(i|ir|include|include_relative)$/, 'reads another file: put its text here'],
  [/^(c|connect)$/, 'goes to another database: a script belongs to the one it is run on'],
  [/^(o|out|w|write|s|g|gx)$/, 'can write a file or run a program of this machine'],
  [/^gexec$/, 'runs the rows of a result as SQL'],
  [/^(if|elif|else|endif|set|unset|gset|bind|parse)/, 'belongs to the variables of psql, which are not known here'],
  [/^encoding$/, 'changes the encoding: save the file as UTF-8'],
  [/^(password|prompt)$/, 'asks at a terminal'],
]

/** The meta-command whose backslash stands at `at`, judged without running anything. */
export function metaCommandAt(text: string, at: number): MetaCommand {
  const end = lineEnd(text, at)
  name.lastIndex = at + 1
  const found = name.exec(text)?.[0] ?? ''
  const to = nextBackslash(text, at + 1 + found.length, end)
  const argument = text.slice(at + 1 + found.length, to)
  const is = (verdict: MetaCommand['verdict'], why: string): MetaCommand => ({ name: found, from: at, to, verdict, why })
  if (argument.includes('`')) return is('refused', 'holds backquotes, which run a program of this machine')
  if (found === 'q' || found === 'quit') return is('ends the script', 'ends the script')
  if (ignored.test(found)) return is('ignored', 'was left out')
  if (found === 'encoding' && /^\s+'?(utf-?8|unicode)'?\s*$/i.test(argument)) return is('ignored', 'was left out: scripts are UTF-8')
  if (found === 'set' && /^\s+(ON_ERROR_STOP|ON_ERROR_ROLLBACK|QUIET|ECHO|VERBOSITY|SHOW_CONTEXT|AUTOCOMMIT\s+on)\b/.test(argument))
    return is('ignored', 'was left out: a run stops at the first error')
  return is('refused', refusals.find(([pattern]) => pattern.test(found))?.[1] ?? 'is not known here')
}
const name = /![^\s]*|[A-Za-z_]+\??\+?|[^\s]/y

/** Arguments may hold backslashes inside quotes; outside, the next meta-command begins. */
function nextBackslash(text: string, from: number, end: number): number {
  let quote = ''
  for (let at = from; at < end; at++) {
    const character = text[at] ?? ''
    if (quote === "'" && character === '\\') at++
    else if (quote !== '') quote = character === quote ? '' : quote
    else if (character === "'" || character === '"') quote = character
    else if (character === '\\') return at
  }
  return end
}
