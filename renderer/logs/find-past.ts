import type { Find } from './find.ts'
import type { FindWord } from './find-words.ts'

/** As many regular expressions as CloudWatch takes in one pattern. */
const mostWords = 2
/** Characters of a word that CloudWatch looks for; the whole word is looked for here. */
const longestWord = 60

/**
 * A filter pattern of CloudWatch that finds everything the finder does, and perhaps more, so that little has to be brought here to be looked through;
 * null where nothing of it can be said so. CloudWatch tells capital from small letters in words, hence the regular expressions.
 */
export function pastPattern({ words }: Pick<Find, 'words'>): string | null {
  const pattern = words.find(({ kind }) => kind === 'pattern')
  if (pattern !== undefined) return pattern.value.trim() || null
  const texts = words
    .flatMap((word) => sureText(word) ?? [])
    .map(longestPart)
    .filter((text) => text.length > 1)
    .sort((a, b) => b.length - a.length)
  if (texts.length === 0) return null
  return texts
    .slice(0, mostWords)
    .map((text) => `%${[...text].map(eitherCase).join('')}%`)
    .join(' ')
}

/** What a line that is found holds for sure, in capital or small letters. */
function sureText({ kind, not, key, value }: FindWord): string | null {
  if (not) return null
  if (kind === 'text' || kind === 'phrase') return value
  if (kind !== 'field') return null
  switch (key.toLowerCase()) {
    case 'email':
    case 'sub':
      return value
    // What stands elsewhere than in the message, or is written in several ways, or belongs to lines that do not tell it.
    case 'request':
    case 'requestid':
    case 'stream':
    case 'group':
    case 'level':
    case 'after':
    case 'before':
    case 'last':
      return null
    default:
      // JSON writes other characters, and numbers, in more than one way.
      return /^[A-Za-z_][\w@. -]*$/.test(value) ? value : null
  }
}

/** The longest part that CloudWatch's regular expressions can hold. */
function longestPart(text: string): string {
  const parts = text.split(/[^\x20-\x7e]+/)
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest), '').slice(0, longestWord)
}

function eitherCase(character: string): string {
  if (/[a-z]/i.test(character)) return `[${character.toLowerCase()}${character.toUpperCase()}]`
  return /[0-9_@:]/.test(character) ? character : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}
