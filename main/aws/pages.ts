import { Failure } from '../../preload/contract/errors.ts'

/** One page of a list, and the token of the next; absent or empty on the last one. */
export interface ListPage<Item> {
  readonly items: readonly Item[] | undefined
  readonly next: string | undefined
}

/**
 * The list of an answer. AWS answers an empty list with an empty element: where it has none at all, something else has answered.
 * `what` is for the sentence: `list the instances`. Fails with NOT_AWS.
 */
export function listed<Item>(items: readonly Item[] | undefined, what: string): readonly Item[] {
  if (items !== undefined) return items
  throw new Failure('NOT_AWS', `AWS could not be asked to ${what}: the answer holds no list. A proxy or a sign-in page may be in the way.`)
}

/** Past this a list is not one that a person looks at, and AWS or what stands for it is going in circles. */
const mostPages = 200

/**
 * Reads a list of AWS' to its end. A page without items is followed like any other; a token that comes twice fails with NOT_AWS
 * instead of going round for ever. `what` is for the sentence: `list the instances`.
 */
export async function readAll<Item>(what: string, read: (token: string | undefined) => Promise<ListPage<Item>>): Promise<Item[]> {
  const items: Item[] = []
  const seen = new Set<string>()
  let token: string | undefined
  for (let page = 0; page < mostPages; page++) {
    const answer = await read(token)
    for (const item of answer.items ?? []) items.push(item)
    if (answer.next === undefined || answer.next === '') return items
    if (seen.has(answer.next)) {
      throw new Failure('NOT_AWS', `AWS could not be asked to ${what}: the answer named the same next page twice. Look again in a moment.`)
    }
    seen.add(answer.next)
    token = answer.next
  }
  throw new Failure('AWS', `AWS could not be asked to ${what}: the list does not end after ${mostPages} pages. Choose fewer regions.`)
}
