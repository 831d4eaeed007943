import { Failure } from '../../preload/contract/errors.ts'

/** No list of AWS that the console asks for is this long; whoever answers without end is not listened to. */
const mostPages = 200

/**
 * All items of a paged answer. A page may be empty and still not be the last one: only a missing token ends the list.
 * Fails with NOT_AWS where a token comes back a second time, since the list would be cut or endless.
 */
export async function everyPage<Item>(
  what: string,
  ask: (token: string | undefined) => Promise<{ readonly items: readonly Item[] | undefined; readonly next: string | undefined }>,
): Promise<Item[]> {
  const items: Item[] = []
  const seen = new Set<string>()
  let token: string | undefined
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await ask(token)
    items.push(...(answer.items ?? []))
    if (answer.next === undefined || answer.next === '') return items
    if (seen.has(answer.next)) break
    seen.add(answer.next)
    token = answer.next
  }
  throw new Failure('NOT_AWS', `The answer to “${what}” does not end: the same page was offered twice. Nothing of it is shown.`)
}
