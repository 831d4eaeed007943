/** One word of what stands in the finder's field. */
export interface FindWord {
  /** `pattern`: CloudWatch's own, which takes everything after `pattern:`. */
  readonly kind: 'text' | 'phrase' | 'regex' | 'field' | 'pattern'
  /** `-` stood before it: lines that hold it are left out. */
  readonly not: boolean
  /** Before the colon; empty but for a field. */
  readonly key: string
  readonly value: string
  /** Of a regular expression; `i` or nothing. */
  readonly flags: string
  /** As it stands in the field, without the `-`. */
  readonly source: string
}

const pattern = /pattern:([\s\S]*)$/y
const space = /\s+/y
const regex = /\/((?:[^/\\]|\\.)+)\/(i?)(?=\s|$)/y
const phrase = /"((?:[^"\\]|\\.)*)(?:"|$)/y
const field = /([A-Za-z_$@][\w.$@-]*):(?:"((?:[^"\\]|\\.)*)(?:"|$)|([^\s"]\S*)?)/y
const text = /[^\s"][^\s]*|"/y

/** Splits what stands in the finder's field into its words. Every text has words: what is not closed goes to the end. */
export function readFindWords(all: string): FindWord[] {
  const words: FindWord[] = []
  let at = 0
  const take = (sticky: RegExp): RegExpExecArray | null => {
    sticky.lastIndex = at
    const found = sticky.exec(all)
    if (found !== null) at += found[0].length
    return found
  }
  while (at < all.length) {
    if (take(space) !== null) continue
    const not = all[at] === '-' && /\S/.test(all[at + 1] ?? '')
    if (not) at++
    const start = at
    const add = (word: Pick<FindWord, 'kind' | 'value'> & Partial<FindWord>) =>
      words.push({ key: '', flags: '', ...word, not, source: all.slice(start, at) })
    const asPattern = not ? null : take(pattern)
    if (asPattern !== null) {
      add({ kind: 'pattern', value: asPattern[1] ?? '' })
      continue
    }
    const asRegex = take(regex)
    if (asRegex !== null) {
      add({ kind: 'regex', value: asRegex[1] ?? '', flags: asRegex[2] ?? '' })
      continue
    }
    const asPhrase = take(phrase)
    if (asPhrase !== null) {
      add({ kind: 'phrase', value: plain(asPhrase[1] ?? '') })
      continue
    }
    const asField = take(field)
    if (asField !== null) {
      add({ kind: 'field', key: asField[1] ?? '', value: asField[2] === undefined ? (asField[3] ?? '') : plain(asField[2]) })
      continue
    }
    const asText = take(text)
    add({ kind: 'text', value: asText?.[0] ?? '' })
  }
  return words
}

/** Without the backslashes that stand before quotation marks and themselves. */
const plain = (quoted: string): string => quoted.replace(/\\(["\\])/g, '$1')
