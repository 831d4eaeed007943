import { Failure } from '../../preload/contract/errors.ts'

/** A part that AWS was asked for: what it said, or why it is not known. */
export type Part<T> = { readonly known: true; readonly value: T } | { readonly known: false; readonly reason: string }

export const knownPart = <T>(value: T): Part<T> => ({ known: true, value })
export const unknownPart = (reason: string): Part<never> => ({ known: false, reason })

/** Asks for one part of a whole. A refusal of AWS leaves the part unknown with its reason; a cancelled call and a defect go on upwards. */
export async function partOf<T>(asked: Promise<T>): Promise<Part<T>> {
  try {
    return knownPart(await asked)
  } catch (error) {
    if (error instanceof Failure && error.code !== 'CANCELLED') return unknownPart(error.message)
    throw error
  }
}

/** The list of an answer. AWS answers an empty list with an empty element: where it has none at all, something else has answered. Fails with NOT_AWS. */
export function listed<Item>(items: readonly Item[] | undefined, what: string): readonly Item[] {
  if (items !== undefined) return items
  throw new Failure('NOT_AWS', `AWS could not be asked to ${what}: the answer holds no list. A proxy or a sign-in page may be in the way.`)
}
